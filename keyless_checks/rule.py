"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keyless_checks.reading.templates import Templates


@dataclass(frozen=True)
class Finding:
    """What is wrong, and where: a construct path."""

    path: str
    problem: str


Rule = Callable[[Templates], Iterator[Finding]]
"""Yields what is wrong; nothing when all is well. Its docstring is its title."""
