"""A driver's logins, tried again as long as that can help; its errors as sentences that hold no token."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from keyless_client.blocking import aside
from keyless_client.errors import ConnectError, forget_frames
from keyless_client.events import tell
from keyless_client.mysql.login import CONNECT_TIMEOUT_SECONDS, Login
from keyless_client.mysql.refusals import Said
from keyless_client.waiting import ONCE, Attempts, Waits, until_it_works

Connection = TypeVar("Connection")
Kinds = tuple[type[Exception], ...]
_LOG = logging.getLogger(__name__)
_in_trouble_since: dict[Login, float] = {}
"""Since when no login has worked in this process. Who waited in vain doesn't wait again: later ones are tried once."""


def connected(login: Login, log_in: Callable[[float], Connection], errors: Kinds) -> Connection:
    """The connection that `log_in` makes, tried for DB_LOGIN_SECONDS where waiting can help.

    Args:
        log_in: is told how many seconds it may take.
        errors: the driver's own.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    began = time.monotonic()
    since, waits = _waits(login)
    attempt = partial(once, login, log_in, errors)
    try:
        result = until_it_works(attempt, waits, longest=CONNECT_TIMEOUT_SECONDS, told=_LOG.warning)
    except ConnectError as error:
        _in_trouble_since.setdefault(login, since)
        tell("login_failed", began, error.passing.value)
        raise
    _in_trouble_since.pop(login, None)
    tell("login", began, "first")
    return result


async def connected_async(
    login: Login, log_in: Callable[[float], Awaitable[Connection]], errors: Kinds, *, wait: bool = True
) -> Connection:
    """The same, for asyncio; without `wait` it is tried once, as a pool wants it."""
    began = time.monotonic()
    since, waits = _waits(login) if wait else (0.0, ONCE)
    try:
        result = await _until_it_works(partial(_once_async, login, log_in, errors), waits)
    except ConnectError as error:
        if wait:
            _in_trouble_since.setdefault(login, since)
        tell("login_failed", began, error.passing.value)
        raise
    _in_trouble_since.pop(login, None)
    tell("login", began, "first")
    return result


async def _until_it_works(log_in: Callable[[float], Awaitable[Connection]], waits: Waits) -> Connection:
    attempts = Attempts(waits, longest=CONNECT_TIMEOUT_SECONDS, told=_LOG.warning)
    while True:
        try:
            result = await log_in(attempts.begin())
        except ConnectError as error:
            pause = attempts.failed(error)
        else:
            attempts.worked()
            return result
        await asyncio.sleep(pause)


def _waits(login: Login) -> tuple[float, Waits]:
    now = time.time()  # the monotonic clock may stand still while a function is frozen
    since = _in_trouble_since.get(login, now)
    left = max(0.0, login.login_seconds - (now - since))
    return since, Waits(settling=left, ready=left)


def once(
    login: Login,
    log_in: Callable[[float], Connection],
    errors: Kinds,
    seconds: float = CONNECT_TIMEOUT_SECONDS,
) -> Connection:
    """The connection that `log_in` makes in one attempt, or two where the secret has been rotated. Raises
    ConnectError."""
    result = _said(log_in, errors, seconds)
    if isinstance(result, Said) and login.renewed(result):
        result = _said(log_in, errors, seconds)
    if isinstance(result, Said):
        raise login.refusal(result)
    return result


def _said(log_in: Callable[[float], Connection], errors: Kinds, seconds: float) -> Connection | Said:
    """The connection, or what was said instead. Not the driver's error, whose frames hold the token."""
    try:
        return log_in(max(1.0, seconds))
    except errors as error:
        return words(error)
    except BaseException as error:
        forget_frames(error)
        raise


async def _once_async(
    login: Login, log_in: Callable[[float], Awaitable[Connection]], errors: Kinds, seconds: float
) -> Connection:
    result = await _said_async(login, log_in, errors, seconds)
    if isinstance(result, Said) and await aside(login.renewed, result):
        result = await _said_async(login, log_in, errors, seconds)
    if isinstance(result, Said):
        raise login.refusal(result)
    return result


async def _said_async(
    login: Login, log_in: Callable[[float], Awaitable[Connection]], errors: Kinds, seconds: float
) -> Connection | Said:
    await aside(login.prepare)
    try:
        async with asyncio.timeout(max(1.0, seconds)):
            return await log_in(max(1.0, seconds))
    except TimeoutError:
        return Said(0, f"timed out: there was no login within {seconds:.2g} seconds")
    except errors as error:
        return words(error)
    except BaseException as error:  # cancelled, say
        forget_frames(error)
        raise


def words(error: Exception) -> Said:
    """What a driver's error says, with its causes: some drivers say no more than that they couldn't connect."""
    number = getattr(error, "errno", None) or (error.args[0] if error.args else None)
    code = number if isinstance(number, int) and number > 0 and not isinstance(error, OSError) else 0
    own = getattr(error, "msg", None) or (error.args[1] if code and len(error.args) > 1 else str(error))
    texts, link = [str(own)], error.__cause__ or error.__context__
    while link:
        if str(link) not in ": ".join(texts):
            texts.append(str(link))
        link = link.__cause__ or link.__context__
    return Said(code, ": ".join(texts))


def number(error: ConnectError) -> int:
    """What a framework's error has for a number: the server's, or that there is no connection."""
    return getattr(error, "code", 0) or 2003
