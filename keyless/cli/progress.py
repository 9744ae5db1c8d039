"""Says now and then that a command is still at work, so that nobody takes a wait for a hang."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Final

EVERY_SECONDS: Final = 10.0
_MAY_WAIT: Final = "it may wait for another session's lock, 30 s at most, and then says whose"


@contextmanager
def still_at_work(what: str, tell: Callable[[str], None]) -> Iterator[None]:
    """A line by `tell` for each `EVERY_SECONDS` that the block lasts."""
    over, begun = Event(), monotonic()

    def watch() -> None:
        while not over.wait(EVERY_SECONDS):
            tell(f"{what}: still at work after {monotonic() - begun:.0f} s; {_MAY_WAIT}")

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
