"""A server of the MySQL family whose parent is killed by SIGKILL ends too, and its folder goes."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keyless.rehearsal.servers.files import PARENTS
from keyless.rehearsal.servers.mysql.data import TRACES
from keyless.rehearsal.servers.watchdog import sweep
from tests.rehearsal.waiting import runs, wait_until

_ROOT = Path(__file__).parents[4]
_RUNNING = """
import time
from keyless.rehearsal.servers.mysql.server import {kind}
with {kind}() as server:
    print(server.folder, server._watchdog._shell.pid, flush=True)
    time.sleep(100)
"""


@contextmanager
def killed(kind: str) -> Iterator[tuple[Path, int, int]]:
    """A process that ran a server until it was killed: the folder, the server's pid, and that of the watching shell."""
    command = [sys.executable, "-c", _RUNNING.format(kind=kind)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        folder, shell = process.stdout.readline().split()
        yield Path(folder), int((Path(folder) / TRACES.pid_file).read_text()), int(shell)
        process.kill()


@pytest.mark.parametrize("kind", ["MariaDB", "MySQL"])
def test_the_server_ends_with_its_parent_and_its_folder_goes(kind: str) -> None:
    with killed(kind) as (folder, pid, shell):
        assert runs(pid)
    wait_until(lambda: not folder.exists() and not runs(pid) and not runs(shell), 15)


def test_a_server_that_hears_no_request_ends_too() -> None:
    with killed("MariaDB") as (folder, pid, _):
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: not folder.exists() and not runs(pid), 15)


def test_what_is_left_when_the_shell_is_killed_as_well_goes_once_no_server_runs_in_it() -> None:
    with killed("MariaDB") as (folder, pid, shell):
        os.kill(shell, signal.SIGKILL)
    os.utime(folder, (0, 0))
    sweep(PARENTS, TRACES)
    assert folder.exists(), "a server runs in it"
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not runs(pid), 15)
    wait_until(lambda: _swept(folder), 15)


def _swept(folder: Path) -> bool:
    """The server may have written there meanwhile, and what is fresh stays; so does what another sweep looks at."""
    with contextlib.suppress(FileNotFoundError):
        os.utime(folder, (0, 0))
    sweep(PARENTS, TRACES)
    return not folder.exists()
