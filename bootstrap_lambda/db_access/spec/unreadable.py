"""What makes a document unreadable, whatever it is written in. Knows no YAML and no JSON."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

DEEPEST: Final = 50
"""Levels of values in each other; a spec has ten. What reads a document calls itself several times for each."""
TOO_DEEP: Final = (
    f"values are nested more than {DEEPEST} levels deep, or one contains itself by its alias (`*name`); allowed: at "
    f"most {DEEPEST} levels"
)
MOST: Final = 2_000_000
"""Values in a document, each as often as an alias repeats it; a spec of 500 users on 10,000 tables has fewer."""
TOO_MANY: Final = f"it has more than {MOST:,} values, as its aliases (`*name`) repeat them; allowed: at most so many"

LONGEST_NUMBER: Final = 1000
"""In bits. Python doesn't write one of thousands of digits."""

Value = TypeVar("Value")


class NotValidError(ValueError):
    """`line`: where, from 1 on."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


def too_long(number: str) -> str:
    return f"a number of {len(number):,} characters; allowed: a shorter one, or text in quotes"


def too_deep(root: Value, inner: Callable[[Value], Iterable[Value]]) -> list[Value]:
    """The values below the deepest level that is allowed, of which a value that contains itself is one.

    Args:
        inner: the values in one that have values themselves.
    """
    level = {id(root): root}  # each once, however often it is referred to
    for _ in range(DEEPEST):
        level = {id(value): value for outer in level.values() for value in inner(outer)}
    return list(level.values())
