"""What there is in the cluster of both users: roles, sessions, and what ties the old one. Reads catalogs only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.postgresql import mark
from db_access.wording import one_line, quoted

_ROLES: Final[LiteralString] = """
SELECT rolname::text, rolcanlogin, shobj_description(oid, 'pg_authid'),
    EXISTS (SELECT FROM pg_auth_members JOIN pg_roles AS iam ON iam.oid = roleid
        WHERE rolname = 'rds_iam' AND member = role.oid)
FROM pg_roles AS role WHERE rolname = ANY(%s)
"""
_SESSIONS: Final[LiteralString] = """
SELECT usename::text, pid, coalesce(datname, '')::text, coalesce(application_name, ''),
    coalesce(host(client_addr), 'a socket'), backend_start
FROM pg_stat_activity WHERE usename = ANY(%s) AND backend_type = 'client backend' ORDER BY backend_start, pid
"""
# All of a role's objects, policies and default privileges, in every database: of another one PostgreSQL knows no names.
_TIES: Final[LiteralString] = """
SELECT DISTINCT CASE
    WHEN dbid = 0 OR datname = current_database() THEN
        CASE deptype WHEN 'o' THEN 'owns ' ELSE 'is named in ' END || pg_describe_object(classid, objid, 0)
    ELSE CASE deptype WHEN 'o' THEN 'owns objects' ELSE 'is named in policies' END
        || ' in database ' || quote_ident(datname) END
FROM pg_shdepend JOIN pg_roles ON pg_roles.oid = refobjid LEFT JOIN pg_database ON pg_database.oid = dbid
WHERE refclassid = 'pg_authid'::regclass AND rolname = %s AND deptype IN ('o', 'r') ORDER BY 1
"""


@dataclass(frozen=True)
class Role:
    name: str
    logs_in: bool
    comment: str | None
    by_iam: bool
    """Whether it is a member of rds_iam, so that every session of its own began with a token."""

    @property
    def managed_by(self) -> str | None:
        return mark.parse(self.comment).managed_by


@dataclass(frozen=True)
class Session:
    user: str
    pid: int
    database: str
    application: str
    address: str
    since: datetime

    def __str__(self) -> str:
        application = f" by {quoted(self.application)}" if self.application else ""
        return (
            f"pid {self.pid} in database {quoted(self.database)}{application} from {one_line(self.address)} "
            f"since {self.since:%Y-%m-%d %H:%M:%S %Z}"
        )


def roles(connection: Connection[Any], names: Sequence[str]) -> dict[str, Role]:
    """Those that are there."""
    found = (Role(*row) for row in connection.execute(_ROLES, [list(names)]))
    return {role.name: role for role in found}


def sessions(connection: Connection[Any], names: Sequence[str]) -> list[Session]:
    return [Session(*row) for row in connection.execute(_SESSIONS, [list(names)])]


def ties(connection: Connection[Any], name: str) -> Iterator[str]:
    """`owns table foo.event`: what keeps the role from being dropped, and no sync takes away."""
    return (row[0] for row in connection.execute(_TIES, [name]))
