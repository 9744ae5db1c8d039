"""What the engine's sessions start with, whatever the database, the role or the environment would have them start with.

A database's owner can set a search_path for all who connect to it, and a user that may create schemas can make one
whose functions and operators come first in it: what the master runs is resolved in pg_catalog, and nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.pq import TransactionStatus

from db_access.postgresql import encoding

_SETTINGS: Final[dict[LiteralString, LiteralString]] = {
    "search_path": "pg_catalog, pg_temp",  # named last, or temporary tables would come first
    "role": "none",
    "client_encoding": "UTF8",
    "datestyle": "ISO",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "transform_null_equals": "off",
    "default_transaction_read_only": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "jit": "off",  # the catalogs' row estimates are far off: to compile a query of 50 ms takes longer than to run it
}
_SINCE: Final[dict[LiteralString, tuple[int, LiteralString]]] = {
    "createrole_self_grant": (16_00_00, ""),
    "transaction_timeout": (17_00_00, "0"),
}
"""By the server version that has the setting."""

OPTIONS: Final = " ".join(f"-c {name}={value.replace(' ', '')}" for name, value in _SETTINGS.items())
"""For the startup packet, whose settings come before those of the database and of the role: from the first moment."""


SCRIPT: Final = "\n".join(
    f"SET {name} = {value if name == 'search_path' else repr(value)};" for name, value in _SETTINGS.items()
)
"""The same for a script that somebody runs with psql."""


def settle(connection: Connection[Any]) -> None:
    """Give the session these settings, for who has connected without `OPTIONS`. Changes nothing else."""
    version = connection.info.server_version
    settings = {**_SETTINGS, **{name: value for name, (since, value) in _SINCE.items() if version >= since}}
    settings["client_encoding"] = encoding.of_client(connection)
    names, values = list(settings), list(settings.values())
    with _in_no_transaction_of_its_own(connection):
        connection.execute(_SETTLE, [names, values])


@contextmanager
def _in_no_transaction_of_its_own(connection: Connection[Any]) -> Iterator[None]:
    """A rollback would take the settings back; and a database's owner can have whoever is idle in a transaction for a
    millisecond thrown out, as a client is between BEGIN and its first statement."""
    if connection.autocommit or connection.info.transaction_status is not TransactionStatus.IDLE:
        yield
        return
    connection.autocommit = True
    try:
        yield
    finally:
        if not connection.closed:
            connection.autocommit = False


# Before the search path is settled: every function and type is named with its schema, and there is no operator to find.
_SETTLE: Final[LiteralString] = """
SELECT pg_catalog.set_config(name, value, false)
FROM ROWS FROM (pg_catalog.unnest(%s::pg_catalog.text[]), pg_catalog.unnest(%s::pg_catalog.text[]))
    AS settings (name, value)
"""
