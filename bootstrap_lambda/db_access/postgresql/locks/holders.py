"""Who holds a lock: a session, or a transaction that is prepared and has no session.

Without the text of anybody's query: it may be a secret.
"""

from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from db_access.postgresql import ddl
from db_access.postgresql.identifiers import printable
from db_access.wording import one_line


@dataclass(frozen=True)
class Holder:
    role: str | None
    """None: one of the server's own processes."""
    oid: int | None
    database: str | None
    since: str | None
    """When its transaction began, or was prepared; None: the master may not see it."""
    pid: int | None = None
    """None: it is prepared."""
    application: str | None = None
    state: str | None = None
    gid: str | None = None
    """What a prepared transaction is called."""
    ended: bool = False

    def __str__(self) -> str:
        return one_line(self._session() if self.gid is None else self._prepared(self.gid))

    def _session(self) -> str:
        known = (self.application and repr(self.application), self.state, self.since and f"since {self.since}")
        more = ", ".join(filter(None, known))
        return f"{self.short} in database {self.database!r}" + (f" ({more})" if more else "")

    def _prepared(self, gid: str) -> str:
        return (
            f"{self.short} in database {self.database!r} (since {self.since}); "
            f"as {self.role!r} run there {printable(ddl.roll_back_prepared(gid).as_string(None))}"
        )

    @property
    def short(self) -> str:
        what = f"session {self.pid}" if self.gid is None else f"prepared transaction {self.gid!r}"
        return what if self.role is None else f"{what} of {self.role!r}"


def of_advisory_lock(connection: Connection[Any], key: int) -> list[Holder]:
    """Who else holds this lock in the connection's database now."""
    return connection.cursor(row_factory=class_row(Holder)).execute(_OF_ADVISORY_LOCK, {"key": key}).fetchall()


HOLDER: Final[LiteralString] = """
holder AS MATERIALIZED (  -- found before anything is done about it: a condition may be evaluated in any order
    SELECT usesysid AS oid, usename::text AS role, datname::text AS database, xact_start AS began, activity.pid,
        application_name AS application, coalesce(state, backend_type) AS state, NULL AS gid, virtual
    FROM pg_stat_activity AS activity JOIN holding ON holding.pid = activity.pid
  UNION ALL  -- each has a lock on its own number
    SELECT role.oid, rolname::text, prepared.database::text, prepared, NULL, NULL, NULL, gid, virtual
    FROM pg_prepared_xacts AS prepared JOIN pg_roles AS role ON rolname = owner
        JOIN pg_locks AS own ON own.locktype = 'transactionid' AND own.transactionid = transaction
            AND own.mode = 'ExclusiveLock' AND own.pid IS NULL
        JOIN holding ON holding.pid IS NULL AND virtual = own.virtualtransaction
)"""
"""Stands on `holding`, which has the distinct columns `pid` and `virtual`, which is `pg_locks.virtualtransaction`."""

COLUMNS: Final[LiteralString] = """holder.oid, role, holder.database, holder.pid, application, state, gid,
    to_char(began AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since"""

_OF_ADVISORY_LOCK: Final[LiteralString] = f"""
WITH holding AS MATERIALIZED (
    SELECT DISTINCT pid, virtualtransaction AS virtual FROM pg_locks
    WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = %(key)s AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid IS DISTINCT FROM pg_backend_pid()
),
{HOLDER}
SELECT {COLUMNS} FROM holder ORDER BY pid, gid
"""
