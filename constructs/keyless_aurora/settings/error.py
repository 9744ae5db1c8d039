"""What is wrong with settings, all of it at once."""

import sys
from collections.abc import Sequence
from pathlib import Path

_HERE = str(Path(__file__).parent)


class SettingsError(Exception):
    """The settings contradict themselves, the access spec or what AWS has. `problems`: a sentence each, with its
    place; `at`: the file and line of the environment."""

    def __init__(self, environment: str, problems: Sequence[str], *, at: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(
            _listed(f"{at}: environment {environment}" if at else f"environment {environment}", self.problems)
        )


class MadeWrongError(SettingsError):
    """A class of settings is given what its fields don't take. The message begins with the file and line that do so."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        Exception.__init__(self, _listed(f"{caller()}: {name}", self.problems))


class UnfitError(SettingsError):
    """Settings of a construct that stands alone aren't what AWS has. `at`: the file and line that made them."""

    def __init__(self, name: str, problems: Sequence[str], *, at: str) -> None:
        self.problems = tuple(problems)
        Exception.__init__(self, _listed(f"{at}: {name}", self.problems))


class SeveralWrongError(SettingsError):
    """More than one class of settings, or environment, is wrong: what is said of each, one below the other."""

    def __init__(self, errors: Sequence[SettingsError]) -> None:
        self.problems = tuple(problem for error in errors for problem in error.problems)
        Exception.__init__(self, "\n".join(map(str, errors)))


def together(errors: Sequence[SettingsError]) -> SettingsError:
    """One error that says all that `errors`, one or more, say."""
    return errors[0] if len(errors) == 1 else SeveralWrongError(errors)


def _listed(subject: str, problems: tuple[str, ...]) -> str:
    many = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
    return f"{subject} has {many}:\n" + "\n".join(f"  - {problem}" for problem in problems)


def caller() -> str:
    """The file and line outside of the settings, and of the library for `replace`, that makes one."""
    frame = sys._getframe(1)
    while frame.f_back and (
        frame.f_code.co_filename.startswith(_HERE) or frame.f_globals.get("__name__") == "dataclasses"
    ):
        frame = frame.f_back
    file = Path(frame.f_code.co_filename)
    return f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}:{frame.f_lineno}"
