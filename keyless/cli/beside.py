"""A client of the database's as a process beside this one, which has something to keep up until that one ends."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_BY_SIGNAL: Final = 128
"""What the shells add to a signal's number."""


def beside(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Its exit status. Ctrl-C is the client's, which the terminal tells by itself; what would end this process ends the
    client first."""
    signal.signal(signal.SIGINT, lambda *_: None)  # what is ignored the client would ignore, too
    child = subprocess.Popen([Path(program).name, *arguments], executable=program, env=environment)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: child.send_signal(number))
    status = child.wait()
    return status if status >= 0 else _BY_SIGNAL - status
