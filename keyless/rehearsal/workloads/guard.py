"""Ends a workload's processes and its folder when this process is killed by SIGKILL, which runs no `finally`.

A shell waits at the other end of a pipe that only this process holds. A line on it means that all is ended already.
"""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_WAIT_AND_CLEAR: Final = 'read -r done && exit 0; kill -KILL "-$1" 2>/dev/null; rm -rf "$2"'


@contextmanager
def guarded(group: int, folder: Path) -> Iterator[None]:
    """The process group and the folder, as long as the block lasts."""
    shell = subprocess.Popen(
        ["/bin/sh", "-c", _WAIT_AND_CLEAR, "sh", str(group), str(folder)],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            shell.communicate(b"done\n")
        shell.wait()
