"""A server's options, and its new data folder."""

import subprocess
from pathlib import Path
from typing import Final

from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.mysql.errors import ServerError
from keyless.rehearsal.servers.mysql.installing.install import PLUGIN
from keyless.rehearsal.servers.mysql.installing.programs import Programs
from keyless.rehearsal.servers.mysql.kinds import MARIADB, Kind
from keyless.rehearsal.servers.watchdog import Traces

TRACES: Final = Traces("keyless-my-", "server.pid", "server.sock")
CERTIFICATE, KEY = "server.pem", "server.key"

_SCRIPTS: Final = (
    *("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"),
    *("maria_add_gis_sp_bootstrap.sql", "mysql_sys_schema.sql"),
)
"""What mariadb-install-db runs, in its order. That script itself needs a shell's tools where the package has them."""
_FIRST: Final = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\nSET @skip_auth_anonymous = 1;\n"
_NOT_KEPT: Final = ("--innodb-doublewrite=0", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin")
"""What is in these servers is thrown away."""
_OF_KIND: Final = {
    "MariaDB": ("--innodb-log-file-size=16M", "--innodb-buffer-pool-size=32M", "--strict-password-validation=OFF"),
    "MySQL": ("--innodb-redo-log-capacity=16M", "--mysqlx=OFF", "--secure-file-priv=NULL", "--partial-revokes=ON"),
}


def initialised(user: ServerUser, kind: Kind, programs: Programs, folder: Path, *settings: str) -> None:
    """Make the data folder in `folder`, which is the user's. Raises ServerError.

    Args:
        settings: those that a server keeps from its first start on.
    """
    make = ("--bootstrap", "--silent-startup") if kind == MARIADB else ("--initialize-insecure",)
    command = programs.command(kind.daemon, *_common(kind, programs, folder), *_NOT_KEPT, *settings, *make)
    (folder / "data").mkdir(mode=0o700)
    user.own(folder / "data")
    try:
        user.run(command, cwd=folder, given=_system_tables(programs) if kind == MARIADB else None)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        raise ServerError(f"{kind.name}'s data folder can't be made:\n" + tail(said)) from error


def options(kind: Kind, programs: Programs, folder: Path, address: str, port: int, connections: int) -> list[str]:
    """Of a running server. Names aren't resolved: RDS's clients don't come from the server's own host either."""
    return [
        *_common(kind, programs, folder),
        *_NOT_KEPT,
        *_OF_KIND[kind.name],
        f"--bind-address={address}",
        f"--port={port}",
        f"--socket={folder / TRACES.sockets}",
        f"--pid-file={folder / TRACES.pid_file}",
        f"--ssl-cert={folder / CERTIFICATE}",
        f"--ssl-key={folder / KEY}",
        "--require-secure-transport=ON",
        f"--plugin-dir={programs.root}",
        f"--plugin-load-add=AWSAuthenticationPlugin={PLUGIN}",
        f"--max-connections={connections}",
        "--max-connect-errors=1000000",
        "--skip-name-resolve",
    ]


def tail(log: str) -> str:
    return "\n".join(log.splitlines()[-20:])


def _common(kind: Kind, programs: Programs, folder: Path) -> list[str]:
    messages = programs.folder("usr/share/mysql", "usr/share/mariadb")
    return [
        "--no-defaults",
        f"--basedir={programs.root / 'usr'}",
        f"--datadir={folder / 'data'}",
        f"--tmpdir={folder}",  # a server that starts removes every other one's temporary tables from its own
        f"--lc-messages-dir={messages}",
        f"--character-sets-dir={messages / 'charsets'}",
    ]


def _system_tables(programs: Programs) -> str:
    share = programs.folder("usr/share/mysql", "usr/share/mariadb")
    return _FIRST + "".join((share / name).read_text(encoding="utf-8") for name in _SCRIPTS)
