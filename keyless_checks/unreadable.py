"""Templates in a shape that a rule doesn't know, such as an intrinsic function where a number is meant: a finding,
never a traceback."""

from collections.abc import Iterator
from traceback import walk_tb

from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding

UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a rule raises when a value is not what it reads."""


def unreadable(templates: Templates, error: Exception) -> Iterator[Finding]:
    """Found at the resource that was being read, or else at every stack."""
    problem = f"this rule can't read it: {type(error).__name__}: {error}; allowed: the types that AWS documents"
    place = _being_read(error)
    yield from (Finding(path, problem) for path in ([place] if place else templates.by_stack))


def _being_read(error: Exception) -> str | None:
    """The path of the resource that the innermost function with one was at."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    found = (value.path for frame in reversed(frames) for value in frame.f_locals.values() if type(value) is Resource)
    return next(found, None)
