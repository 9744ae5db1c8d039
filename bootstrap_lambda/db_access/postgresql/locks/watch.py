"""Watches, from another connection, whom a run waits for: only as long as it waits can PostgreSQL say so.

A prepared transaction of a managed role is left to the run, which is stopped for that: to act as the role takes a lock
on the role, which the run may have itself.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, Final, LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import class_row

from db_access.errors import AccessError, ApplyError, LockHeldError
from db_access.postgresql import encoding
from db_access.postgresql.failures import message
from db_access.postgresql.locks.holders import COLUMNS, HOLDER, Holder
from db_access.postgresql.session import settle

_LOG = logging.getLogger(__name__)


@contextmanager
def without_blockers(
    connect: Callable[[], Connection[Any]], waiting: Connection[Any], roles: Collection[int]
) -> Iterator[None]:
    """While the block runs, end each session of these roles (oids) that the connection `waiting` waits for.

    What waits for a prepared transaction of theirs, which `freed` ends, is cancelled.

    Where that can't be done, the block runs all the same, and waits as long as it waits for anybody.

    Args:
        connect: opens another connection, as the same role. The block's end doesn't wait for it.

    Raises:
        LockHeldError: the block's own, with those who were in the way at last.
    """
    watch = _Watch(connect, waiting.info.backend_pid, list(roles))
    watch.start()
    try:
        yield
    except (LockHeldError, ApplyError) as error:
        watch.stop()
        if isinstance(error, LockHeldError) or watch.cancelled:
            raise LockHeldError(waiting.info.dbname, watch.last) from error
        raise
    finally:
        watch.stop()


class _Watch(Thread):
    def __init__(self, connect: Callable[[], Connection[Any]], pid: int, roles: list[int]) -> None:
        super().__init__(daemon=True)
        self._connect, self._pid, self._roles, self._over = connect, pid, roles, Event()
        self.last: list[Holder] = []
        """Who was in the way when somebody was for the last time, and was not ended."""
        self.cancelled = False

    def stop(self) -> None:
        self._over.set()
        self.join(_LAST_LOOK_SECONDS)

    def run(self) -> None:
        try:
            self._look()
        except (psycopg.Error, AccessError) as error:
            why = message(error) if isinstance(error, psycopg.Error) else str(error)
            if not self._over.is_set():
                _LOG.warning("sessions of managed roles that keep a lock can't be ended: %s", why)

    def _look(self) -> None:
        with self._connect() as connection:
            connection.autocommit = True
            settle(connection)
            encoding.tolerate(connection)
            while not self._over.wait(_LOOK_SECONDS) and not self.cancelled:
                self._look_once(connection)

    def _look_once(self, connection: Connection[Any]) -> None:
        here = connection.info.dbname
        cursor = connection.cursor(row_factory=class_row(Holder))
        found = cursor.execute(_END_BLOCKERS, {"pid": self._pid, "roles": self._roles}).fetchall()
        for holder in found:
            if holder.ended:
                _LOG.warning("a session of %r kept a lock that the run needs, and was ended", holder.role)
        if found:
            self.last = [holder for holder in found if not holder.ended]
        if any(holder.gid and holder.oid in self._roles and holder.database == here for holder in found):
            self.cancelled = True
            connection.execute("SELECT pg_cancel_backend(%s)", [self._pid])


_LOOK_SECONDS: Final = 0.3
_LAST_LOOK_SECONDS: Final = 1.0
"""For a look that is on; a connection that is still to come ends by itself."""
_END_BLOCKERS: Final[LiteralString] = f"""
WITH holding AS MATERIALIZED (
    SELECT unnest(pg_blocking_pids(%(pid)s)) AS pid, NULL AS virtual
  UNION  -- there prepared transactions are all one 0
    SELECT NULL, held.virtualtransaction FROM pg_locks AS held JOIN pg_locks AS waited
        ON (held.locktype, held.database, held.relation, held.page, held.tuple, held.virtualxid, held.transactionid,
            held.classid, held.objid, held.objsubid) IS NOT DISTINCT FROM (waited.locktype, waited.database,
            waited.relation, waited.page, waited.tuple, waited.virtualxid, waited.transactionid, waited.classid,
            waited.objid, waited.objsubid)
    WHERE waited.pid = %(pid)s AND NOT waited.granted AND held.granted AND held.pid IS NULL
        AND 0 = ANY(pg_blocking_pids(%(pid)s))
),
{HOLDER}
SELECT {COLUMNS},
    CASE WHEN pid IS NOT NULL AND oid = ANY(%(roles)s::oid[]) THEN pg_terminate_backend(pid) ELSE false END AS ended
FROM holder ORDER BY pid, gid
"""
