"""A question to the person at the terminal."""

import select
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SIGNALS: Final = 4096
"""One byte each."""


def attended() -> bool:
    """Whether somebody is there to be asked."""
    return _terminal(sys.stdin) and _terminal(sys.stderr)


def answer(question: str) -> str:
    """The line that is typed, with its end; empty at the end of the input.

    Waiting in `readline` alone, Python is deaf to a Ctrl-C that comes just before (docs.python.org, "signal",
    "Execution of Python signal handlers"): the line would have to be ended first.

    Raises:
        KeyboardInterrupt: at once.
    """
    with _awake() as signals:
        sys.stderr.write(question)
        sys.stderr.flush()
        while sys.stdin not in select.select([sys.stdin, signals], [], [])[0]:
            signals.recv(_SIGNALS)
    return sys.stdin.readline()


def _terminal(stream: object) -> bool:
    return stream is not None and bool(getattr(stream, "isatty", bool)())


@contextmanager
def _awake() -> Iterator[socket.socket]:
    """Readable as soon as a signal has come."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield ours
        finally:
            signal.set_wakeup_fd(before)
