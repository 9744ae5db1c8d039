"""For asyncio: a connection, and a pool of them. What may block, such as reading credentials, has a thread."""

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import psycopg

from keyless_client.addresses import shared
from keyless_client.blocking import aside
from keyless_client.committing import AsyncConnection
from keyless_client.connection import arguments
from keyless_client.deadline import remaining
from keyless_client.errors import ConnectError, forget_frames, not_text
from keyless_client.libpq import CONNECT_TIMEOUT_SECONDS
from keyless_client.login import Login, chosen
from keyless_client.pooling import DEFAULTS
from keyless_client.waiting import ONCE, Attempts, Waits

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

_LOG = logging.getLogger(__name__)


async def connect(
    *, deadline: float | None = None, reader: bool = False, login: Login | None = None, **given: Any
) -> "psycopg.AsyncConnection[Any]":
    """A new connection, which the caller closes: `async with await aio.connect() as connection:` is a transaction, and
    closes it.

    Args:
        deadline: seconds that it may take in all. By default what is left to an `invocation`, as for a function's own
            `connect`; without one it is tried for DB_LOGIN_SECONDS.
        given: to psycopg, such as autocommit.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    login = chosen(login, reader)
    deadline = remaining() if deadline is None else deadline
    longest = CONNECT_TIMEOUT_SECONDS if deadline is None else min(CONNECT_TIMEOUT_SECONDS, deadline)
    try:
        async with asyncio.timeout(deadline):
            waits = Waits(login.login_seconds, login.login_seconds)
            return await opened(login, waits, **{"connect_timeout": longest, **given})
    except TimeoutError:
        raise login.refusal(f"timeout expired: there was no login within {deadline:.1g} seconds") from None


async def opened(login: Login, waits: Waits, **given: Any) -> "psycopg.AsyncConnection[Any]":
    attempts = Attempts(waits, longest=given.pop("connect_timeout", CONNECT_TIMEOUT_SECONDS), told=_LOG.warning)
    while True:
        try:
            connection = await _attempt(login, attempts.begin(), given)
        except ConnectError as error:
            pause = attempts.failed(error)
        else:
            attempts.worked()
            return connection
        await asyncio.sleep(pause)


async def _attempt(login: Login, seconds: float, given: Mapping[str, Any]) -> "psycopg.AsyncConnection[Any]":
    result = await _said(login, seconds, given)
    if isinstance(result, str) and await aside(login.renewed, result):
        result = await _said(login, seconds, given)
    if isinstance(result, str):
        raise login.refusal(result)
    return result


async def _said(login: Login, seconds: float, given: Mapping[str, Any]) -> "psycopg.AsyncConnection[Any] | str":
    try:
        parameters = await aside(arguments, login, seconds, given)
        with shared(seconds, parameters):
            return await AsyncConnection.connect(**parameters)
    except psycopg.OperationalError as error:
        return str(error)
    except UnicodeEncodeError as error:
        return not_text(error)
    except BaseException as error:  # cancelled, say
        forget_frames(error)
        raise
    finally:
        parameters = {}  # holds the password, and an error's frames would show it


def pool(*, login: Login | None = None, reader: bool = False, **options: Any) -> "AsyncConnectionPool[Any]":
    """A pool to be opened: `async with aio.pool() as connections:`, and there `async with connections.connection() as
    connection:`, which is a transaction. `options` are psycopg_pool's own."""
    from psycopg_pool import AsyncConnectionPool

    given = {"check": AsyncConnectionPool.check_connection, **DEFAULTS, "open": False, **options}
    return AsyncConnectionPool(connection_class=connections(chosen(login, reader)), **given)


def connections(login: Login) -> "type[psycopg.AsyncConnection[Any]]":
    """A class of connections that log in as `login`, whatever else they are told: for pools that make their own."""

    class LoggingIn(psycopg.AsyncConnection[Any]):
        @classmethod
        async def connect(cls, conninfo: str = "", **given: Any) -> "psycopg.AsyncConnection[Any]":  # type: ignore[override]
            return await opened(login, ONCE, **given)

    return LoggingIn
