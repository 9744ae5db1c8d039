"""Databases that the spec declares and that aren't there: made, outside any transaction, by whoever comes first."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import psycopg
from psycopg import Connection

from db_access.errors import ApplyError, NoDatabaseError, UnreachableError
from db_access.plan.changes import CreateDatabase
from db_access.plan.privileges import PUBLIC, Kind, Privilege
from db_access.postgresql import ddl
from db_access.postgresql.failures import explained, transient
from db_access.postgresql.session import settle
from db_access.postgresql.state import Current, CurrentObjects

_LOG = logging.getLogger(__name__)

ELSEWHERE: Final = "postgres"
"""Where to connect to for making another database: every cluster has it."""

_THERE_ALREADY: Final = frozenset({"42P04", "23505"})
_BUSY: Final = "55006"
"""Somebody is connected to template1."""


def existing(connect: Callable[[], Connection[Any]], name: str) -> Connection[Any]:
    """The connection that `connect` opens to the database `name`.

    Raises:
        NoDatabaseError: when the server says that there is none of that name; everything else as `connect` raises it.
    """
    try:
        return connect()
    except (psycopg.OperationalError, UnreachableError) as error:
        if missing(error, name):
            raise NoDatabaseError(str(error)) from error
        raise


def missing(error: Exception, name: str) -> bool:
    """Whether an attempt to connect failed for lack of the database. libpq passes on the message, and no SQLSTATE."""
    return f'database "{name}" does not exist' in str(error)


def as_new(current: Current, name: str, master: str) -> Current:
    """What a database will look like when it has been made, in a cluster that is as `current`, read elsewhere, says."""
    public = {PUBLIC: frozenset({Privilege.CONNECT, Privilege.TEMPORARY})}
    usage = {PUBLIC: frozenset({Privilege.USAGE})}
    return replace(
        current,
        roles={role: replace(found, acts_as=None, settings_here=frozenset()) for role, found in current.roles.items()},
        schemas={},
        objects=(
            CurrentObjects(Kind.DATABASE, None, (name,), public, owner=master),
            CurrentObjects(Kind.SCHEMA, "public", ("public",), usage, owner="pg_database_owner"),
        ),
        defaults={},
        limits=replace(current.limits, owners=frozenset(), creates_schemas=True),
        default_others={},
        just_made=True,
    )


def create(connection: Connection[Any], change: CreateDatabase, *, seconds: float, approval: str | None = None) -> bool:
    """Make a database that belongs to the connected role, unless it has come to be in the meantime (False).

    Args:
        approval: the digest of the one that it is made for, which is said on it.

    Raises:
        ApplyError: with PostgreSQL's words, when it is refused or `seconds` were not enough.
    """
    deadline, pause = time.monotonic() + seconds, 0.1
    connection.autocommit = True
    settle(connection)
    while True:
        try:
            connection.execute(ddl.statement(change))
            _LOG.info("%s  -- %s", ddl.text(change), change.reason)
            if approval:
                connection.execute(ddl.mark_database(change.name, approval))
            return True
        except psycopg.Error as error:
            if error.sqlstate in _THERE_ALREADY:
                return False
            passes = error.sqlstate == _BUSY or transient(error)
            if not passes or connection.closed or time.monotonic() + pause > deadline:
                raise ApplyError(
                    f"database {change.name!r} is declared and missing, and could not be made: {explained(error)}"
                ) from error
            time.sleep(pause)
        pause = min(pause * 2, 2)


def drop_again(connection: Connection[Any], name: str) -> None:
    """Drop a database that `create` has just made, and that nobody but its owner can have put anything into.

    Where it can't, because somebody is connected, it stays, with its mark.
    """
    connection.autocommit = True
    settle(connection)
    try:
        connection.execute(ddl.drop_database(name))
        _LOG.warning("database %r, made by this run, is dropped again: nothing was put into it", name)
    except psycopg.Error as error:
        _LOG.warning("database %r, made by this run, stays, with nothing in it: %s", name, explained(error))
