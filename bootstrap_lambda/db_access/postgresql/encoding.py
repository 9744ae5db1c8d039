"""Text that is not in the client's encoding: names in a database without one, and bytes that others have left behind.

Roles, their comments and settings are the cluster's, and PostgreSQL keeps their bytes as they came in, whatever the
encoding of the database that they came from. No bytes in the catalogs may keep the engine from reading them.
"""

import json
from typing import Any, Final

from psycopg import Connection
from psycopg.adapt import Buffer, Loader
from psycopg.types.json import set_json_loads

from db_access.postgresql.state import UNREADABLE

_TEXT: Final = ("text", "name", "varchar", "bpchar")


def of_server(connection: Connection[Any]) -> str:
    return connection.info.parameter_status("server_encoding") or "UTF8"


def of_client(connection: Connection[Any]) -> str:
    """The encoding to speak: UTF8, but for a database without one (SQL_ASCII) one in which every byte is a character.

    There PostgreSQL would refuse to send what is no UTF-8. What is read comes back as the bytes that it was.
    """
    if of_server(connection) != "SQL_ASCII":
        return "UTF8"
    set_json_loads(lambda data: json.loads(_bytes(data).decode("latin-1")), connection)
    return "LATIN1"


def tolerate(connection: Connection[Any]) -> None:
    """Read bytes that are no UTF-8, too. Takes longer, so only where there are any."""
    for name in _TEXT:
        connection.adapters.register_loader(name, _Tolerant)


class _Tolerant(Loader):
    def load(self, data: Buffer) -> str:
        return "".join(map(_shown, bytes(data).decode("utf-8", "surrogateescape")))


def _shown(letter: str) -> str:
    return f"{UNREADABLE}{ord(letter) - 0xDC00:02x}" if "\udc80" <= letter <= "\udcff" else letter


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
