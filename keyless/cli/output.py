"""What goes to stdout, and what is said where that takes no more: a reader that has gone, a full disk.

What a command changes is done whatever becomes of its words, so stderr says then that it is.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from keyless.cli.status import FAILED

_UNWRITTEN: Final = frozenset({errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""That stdout takes no more."""


@dataclass
class _Output:
    done: list[str] = field(default_factory=list)
    error: OSError | None = None
    """Of what was said before the end."""


_CURRENT: ContextVar[_Output] = ContextVar("output")


@contextmanager
def collected() -> Iterator[None]:
    """Around a command."""
    token = _CURRENT.set(_Output())
    try:
        yield
    finally:
        _CURRENT.reset(token)


def changed(what: str) -> None:
    """`what` is a sentence without its end, such as "FILE is written": it stays so whatever goes wrong later."""
    if found := _CURRENT.get(None):
        found.done.append(what)


def say_first(text: str) -> None:
    """To stdout, before the command does the rest, which a stdout that takes no more must not keep it from."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITTEN or (found := _CURRENT.get(None)) is None:
            raise
        found.error = error
        _forget_stdout()


def finished(status: int) -> int:
    """The exit status, when all is out."""
    sys.stdout.flush()
    found = _CURRENT.get(None)
    if found and found.error:
        raise found.error
    return status


def unwritten(error: OSError) -> int:
    """The exit status where stdout takes no more, which is said. Raises any other error."""
    if error.errno not in _UNWRITTEN:
        raise error
    _forget_stdout()
    found = _CURRENT.get(None)
    if found and found.done:
        print(
            f"keyless: what it did can't be written ({error.strerror}), and is done all the same: "
            f"{'; '.join(found.done)}",
            file=sys.stderr,
        )
    elif error.errno != errno.EPIPE:
        print(f"keyless: what it found can't be written: {error.strerror}", file=sys.stderr)
    return FAILED


def _forget_stdout() -> None:
    """Else Python reports the rest at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
