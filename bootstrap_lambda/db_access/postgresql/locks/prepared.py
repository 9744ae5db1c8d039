"""Rolls prepared transactions of managed roles back, each as the role whose it is: they have no session to be ended."""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, LiteralString

import psycopg
from psycopg import Connection

from db_access.postgresql import ddl
from db_access.postgresql.failures import message
from db_access.postgresql.locks.holders import Holder
from db_access.postgresql.session import settle

_LOG = logging.getLogger(__name__)

_WAIT: Final = "200ms"
"""For others that change the role's memberships."""


def prepared(holders: Iterable[object]) -> list[Holder]:
    return [holder for holder in holders if isinstance(holder, Holder) and holder.gid]


def freed(connect: Callable[[], Connection[Any]], holders: Iterable[object], roles: Collection[int]) -> bool:
    """Whether one of these holders was a prepared transaction of these roles (oids), and is one no longer.

    On a connection of its own, while the run has no lock on a role. What is of another database can only be rolled back
    there.
    """
    theirs = [holder for holder in prepared(holders) if holder.oid in roles]
    if not theirs:
        return False
    with connect() as connection:
        connection.autocommit = True
        settle(connection)
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [_WAIT])
        here = [holder for holder in theirs if holder.database == connection.info.dbname]
        return any([_rolled_back(connection, str(holder.role), str(holder.gid)) for holder in here])


def roll_back_of(connection: Connection[Any], role: int) -> None:
    """Every prepared transaction of the role (its oid) in the connection's database."""
    for owner, gid in connection.execute(_OF_ROLE, [role]).fetchall():
        _rolled_back(connection, owner, gid)


def _rolled_back(connection: Connection[Any], owner: str, gid: str) -> bool:
    """Whether it is gone."""
    try:
        _become(connection, owner)
        connection.execute(ddl.roll_back_prepared(gid))
        _LOG.warning("prepared transaction %r of %r was in the way, and was rolled back", gid, owner)
        gone = True
    except psycopg.Error as error:
        if connection.closed:
            raise
        _LOG.warning("prepared transaction %r of %r can't be rolled back: %s", gid, owner, message(error))
        gone = isinstance(error, psycopg.errors.UndefinedObject)
    connection.execute("SET ROLE none")
    return gone


def _become(connection: Connection[Any], role: str) -> None:
    how = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    ((may,),) = connection.execute("SELECT pg_has_role(%s::name, %s)", [role, how]).fetchall()
    if may:
        connection.execute(ddl.become(role))
        return
    members = connection.execute(_MEMBERS, {"role": role, "how": how}).fetchall()
    if not any(_became(connection, role, through) for through in (role, *(name for (name,) in members))):
        raise psycopg.errors.LockNotAvailable(f"the memberships of role {role!r} are locked")


def _became(connection: Connection[Any], role: str, through: str) -> bool:
    """Whether it could: what is to be rolled back can have granted the very role, and keeps its memberships locked."""
    try:
        with connection.transaction():
            for statement in ddl.become_unseen(role, connection.info.user, through):
                connection.execute(statement)
    except psycopg.errors.LockNotAvailable:
        return False
    return True


_MEMBERS: Final[LiteralString] = """
SELECT DISTINCT member.rolname FROM pg_auth_members AS granted JOIN pg_roles AS member ON member.oid = granted.member
WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = %(role)s) AND pg_has_role(granted.member, roleid, %(how)s)
    AND pg_has_role(granted.member, 'MEMBER WITH ADMIN OPTION') AND member.rolname <> current_user
LIMIT 5
"""
"""Whom the master can become a member of. From PostgreSQL 16 on, and before that nothing is locked for it."""
_OF_ROLE: Final[LiteralString] = """
SELECT owner, gid FROM pg_prepared_xacts
WHERE owner = (SELECT rolname FROM pg_roles WHERE oid = %s) AND database = current_database()
"""
