"""MySQL's and MariaDB's command line clients, whichever is installed."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db_access.errors import AccessError
from keyless.cli.mysql.relay.packets import CACHING

_NAMES: Final = ("mysql", "mariadb")


class NoClientError(AccessError):
    """Neither is there."""


@dataclass(frozen=True)
class Program:
    path: str
    mariadb: bool
    """Else MySQL's own. MariaDB installs its one as `mysql`, too."""

    @property
    def plugin(self) -> str:
        """By which it logs in where nobody says otherwise, and which it needs no file for."""
        return "mysql_native_password" if self.mariadb else CACHING

    def arguments(self, socket: Path, user: str, database: str, more: Sequence[str]) -> Iterator[str]:
        """For the relay's socket, whatever option files say."""
        yield from ("--protocol=SOCKET", "--host=localhost", f"--socket={socket}", f"--user={user}")
        yield "--skip-ssl" if self.mariadb else "--ssl-mode=DISABLED"
        yield "--default-character-set=utf8mb4"
        yield from [f"--database={database}"] if database else []
        yield from more


def program() -> Program:
    """Raises NoClientError."""
    for path in filter(None, map(shutil.which, _NAMES)):
        said = subprocess.run([path, "--version"], capture_output=True, text=True, errors="replace", check=False)
        return Program(path, "mariadb" in said.stdout.lower())
    raise NoClientError(
        "neither mysql nor mariadb is installed, or in PATH; allowed: one of these clients, as `apt install "
        "mariadb-client`, `dnf install mysql` or `brew install mysql-client` bring them; or keyless_client through a "
        "port forward (docs/client.md, Through a port forward)"
    )
