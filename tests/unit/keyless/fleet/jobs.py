"""Jobs for processes of their own, which must be importable there."""

import os
import signal
import time
from collections.abc import Iterator


def prepare() -> None:
    pass


def work(job: str) -> Iterator[object]:
    match job:
        case "raise":
            raise ValueError("a name\nwith a line")
        case "hang":
            yield "begun"
            time.sleep(3600)
        case "pid and hang":
            yield os.getpid()
            time.sleep(3600)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "leave":
            os._exit(7)
        case "hoard":
            yield len(bytearray(2 << 30))
        case "pid":
            yield os.getpid()
        case "unpicklable":
            yield lambda: None
        case _:
            yield job.upper()
