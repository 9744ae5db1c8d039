"""Which invocation of a function this is: what one has begun is its own, and what an earlier one has left isn't."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Invocation:
    """A decorated one that runs."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        """The threads that ended within a transaction of it."""


_decorated: ContextVar[Invocation | None] = ContextVar("invocation", default=None)
_running: set[Invocation] = set()


class Mark(NamedTuple):
    """An invocation, as it is known where somebody asks for a connection."""

    decorated: Invocation | None
    """The decorator's mark; None in a context that doesn't have it, such as that of a thread."""
    trace: str | None
    """What Lambda's runtime names anew for each.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    running: frozenset[Invocation]
    """The decorated invocations that ran then."""

    def goes_on(self, later: "Mark") -> bool:
        """Whether `later` may be the same invocation. One that runs may go on without its mark, or have begun without
        it: contexts don't reach everywhere, and who takes a part of one for the end of it loses what it wrote."""
        if self.trace != later.trace:
            return False
        if later.decorated is None:
            return self.decorated is None or self.decorated in later.running
        return self.decorated is later.decorated or (self.decorated is None and later.decorated in self.running)

    def owner(self) -> Invocation | None:
        """The invocation that runs still and has to hear of what is lost: the one whose mark this has, or the only one
        that ran."""
        if self.decorated:
            return self.decorated if self.decorated in _running else None
        (only,) = self.running if len(self.running) == 1 else (None,)
        return only if only in _running else None


def current() -> Mark:
    """This invocation. Where there is neither a decorator nor a trace, all of a process counts as one."""
    return Mark(_decorated.get(), os.environ.get("_X_AMZN_TRACE_ID"), frozenset(_running))


@contextmanager
def marked() -> Iterator[bool]:
    """An invocation of its own, or a part of the one that it stands in; whether it is the former."""
    if _decorated.get() is not None:
        yield False
        return
    mark = Invocation()
    token = _decorated.set(mark)
    _running.add(mark)
    try:
        yield True
    finally:
        _running.discard(mark)
        _decorated.reset(token)
