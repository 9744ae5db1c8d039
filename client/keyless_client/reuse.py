"""Keeps one connection per thread for the next invocation: a reused one is about eighty times cheaper than a new one.

Looks at the connection before handing it out again, without asking the server.
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
"""Lambda freezes a function between invocations. A connection that the network has given up meanwhile (350 seconds
without traffic are enough for AWS's load balancers and NAT gateways) looks alive until something is sent."""


@dataclass
class _Held:
    settings: Settings
    connection: psycopg.Connection
    handed_out: float = 0


class _Holder(threading.local):
    held: _Held | None = None


_holder = _Holder()
_inherited: list[_Holder] = []


def connect() -> psycopg.Connection:
    """The connection of this thread: the one of the last call while it is sound, else a new one with a fresh token.

    Endpoint and user are libpq's variables PGHOST, PGPORT, PGUSER and PGDATABASE, the token is signed for AWS_REGION.
    The connection is in autocommit mode, so that a finished statement leaves no transaction open and the proxy is free
    to lend the session to others; `with connection.transaction():` groups statements. What an earlier invocation left
    open is rolled back; within such a block, `connect` returns the block's own connection. Don't close it, and don't
    hand it to another thread.

    Raises:
        ConnectError: with the cause and what to check.
    """
    settings = Settings.read(os.environ)
    held = _holder.held
    if held is None or not _sound(held, settings):
        # The old one is not closed here: code further up may hold it. Python closes it with its last reference.
        held = _holder.held = _Held(settings, open_connection(**asdict(settings), autocommit=True))
    held.handed_out = time.time()
    return held.connection


def _sound(held: _Held, settings: Settings) -> bool:
    if held.connection.closed or held.settings != settings:
        return False
    status = held.connection.info.transaction_status
    if status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
        return _roll_back(held.connection)
    return status is TransactionStatus.IDLE and _recent(held) and not _ended(held.connection)


def _recent(held: _Held) -> bool:
    # The clock on the wall: the monotonic one may stand still while the function is frozen.
    return 0 <= time.time() - held.handed_out < IDLE_LIMIT_SECONDS


def _ended(connection: psycopg.Connection) -> bool:
    """Whether an idle connection has something to read: the server's farewell, or its end of the line."""
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
    """In a forked child: a connection cannot be shared, and closing it here would end the parent's session."""
    global _holder
    _inherited.append(_holder)
    _holder = _Holder()


os.register_at_fork(after_in_child=_forget)
