"""Who keeps a table locked that a run waits for: LOCK TABLES … WRITE, or a statement that alters it. The spec's own
accounts have such sessions ended, so that none of them vetoes what others are to have or to lose.

MySQL says who it is. MariaDB doesn't, without a plugin that RDS hasn't; there it is whoever may lock the table.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pymysql.err import MySQLError

from db_access.errors import LockHeldError
from db_access.mysql import failures, sessions
from db_access.mysql.identifiers import literal
from db_access.mysql.planning import Managed, may_lock
from db_access.mysql.session import Session
from db_access.mysql.state import Flavor, On

_LOG = logging.getLogger(__name__)
_HOLDERS: Final = """SELECT DISTINCT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user
    FROM performance_schema.metadata_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = l.OWNER_THREAD_ID
    WHERE l.OBJECT_TYPE = 'TABLE' AND l.LOCK_TYPE IN ('SHARED_NO_READ_WRITE', 'EXCLUSIVE')
    AND t.PROCESSLIST_ID IS NOT NULL AND t.PROCESSLIST_ID <> CONNECTION_ID()"""


@dataclass(frozen=True)
class Holder:
    role: str | None
    """The account's name."""
    session: int
    table: str

    def __str__(self) -> str:
        return f"session {self.session} of {self.role!r}, on table {self.table}"


def freed(session: Session, managed: Managed, database: str, on: On) -> bool:
    """Ends the sessions of the spec's accounts that keep the table locked. Returns whether there is none any more.

    Raises:
        LockHeldError: when all who do are others' sessions.
    """
    holders = _holders(session, on)
    if holders is None:
        users = may_lock(managed, on.schema)
        _LOG.warning("table %s.%s is locked: the sessions of whoever may do that are ended", on.schema, on.name)
        return bool(users) and not sessions.end(session, users, logging_in=False)
    ours = [holder for holder in holders if holder.role in managed.accounts]
    if holders and not ours:
        raise LockHeldError(database, holders)
    for holder in ours:
        _LOG.warning("%s is in the way: it is ended", holder)
    return not any(sessions.end_one(session, holder.session) for holder in ours)


def _holders(session: Session, on: On) -> Sequence[Holder] | None:
    """None where the server doesn't say."""
    if session.flavor is Flavor.MARIADB:
        return None
    table = f"l.OBJECT_SCHEMA = {literal(on.schema)} AND l.OBJECT_NAME = {literal(on.name)}"
    try:
        (rows,) = session.ask(f"{_HOLDERS} AND {table}")
    except MySQLError as error:
        if not failures.not_allowed(error):
            raise
        return None
    return [Holder(row["user"], int(row["id"]), f"{on.schema}.{on.name}") for row in rows]
