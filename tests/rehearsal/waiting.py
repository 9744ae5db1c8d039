"""Waits for what happens soon: processes that end, folders that go, sessions that close."""

import time
from collections.abc import Callable
from pathlib import Path


def becomes(condition: Callable[[], object], seconds: float = 15.0) -> bool:
    """Whether the condition holds within that time."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(holds)


def wait_until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    assert becomes(condition, seconds), "it did not happen in time"


def runs(pid: int) -> bool:
    """Whether the process runs; one that is dead and not yet reaped doesn't."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
