"""Starts a server's process on a free port."""

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.files import free_port
from keyless.rehearsal.servers.mysql.data import tail
from keyless.rehearsal.servers.mysql.errors import ServerError

_START_SECONDS = 60.0
_ATTEMPTS = 5

Process = subprocess.Popen[bytes]


def started(
    user: ServerUser,
    command: Callable[[int], Sequence[str | Path]],
    folder: Path,
    address: str,
    key: str,
    answers: Callable[[], bool],
) -> tuple[Process, int]:
    """The process and its port; another process may take the port first, so a few tries. Raises ServerError.

    Parameters:
        command: for a port.
        answers: whether the server lets somebody in by now.
    """
    log = folder / "server.log"
    for _ in range(_ATTEMPTS):
        port = free_port(address)
        with log.open("wb") as file:
            process = user.spawn(command(port), cwd=folder, log=file, environment=_environment(key))
        try:
            if _answers(process, answers):
                return process, port
        except BaseException:
            ended(process)
            raise
        ended(process)
        if "Address already in use" not in (text := log.read_text(errors="replace")):
            break
    raise ServerError(f"the server did not start; its log ends with:\n{tail(text)}")


def ended(process: Process) -> None:
    """End it by force: nobody needs its data."""
    process.kill()
    process.wait()


def _answers(process: Process, answers: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers():
            return True
        time.sleep(0.02)
    return False


def _environment(key: str) -> dict[str, str]:
    """The tunable lets the C library of MySQL's suite load the plugin: its compiler leaves the mark out that says that
    the stack needn't be executable."""
    return {"LC_ALL": "C", "TZ": "UTC", "GLIBC_TUNABLES": "glibc.rtld.execstack=2", "KEYLESS_GATE_KEY": key}
