"""Keeps one connection per thread for the next invocation: a reused one is about eighty times cheaper than a new one.

Checks a connection before it is reused, without a round trip to the server.
"""

import os
import select
import threading
import time
from dataclasses import asdict, dataclass

import psycopg
from psycopg.pq import TransactionStatus

from keyless_client.connection import open_connection
from keyless_client.settings import Settings

IDLE_LIMIT_SECONDS = 300
"""Lambda freezes a function between invocations. A connection that the network drops meanwhile looks alive until
something is sent; AWS's load balancers and NAT gateways drop one after 350 idle seconds."""


@dataclass
class _Kept:
    settings: Settings
    connection: psycopg.Connection
    last_used: float = 0


class _Slot(threading.local):
    kept: _Kept | None = None


_slot = _Slot()
_inherited: list[_Slot] = []


def connect() -> psycopg.Connection:
    """This thread's connection: that of the last call while it is usable, otherwise a new one with a fresh token.

    Endpoint and user are libpq's variables PGHOST, PGPORT, PGUSER and PGDATABASE, the token is signed for AWS_REGION.
    The connection is in autocommit mode, so that a finished statement leaves no transaction open and the proxy is free
    to lend the session to others; `with connection.transaction():` groups statements. What an earlier invocation left
    open is rolled back; within such a block, `connect` returns the block's own connection. Don't close it, and don't
    hand it to another thread.

    Raises:
        ConnectError: with the cause and what to check.
    """
    settings = Settings.read(os.environ)
    kept = _slot.kept
    if kept is None or not _usable(kept, settings):
        # The old one is not closed here: a caller may still use it. Python closes it with its last reference.
        kept = _slot.kept = _Kept(settings, open_connection(**asdict(settings), autocommit=True))
    kept.last_used = time.time()
    return kept.connection


def _usable(kept: _Kept, settings: Settings) -> bool:
    if kept.connection.closed or kept.settings != settings:
        return False
    status = kept.connection.info.transaction_status
    if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        return _roll_back(kept.connection)
    return status is TransactionStatus.IDLE and _recent(kept) and not _ended(kept.connection)


def _recent(kept: _Kept) -> bool:
    # Wall-clock time: the monotonic clock may stand still while the function is frozen.
    return 0 <= time.time() - kept.last_used < IDLE_LIMIT_SECONDS


def _ended(connection: psycopg.Connection) -> bool:
    """Whether the server has ended an idle connection: then there is its last message or an end of file to read."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if not poll.poll(0):
        return False
    connection.close()
    return True


def _roll_back(connection: psycopg.Connection) -> bool:
    try:
        connection.rollback()
    except psycopg.ProgrammingError:
        # psycopg forbids it inside a `with connection.transaction()` block, which still runs and ends by itself
        return True
    except psycopg.OperationalError:
        return False
    return True


def _forget() -> None:
    """In a forked child: a connection can't be shared, and closing it here would end the parent's session."""
    global _slot
    _inherited.append(_slot)
    _slot = _Slot()


os.register_at_fork(after_in_child=_forget)
