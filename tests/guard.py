"""Keeps the product's tests off the user's files: opening one fails the test that does.

Sees what this process opens, and the files that are named to a process it starts; not what that one opens by itself.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_stack

ROOT = Path(__file__).parents[1]
YOURS = ("app.py", "__pycache__/app.", "config/", "stacks/", "sample/")
"""The user's files, which only the user's tests are about."""
NOT_YOURS = ("config/access.schema.json",)
"""Stands there for editors, and is written by `make schema`."""
MAY = ("tests/yours/", "tests/rehearsal/", "tests/docs/")
"""Tests that may open them."""


class OpenedAUsersFileError(Exception):
    """A test of the product depends on what is the user's to change; allowed: tests/app, and files of the test's own."""


def watch() -> None:
    """From now on, in this process."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in ("open", "subprocess.Popen"):
        return
    for path in _paths(event, arguments):
        if (name := _name(path)) and is_users(name) and not (tests := _tests()).startswith(MAY):
            raise OpenedAUsersFileError(f"{tests or 'no test'} opens {name}; allowed: tests/app")


def _tests() -> str:
    """The file of the tests that is being run or collected: the outermost one of those that call each other."""
    files = (_name(Path(frame.f_code.co_filename)) or "" for frame, _ in walk_stack(sys._getframe(2)))
    return next((file for file in [*files][::-1] if file.startswith("tests/")), "")


def is_users(name: str) -> bool:
    """Whether a file (relative to the project) is the user's."""
    return name.startswith(YOURS) and name not in NOT_YOURS


def _paths(event: str, arguments: tuple[object, ...]) -> Iterator[Path]:
    """What is opened, or is named in a command."""
    command, folder = (arguments[1], arguments[2]) if event == "subprocess.Popen" else (arguments[0], None)
    start = Path(folder) if isinstance(folder, str | Path) else Path()
    named = command if isinstance(command, list | tuple) else [command]
    yield from (start / path for path in named if isinstance(path, str | Path))


def _name(path: Path) -> str | None:
    """Relative to the project, for what is in it."""
    whole = Path(os.path.realpath(path))
    return whole.relative_to(ROOT).as_posix() if whole.is_relative_to(ROOT) else None
