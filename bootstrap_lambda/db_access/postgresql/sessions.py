"""End logins and sessions of those who lose access."""

import time
from collections.abc import Collection, Mapping
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
_STUBBORN_SECONDS: Final = 5.0


def end_sessions(connection: Connection[Any], roles: Mapping[int, str], through: Collection[int] = ()) -> list[str]:
    """End every session of these roles (oid to name), after the COMMIT that took their access: none can come back.

    Args:
        through: roles (oids) of which the sessions of all members end, too, however they are members. Not those of
            superusers, who are members of everything, and of our own role.

    Returns:
        A sentence for the operator when it can't be done; what was committed stays.
    """
    if not roles:
        return []
    try:
        connection.execute(_END, [_GONE_MILLISECONDS, list(roles), list(through)])
    except psycopg.Error as error:
        names = ", ".join(sorted(map(repr, roles.values())))
        why = message(error)
        return [
            f"open sessions of {names} could not be ended: {why}; "
            "end them as a member of pg_signal_backend, or wait for their end"
        ]
    return []


def end_older(connection: Connection[Any], name: str) -> bool:
    """End every session of the role that began before this moment, and look again until there is none: one that has
    just begun is not in pg_stat_activity yet. Before PostgreSQL 16 those of its members, too, however they are members:
    they can have become what it was a member of.

    Returns:
        Whether they are gone; nobody's are, where the role isn't there.

    Raises:
        psycopg.Error: when it can't be done.
    """
    settle(connection)
    roles = [oid for (oid,) in connection.execute("SELECT oid FROM pg_roles WHERE rolname = %s", [name]).fetchall()]
    through = roles if connection.info.server_version < _SET_OPTION else []
    ((since,),) = connection.execute("SELECT clock_timestamp()").fetchall()
    deadline = time.monotonic() + _STUBBORN_SECONDS
    quiet = 0
    while quiet < _QUIET_LOOKS:
        found = connection.execute(_END_OLDER, [_GONE_MILLISECONDS, roles, through, since]).fetchall()
        if found and time.monotonic() > deadline:
            return False
        quiet = 0 if found else quiet + 1
        if quiet < _QUIET_LOOKS:
            time.sleep(_PAUSE_SECONDS)
    return True


_QUIET_LOOKS: Final = 2
_SET_OPTION: Final = 160000
"""The version from which on a membership can keep its member from SET ROLE."""
_END: Final = """
SELECT pg_catalog.pg_terminate_backend(pid, %s)
FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_catalog.pg_backend_pid()
AND (
    usesysid = ANY(%s::oid[])
    OR usesysid IN (
        SELECT member.oid
        FROM pg_catalog.pg_roles member, unnest(%s::oid[]) AS of(oid)
        WHERE NOT member.rolsuper AND member.rolname <> session_user
            AND pg_catalog.pg_has_role(member.oid, of.oid, 'MEMBER')
    )
)
"""
_END_OLDER: Final = f"{_END} AND (backend_start <= %s) IS NOT FALSE"
"""Who may not see when it began sees NULL."""


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
