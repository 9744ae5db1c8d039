"""A server whose parent is killed by SIGKILL ends too, and its folder goes, at once or at the next start."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from keyless.rehearsal.servers.files import PARENTS
from keyless.rehearsal.servers.postgres import Postgres
from keyless.rehearsal.servers.watchdog import sweep
from tests.rehearsal.waiting import runs, wait_until

_ROOT = Path(__file__).parents[3]
_RUNNING = """
import time
from keyless.rehearsal.servers.postgres import Postgres
with Postgres() as server:
    print(server.folder, server._watchdog._shell.pid, flush=True)
    time.sleep(100)
"""
_BEING_MADE = """
import time
from keyless.rehearsal.servers import postgres
def initialised(user, programs, folder, roots, max_connections):
    print(folder, 0, flush=True)
    time.sleep(100)
postgres.initialised = initialised
postgres.Postgres().start()
"""


@contextmanager
def killed(script: str) -> Iterator[tuple[Path, int]]:
    """A process that ran the script until it was killed: its server's folder, and the pid of the shell that watches."""
    with subprocess.Popen([sys.executable, "-c", script], cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        folder, shell = process.stdout.readline().split()
        yield Path(folder), int(shell)
        process.kill()


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_ends_with_its_parent_and_its_folder_goes() -> None:
    with killed(_RUNNING) as (folder, shell):
        pid = postmaster(folder)
        assert runs(pid)
        assert runs(shell)
    wait_until(lambda: not folder.exists(), 15)
    wait_until(lambda: not runs(pid) and not runs(shell), 15)


def test_a_server_that_hears_no_request_ends_too() -> None:
    with killed(_RUNNING) as (folder, _):
        pid = postmaster(folder)
        os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: not folder.exists() and not runs(pid), 15)


def test_a_folder_goes_though_no_server_is_in_it_yet() -> None:
    with killed(_BEING_MADE) as (folder, _):
        assert folder.exists()
    wait_until(lambda: not folder.exists(), 15)


@pytest.fixture
def left() -> Iterator[Path]:
    """The folder of a server whose parent, watching shell and processes were all killed."""
    with killed(_RUNNING) as (folder, shell):
        os.kill(shell, signal.SIGKILL)
        pid = postmaster(folder)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not runs(pid), 15)
    assert folder.exists()
    yield folder
    with suppress(FileNotFoundError):
        _remove(folder)


def _remove(folder: Path) -> None:
    _age(folder)
    sweep(PARENTS)


def _age(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_what_is_left_is_removed_by_the_next_start(left: Path) -> None:
    _age(left)
    with Postgres():
        assert not left.exists()


def test_a_folder_that_is_new_watched_or_has_a_server_in_it_stays(left: Path) -> None:
    sweep(PARENTS)
    assert left.exists(), "it is new"
    with Postgres() as server:
        _age(server.folder)
        sweep(PARENTS)
        assert server.folder.exists(), "it is watched"
    with socket.socket(socket.AF_UNIX) as listener:
        (old,) = left.glob(".s.PGSQL.*[0-9]")
        old.unlink()
        listener.bind(str(old))
        listener.listen()
        _age(left)
        sweep(PARENTS)
        assert left.exists(), "a server runs in it"
