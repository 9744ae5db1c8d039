"""Run a plan in one transaction under a lock: all of it, proven, or nothing."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed

from db_access.errors import ApplyError, LockHeldError

LOCK_SECONDS: Final = 30
"""How long a run waits for another run, or for a transaction that uses the objects it grants on."""
_STATEMENT_SECONDS: Final = 120
_LOCK_KEY: Final = 0x6B65796C657373
"""The advisory lock of this engine: the bytes of `keyless`."""


def lock(connection: Connection[Any]) -> None:
    """Make the open transaction safe: bounded waits, no search path, and no second run beside it.

    Raises:
        LockHeldError: when another session keeps the lock for longer than LOCK_SECONDS.
    """
    with _operator_errors(connection), connection.pipeline():
        connection.execute(
            "SELECT set_config('search_path', 'pg_catalog', true), set_config('lock_timeout', %s, true), "
            "set_config('statement_timeout', %s, true)",
            [f"{LOCK_SECONDS}s", f"{_STATEMENT_SECONDS}s"],
        )
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])


def execute(connection: Connection[Any], statements: Sequence[Composed]) -> None:
    """Run the statements as one message.

    Raises:
        ApplyError: with PostgreSQL's own words and SQLSTATE when it refuses one of them.
        LockHeldError: when an object stays locked for longer than LOCK_SECONDS.
    """
    if statements:
        with _operator_errors(connection):
            connection.execute(SQL(";\n").join(statements))


class _operator_errors:
    """Wrap the driver's errors once. Transient ones pass: `reconcile` tries again on those."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case psycopg.errors.LockNotAvailable():
                raise LockHeldError(
                    f"another session has held a lock in database {self._connection.info.dbname!r} for over {LOCK_SECONDS} seconds; "
                    "wait for it to end or end it (pg_stat_activity shows it), then run again"
                ) from error
            case psycopg.Error() if not transient(error):
                raise ApplyError(
                    f"PostgreSQL refused a change in database {self._connection.info.dbname!r}, and all of it was "
                    f"rolled back: {error.diag.message_primary or error} ({error.sqlstate})"
                ) from error


_TRANSIENT: Final = frozenset({"XX000", "23505", "42710", "40P01", "40001", "57P01", "57P02", "57P03"})
"""Concurrent updates of the shared catalogs (roles are the cluster's, our lock is the database's), deadlocks, a server that goes down."""


def transient(error: psycopg.Error) -> bool:
    """Whether the same run can succeed a moment later."""
    return error.sqlstate in _TRANSIENT or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)
