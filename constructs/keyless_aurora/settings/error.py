"""What is wrong with an environment's settings, all of it at once."""

from collections.abc import Sequence


class SettingsError(Exception):
    """The settings contradict themselves, the access spec or what AWS has. `problems`: a sentence each, with its
    place."""

    def __init__(self, environment: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        many = f"{len(problems)} problem{'s' * (len(problems) != 1)}"
        super().__init__(
            f"environment {environment} has {many}:\n" + "\n".join(f"  - {problem}" for problem in problems)
        )
