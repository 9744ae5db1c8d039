"""How a cluster of the fleet is connected to: by parameters of its own. No variable of the process says where, as whom
or how, but for the file of passwords, which is for many servers."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from db_access.errors import UnreachableError
from db_access.postgresql.session import OPTIONS
from keyless.fleet.cluster import Endpoint
from keyless_client import ConnectError, auth_token, trust_roots
from keyless_client.credentials import Key

_CONNECT_SECONDS: Final = 30
"""A paused Aurora takes about 15 to resume."""
_LIBPQ: Final = ("PG", "POSTGRES_")
_PASSWORDS: Final = "PGPASSFILE"
_WRONG: Final = " (the password in PGPASSFILE or ~/.pgpass is wrong, or there is none for this host, port and user)"
_REFUSED: Final = " (the token was refused; allowed: credentials that a policy lets rds-db:connect as this user)"


def forget_variables() -> None:
    """Those that libpq would take for what isn't said of a cluster. For a process that connects to many."""
    for name in [name for name in os.environ if name.startswith(_LIBPQ) and name != _PASSWORDS]:
        del os.environ[name]


@dataclass(frozen=True)
class Way:
    """To the databases of one cluster."""

    endpoint: Endpoint
    tunnel: tuple[str, int] | None
    region: str | None
    key: Key | None = field(repr=False)
    """Tokens are signed with it; None for a password."""
    root_certificates: Path | None

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """A new connection, outside autocommit.

        Raises:
            UnreachableError: with libpq's message, which has no password in it.
        """
        try:
            return psycopg.connect(**{**self._parameters(), **self._password(), "dbname": database})
        except ConnectError as error:
            raise UnreachableError(f"no connection to database {database!r}: {error}") from error
        except psycopg.OperationalError as error:
            message = " ".join(str(error).split())
            raise UnreachableError(f"no connection to database {database!r}{_advice(message)}: {message}") from error

    def _parameters(self) -> dict[str, Any]:
        where = self.endpoint
        address, port = self.tunnel or (None, where.port)
        return {
            "host": where.host,
            "port": port,
            "user": where.user,
            **({"hostaddr": address} if address else {}),
            "sslmode": "verify-full",
            "sslrootcert": str(self.root_certificates or _roots(where.host)),
            "gssencmode": "disable",
            "connect_timeout": _CONNECT_SECONDS,
            "options": OPTIONS,
            "application_name": "keyless-fleet",
        }

    def _password(self) -> dict[str, str]:
        if self.key is None:
            return {}
        where, region = self.endpoint, self.region or ""
        return {"password": auth_token(host=where.host, port=where.port, user=where.user, region=region, key=self.key)}


def _roots(host: str) -> Path:
    """Raises ConnectError."""
    try:
        return Path(trust_roots(host))
    except ConnectError as error:
        raise ConnectError(f"{error}; of a server that isn't RDS's: `root_certificates` in the fleet's file") from error


def _advice(message: str) -> str:
    if "PAM authentication failed" in message:
        return _REFUSED
    return _WRONG if "password authentication failed" in message or "no password supplied" in message else ""
