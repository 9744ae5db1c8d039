"""End logins and sessions of those who lose access."""

import time
from collections.abc import Mapping
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import Composed

from db_access.postgresql import locks
from db_access.postgresql.failures import message, transient
from db_access.postgresql.session import settle

_ATTEMPT: Final = "200ms"
"""How long one attempt to end a login waits for others; then it is the next role's turn."""
_PAUSE_SECONDS: Final = 0.2
_GONE_MILLISECONDS: Final = 1000
"""How long to wait until a session is really gone: until then it can commit what it has begun."""


def end_sessions(connection: Connection[Any], roles: Mapping[int, str]) -> list[str]:
    """End every session of these roles (oid to name), after the COMMIT that took their access: none can come back.

    Returns:
        A sentence for the operator when it can't be done; what was committed stays.
    """
    if not roles:
        return []
    try:
        connection.execute(
            "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity "
            "WHERE usesysid = ANY(%s::oid[]) AND pid <> pg_backend_pid()",
            [_GONE_MILLISECONDS, list(roles)],
        )
    except psycopg.Error as error:
        names = ", ".join(sorted(map(repr, roles.values())))
        why = message(error)
        return [
            f"open sessions of {names} could not be ended: {why}; "
            "end them as a member of pg_signal_backend, or wait for their end"
        ]
    return []


def end_logins(connection: Connection[Any], statements: Mapping[int, Composed], seconds: float) -> None:
    """Carry out the statement that ends a role's login, for each role (by oid), each on its own, outside transactions.

    What a role's own transactions hold, such as a lock on the role by an ALTER ROLE that is never committed, can't keep
    it: its sessions are ended first, and what it has prepared is rolled back. A statement that is refused is left to
    the run, which says why. Each role is tried once before any is tried again, so that one that something else keeps
    holds up no other.

    Args:
        seconds: how long to try, all of them together, while something else holds a lock.
    """
    connection.autocommit = True
    settle(connection)
    connection.execute("SELECT set_config('lock_timeout', %s, false)", [_ATTEMPT])
    deadline = time.monotonic() + seconds
    left = {oid: statement.as_bytes(connection) for oid, statement in statements.items()}
    while left := {oid: statement for oid, statement in left.items() if not _ended(connection, oid, statement)}:
        if time.monotonic() > deadline:
            break
        time.sleep(_PAUSE_SECONDS)


def _ended(connection: Connection[Any], oid: int, statement: bytes) -> bool:
    """Whether there is nothing more to try."""
    _end_transactions(connection, oid)
    try:
        connection.execute(statement)
    except psycopg.errors.LockNotAvailable:
        return False
    except psycopg.Error as error:
        if connection.closed:
            raise
        return not transient(error)
    _end_transactions(connection, oid)  # those that came in meanwhile
    return True


def _end_transactions(connection: Connection[Any], oid: int) -> None:
    """With the sessions that they are in, or prepared."""
    end_sessions(connection, {oid: ""})
    locks.roll_back_of(connection, oid)
