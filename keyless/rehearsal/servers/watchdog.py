"""Stops the server and removes the folder of a parent that was killed by SIGKILL, which runs no `finally`.

A shell waits at the other end of a pipe that only the parent holds, and so outlives it by a moment. What is left when
that shell is killed as well, the next start removes.
"""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class Traces:
    """What a server of one product leaves in its folder, by paths from there."""

    prefix: str
    """Of the folder's own name."""
    pid_file: str
    """Has the process id in its first line, and goes when the server ends."""
    sockets: str
    """A pattern of the Unix sockets."""


POSTGRESQL: Final = Traces("keyless-pg-", "data/postmaster.pid", ".s.PGSQL.*")
_AGE_SECONDS = 60.0
"""A younger folder may still be in preparation."""

_WAIT_AND_CLEAR = """
read -r done && exit 0
pid=$(head -n 1 "$2" 2>/dev/null)
if [ -n "$pid" ]; then
    kill -QUIT "$pid" 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -e "$2" ] || break
        sleep 0.1
    done
    [ -e "$2" ] && kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1"
"""
"""SIGQUIT is PostgreSQL's immediate shutdown, and MySQL's orderly one: nobody needs their data.

A line on the pipe means that the parent has stopped the server itself.
"""


class Watchdog:
    """Watches over one folder and the server in it, from the creation of the folder on."""

    def __init__(self, folder: Path, traces: Traces = POSTGRESQL) -> None:
        self._lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT_AND_CLEAR, "sh", folder, folder / traces.pid_file],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self) -> None:
        """Stop watching: the server is stopped, and the folder is gone or the parent's to remove."""
        with contextlib.suppress(BrokenPipeError):
            self._shell.communicate(b"done\n")
        self._shell.wait()
        os.close(self._lock)


def sweep(parents: Iterable[str], traces: Traces = POSTGRESQL) -> None:
    """Remove the folders that nobody watches and no server runs in."""
    for parent in set(parents):
        for folder in Path(parent).glob(f"{traces.prefix}*"):
            with contextlib.suppress(OSError):  # another user's, or gone meanwhile
                old = time.time() - folder.stat().st_mtime > _AGE_SECONDS
                if old and _unwatched(folder) and not _runs(folder, traces):
                    shutil.rmtree(folder)


def _unwatched(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _runs(folder: Path, traces: Traces) -> bool:
    """Whether anybody listens. A process id proves little: the process may be dead and not yet reaped."""
    for path in folder.glob(traces.sockets):
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(ConnectionRefusedError):
            if path.is_socket():
                probe.connect(str(path))
                return True
    return False
