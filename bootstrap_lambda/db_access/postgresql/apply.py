"""Run a plan in one transaction under a lock: all of it, proven, or nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import Connection

from db_access.errors import ApplyError, LockHeldError
from db_access.postgresql.failures import explained, moved, transient
from db_access.postgresql.locks import holders
from db_access.postgresql.session import settle

_STATEMENT_SECONDS: Final = 120
_LOCK_KEY: Final = 0x6B65796C657373
"""The advisory lock of this engine: the bytes of `keyless`."""

_BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE NOT DEFERRABLE"
_BEGIN_READING: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY NOT DEFERRABLE"
_END_OTHER_HOLDERS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
    JOIN pg_roles ON pg_roles.oid = usesysid
WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = %(key)s AND objsubid = 1
    AND pg_locks.database = datid
    AND usename <> current_user AND NOT rolsuper AND pg_has_role('pg_signal_backend', 'USAGE')
"""
"""Any login can take an advisory lock. Only the master runs the engine, so whoever else holds this one would keep its
access by it."""


def lock(connection: Connection[Any], seconds: float) -> None:
    """Make the open transaction safe: bounded waits, nobody else's search path, and no second run beside it.

    Args:
        seconds: how long to wait for another run now, and for other sessions' locks on the objects to grant on later.

    Raises:
        LockHeldError: when another session keeps the lock for longer.
    """
    with locked(connection, seconds):
        pass


@contextmanager
def locked(connection: Connection[Any], seconds: float) -> Iterator[None]:
    """`lock`, in one round trip with what is asked within the block. PostgreSQL answers that once it has the lock.

    It sees what was committed until then: each statement has its own snapshot under READ COMMITTED, whatever the role's
    default.
    """
    try:
        with begun(connection, seconds):
            connection.execute(_END_OTHER_HOLDERS, {"key": _LOCK_KEY})
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_KEY])
            yield
    except psycopg.errors.LockNotAvailable as error:
        connection.rollback()
        raise LockHeldError(connection.info.dbname, holders.of_advisory_lock(connection, _LOCK_KEY)) from error


@contextmanager
def begun(connection: Connection[Any], seconds: float) -> Iterator[None]:
    """A transaction with bounded waits, in one round trip with what is asked within the block; the one before settles
    the session.

    Without the lock: for who only reads, and reads again under the lock what it finds.
    """
    connection.autocommit = True  # psycopg would wait for the answer to a BEGIN of its own
    with connection.pipeline() as pipeline:
        settle(connection)
        pipeline.sync()  # or the transaction would have begun with it, in whatever way is the role's default
        connection.execute(_BEGIN_READING if connection.read_only else _BEGIN)
        connection.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)",
            [f"{seconds * 1000:.0f}ms", f"{_STATEMENT_SECONDS}s"],
        )
        yield


def begin(connection: Connection[Any], seconds: float) -> None:
    """`begun`, with nothing more in it."""
    with begun(connection, seconds):
        pass


def execute(connection: Connection[Any], statements: Sequence[bytes]) -> None:
    """Run the statements, composed by `statements`, as one message.

    Raises:
        ApplyError: with PostgreSQL's own words and SQLSTATE when it refuses one of them.
        LockHeldError: when another session keeps an object locked.
    """
    if statements:
        with _operator_errors(connection):
            connection.execute(b";\n".join(statements))


@contextmanager
def _operator_errors(connection: Connection[Any]) -> Iterator[None]:
    """Wrap the driver's errors once. Transient ones pass: `reconcile` tries again on those."""
    database = connection.info.dbname
    try:
        yield
    except psycopg.errors.LockNotAvailable as error:
        raise LockHeldError(database) from error
    except psycopg.Error as error:
        if transient(error) or moved(error):
            raise
        raise ApplyError(
            f"PostgreSQL refused a change in database {database!r}, and all of it was rolled back: {explained(error)}"
        ) from error
