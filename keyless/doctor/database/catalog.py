"""A role, its database and the server's room for connections, as the catalogs have them now."""

from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

_SESSION: Final[LiteralString] = "pid <> pg_backend_pid() AND backend_type IS DISTINCT FROM 'parallel worker'"
"""Another session, as limits count them: who may not see what kind a process is takes each for one."""
_ROLE: Final[LiteralString] = f"""
SELECT rolname AS name, rolcanlogin AS may_log_in, rolconnlimit AS most, rolvaliduntil::text AS valid_until,
    rolvaliduntil < now() AS expired,
    (SELECT pg_has_role(r.oid, iam.oid, 'MEMBER') FROM pg_roles iam WHERE iam.rolname = 'rds_iam') AS in_rds_iam,
    (SELECT count(*) FROM pg_stat_activity WHERE usesysid = r.oid AND {_SESSION}) AS sessions
FROM pg_roles r WHERE rolname = %s"""
_DATABASE: Final[LiteralString] = f"""
SELECT datname AS name, datallowconn AS takes_connections, datconnlimit AS most,
    has_database_privilege(r.oid, d.oid, 'CONNECT') AS may_connect,
    (SELECT has_database_privilege(p.oid, d.oid, 'CONNECT') FROM pg_roles p WHERE p.rolname = 'rdsproxyadmin')
        AS proxy_may_connect,
    (SELECT count(*) FROM pg_stat_activity WHERE datid = d.oid AND {_SESSION}) AS sessions
FROM pg_database d, pg_roles r WHERE d.datname = %s AND r.rolname = %s"""
_ROOM: Final[LiteralString] = f"""
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int AS most,
    (SELECT count(*) FROM pg_stat_activity WHERE usesysid IS NOT NULL AND datid IS NOT NULL
        AND {_SESSION}) AS sessions"""


@dataclass(frozen=True)
class Role:
    name: str
    may_log_in: bool
    most: int
    """Of its sessions; -1 for any number."""
    valid_until: str | None
    """Of its password, in PostgreSQL's words, which also has years that Python hasn't."""
    expired: bool | None
    in_rds_iam: bool | None
    """In any way, directly or not; None where the server has no such role."""
    sessions: int


@dataclass(frozen=True)
class Database:
    name: str
    takes_connections: bool
    most: int
    may_connect: bool
    proxy_may_connect: bool | None
    """RDS Proxy's own login; None where there is none."""
    sessions: int


@dataclass(frozen=True)
class Room:
    """For sessions of all who are not superusers."""

    most: int
    sessions: int


def role(connection: Connection[Any], name: str) -> Role | None:
    with connection.cursor(row_factory=class_row(Role)) as cursor:
        return cursor.execute(_ROLE, [name]).fetchone()


def database(connection: Connection[Any], name: str, user: str) -> Database | None:
    with connection.cursor(row_factory=class_row(Database)) as cursor:
        return cursor.execute(_DATABASE, [name, user]).fetchone()


def room(connection: Connection[Any]) -> Room:
    with connection.cursor(row_factory=class_row(Room)) as cursor:
        found = cursor.execute(_ROOM).fetchone()
    assert found is not None  # noqa: S101 - one row, whatever it says
    return found
