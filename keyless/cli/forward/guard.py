"""Ends a forward whose command was killed by SIGKILL, which runs no `finally`: a shell waits at the other end of a pipe
that only the command holds, and so outlives it by a moment."""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_END: Final = """
read -r done && exit 0
kill -s INT -- "-$1" 2>/dev/null || exit 0
for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -s 0 -- "-$1" 2>/dev/null || exit 0
    sleep 0.5
done
kill -s KILL -- "-$1" 2>/dev/null
"""
"""`-s`: dash takes no `--` after `-INT`. A line on the pipe means that the command has ended it itself."""


@contextmanager
def guarded(group: int) -> Iterator[None]:
    """While it lasts, the end of this process is the end of that process group, too."""
    shell = subprocess.Popen(
        ["/bin/sh", "-c", _END, "sh", str(group)],
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
