"""Creates a server's data folder, and starts its process on a free port."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from keyless.rehearsal.os_user import ServerUser, end
from keyless.rehearsal.servers import rds_roles
from keyless.rehearsal.servers.configuration import configuration, host_based_access
from keyless.rehearsal.servers.files import PostgresError, free_port

_START_SECONDS = 30.0
_ATTEMPTS = 5

Process = subprocess.Popen[bytes]


def initialised(user: ServerUser, programs: Path, folder: Path, client_roots: Path, max_connections: int) -> Path:
    """The new data folder, in `folder`, which belongs to `user` from then on. Raises PostgresError."""
    data = folder / "data"
    command: list[str | Path] = [programs / "initdb", "-D", data, "-U", rds_roles.SUPERUSER]
    try:
        user.run([*command, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], cwd=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresError(f"initdb in {programs} failed: {getattr(error, 'stderr', None) or error}") from error
    (data / "pg_hba.conf").write_text(host_based_access(), encoding="utf-8")
    (data / "postgresql.conf").write_text(configuration(folder, client_roots, max_connections), encoding="utf-8")
    user.own(folder)
    return data


def started(
    user: ServerUser, program: Path, data: Path, address: str, answers: Callable[[int], bool]
) -> tuple[Process, int]:
    """The process and its port; another process may take the port first, so a few tries. Raises PostgresError.

    Parameters:
        answers: whether the server on that port lets somebody in by now.
    """
    log = data.parent / "server.log"
    for _ in range(_ATTEMPTS):
        port = free_port(address)
        with log.open("wb") as file:
            command: list[str | Path] = [program, "-D", data, "-h", address, "-p", str(port)]
            process = user.spawn(command, cwd=data.parent, log=file)
        try:
            if _answers(process, port, answers):
                return process, port
        except BaseException:
            end(process)
            raise
        end(process)
        if "could not bind" not in (text := log.read_text(errors="replace")):
            break
    raise PostgresError("PostgreSQL did not start; its log ends with:\n" + "\n".join(text.splitlines()[-20:]))


def _answers(process: Process, port: int, answers: Callable[[int], bool]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers(port):
            return True
        time.sleep(0.02)
    return False
