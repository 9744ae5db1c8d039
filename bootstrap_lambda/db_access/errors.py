"""The errors of the engine. Each message is a sentence for the operator: what is wrong, where, what is allowed."""

from collections.abc import Sequence


class AccessError(Exception):
    """Base of everything that this package raises on purpose."""


class SpecError(AccessError):
    """The access spec is wrong. Lists every problem with its place and what is allowed there."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n  - ".join([f"the access spec has {count}:", *problems]))
