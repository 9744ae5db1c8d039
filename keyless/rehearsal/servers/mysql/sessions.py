"""Ends sessions: a right that is taken, and an account that is locked, leaves those that are open as they are."""

import contextlib
import time
from typing import Final

import pymysql
from pymysql.connections import Connection

_SECONDS: Final = 10.0
_PAUSE: Final = 0.01
_OTHERS: Final = """
SELECT id FROM information_schema.processlist
WHERE id <> CONNECTION_ID() AND user NOT IN ('event_scheduler', 'system user', 'rdsadmin')
"""


def end(connection: Connection) -> None:
    """All but the server's own and the superuser's, and wait. Raises TimeoutError."""
    deadline = time.monotonic() + _SECONDS
    while others := _others(connection):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(others)} sessions haven't ended in {_SECONDS:.0f} s")
        for number in others:
            with contextlib.suppress(pymysql.OperationalError), connection.cursor() as cursor:  # gone meanwhile
                cursor.execute("KILL %s", (number,))
        time.sleep(_PAUSE)


def _others(connection: Connection) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return [number for (number,) in cursor.fetchall()]
