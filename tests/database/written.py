"""What a run writes, by the server's own word."""

from collections.abc import Callable
from typing import Any

from psycopg import Connection

_TRIES = 5
_LOGGED = "SELECT pg_current_wal_insert_lsn() - '0/0', pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def least_written(connection: "Connection[Any]", run: Callable[[], object]) -> tuple[int, int]:
    """Bytes of write-ahead log and transaction ids: the least of a few runs, which all do the same.

    The server itself logs its state every 15 seconds, and whoever reads first tidies pages up after earlier writers and
    logs that. A run that writes does so each time.
    """
    return min(_written(connection, run) for _ in range(_TRIES))


def _written(connection: "Connection[Any]", run: Callable[[], object]) -> tuple[int, int]:
    ((logged, ids),) = connection.execute(_LOGGED).fetchall()
    run()
    ((logged_then, ids_then),) = connection.execute(_LOGGED).fetchall()
    return int(logged_then - logged), int(ids_then - ids)
