"""asyncmy, and a pool of its connections: each has its token, or password, when it has verified the server."""

from functools import partial
from typing import Any

import asyncmy
from asyncmy.connection import Connection as Driven
from asyncmy.pool import Pool as DrivenPool

from keyless_client.errors import ConnectError
from keyless_client.mysql import attempts
from keyless_client.mysql.login import CONNECT_TIMEOUT_SECONDS, Login, chosen
from keyless_client.mysql.options import taken

ERRORS = (asyncmy.errors.Error, OSError)
_TAKEN = frozenset(
    {
        "autocommit",
        "binary_prefix",
        "charset",
        "client_flag",
        "connect_timeout",
        "conv",
        "cursor_cls",
        "echo",
        "init_command",
        "max_allowed_packet",
        "query_callback",
        "read_timeout",
        "sql_mode",
        "use_unicode",
    }
)


async def connect(*, login: Login | None = None, reader: bool = False, **given: Any) -> "Connection":
    """A new connection, which the caller closes, tried for DB_LOGIN_SECONDS where waiting can help.

    Args:
        given: asyncmy's own, such as autocommit or cursor_cls.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    return await _connected(chosen(login, reader), given)


async def _connected(login: Login, given: dict[str, Any], *, wait: bool = True) -> "Connection":
    log_in = partial(opened, login, taken(given, _TAKEN))
    return await attempts.connected_async(login, log_in, ERRORS, wait=wait)


async def connect_once(login: Login, given: dict[str, Any]) -> "Connection":
    """The same in one attempt, for a framework. Raises asyncmy's own error, so that the framework knows it."""
    try:
        return await _connected(login, given, wait=False)
    except ConnectError as error:
        raise asyncmy.errors.OperationalError(attempts.number(error), str(error)) from None


async def opened(login: Login, given: dict[str, Any], seconds: float) -> "Connection":
    connection = Connection(login, **{"connect_timeout": seconds, **given})
    await connection.connect()
    return connection


async def create_pool(
    *,
    login: Login | None = None,
    reader: bool = False,
    minsize: int = 1,
    maxsize: int = 4,
    pool_recycle: int = 3600,
    **given: Any,
) -> "Pool":
    """A pool, which the caller closes: `async with pool.acquire() as connection:`. Each connection logs in with a token
    of its own, at whatever hour the pool makes it.

    Raises:
        ConnectError: the first connections can't be made.
    """
    pool = Pool(chosen(login, reader), taken(given, _TAKEN), minsize, maxsize, pool_recycle)
    async with pool.cond:
        await pool.fill_free_pool(False)
    return pool


class Connection(Driven):  # type: ignore[misc]
    """asyncmy's, which asks its login for the password where it has always read an attribute of that name."""

    def __init__(self, login: Login, **given: Any) -> None:
        self._login, self._asks = login, False
        host, port = login.dialled()
        where = {"host": host, "port": port, "user": login.user, "database": login.dbname, "charset": "utf8mb4"}
        timeout = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
        own = {"ssl": login.ssl_context(), "program_name": login.application_name}
        super().__init__(**{**where, **timeout, **given, **own})

    @property
    def _password(self) -> bytes:
        if not self._asks:
            return b""
        tls = self._transport.get_extra_info("ssl_object") if self._transport else None
        return self._login.hand_out(tls).encode()

    @_password.setter
    def _password(self, _: object) -> None:
        """asyncmy has none."""

    async def connect(self) -> Any:
        self._asks = True
        try:
            return await super().connect()
        finally:
            self._asks = False

    async def _process_auth(self, plugin_name: bytes, auth_packet: Any) -> Any:
        self._login.answers(plugin_name.decode(errors="replace"))
        return await super()._process_auth(plugin_name, auth_packet)


class Pool(DrivenPool):  # type: ignore[misc]
    def __init__(self, login: Login, given: dict[str, Any], minsize: int, maxsize: int, pool_recycle: int) -> None:
        if minsize < 0:
            raise ValueError("minsize should be zero or greater")
        super().__init__(0, max(minsize, maxsize), pool_recycle)
        self._login, self._given, self._least = login, given, minsize

    async def fill_free_pool(self, override_min: bool = False) -> None:
        await super().fill_free_pool(False)  # with no least size it makes none, and drops those that have ended
        while self.size < self._least or (override_min and not self._free and self.size < self.maxsize):
            self._acquiring += 1
            try:
                self._free.append(await _connected(self._login, self._given, wait=False))
            finally:
                self._acquiring -= 1
                self._cond.notify()
