"""A command that is ended from outside: by Ctrl-C, by SIGTERM, or by a terminal that is closed. What it would leave
behind is undone first.

A signal that the process was started to ignore stays ignored: by `nohup`, or Ctrl-C in a shell's background job.
"""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

INTERRUPTED: Final = 130
"""The exit status, by the shells' convention."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def orderly() -> Iterator[None]:
    """While it lasts, such a signal raises KeyboardInterrupt, so that whatever is open is closed."""
    with _handled(_interrupt):
        yield


@contextmanager
def unstoppable(says: str) -> Iterator[None]:
    """While it lasts, such a signal is answered with `says`. Raises KeyboardInterrupt at the end, if there was one."""
    asked_to_end = False

    def answer(number: int, frame: FrameType | None) -> None:
        nonlocal asked_to_end
        asked_to_end = True
        tell(says)

    with _handled(answer):
        yield
    if asked_to_end:
        raise KeyboardInterrupt


def tell(line: str) -> None:
    """To stderr. Nobody may be there to read it: a closed terminal is no reason to stop removing what would be left."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _handled(handler: _Handler) -> Iterator[None]:
    before = {number: found for number in _SIGNALS if (found := signal.getsignal(number)) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, found in before.items():
            signal.signal(number, found)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
