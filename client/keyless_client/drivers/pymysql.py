"""PyMySQL, which is Python only: each connection has its token, or password, when it has verified the server."""

from functools import partial
from typing import Any

import pymysql
from pymysql.connections import Connection as Driven

from keyless_client.errors import ConnectError
from keyless_client.mysql import attempts
from keyless_client.mysql.login import CONNECT_TIMEOUT_SECONDS, Login, chosen
from keyless_client.mysql.options import taken

ERRORS = (pymysql.err.Error, OSError)
_TAKEN = frozenset(
    {
        "autocommit",
        "charset",
        "client_flag",
        "collation",
        "connect_timeout",
        "conv",
        "cursorclass",
        "init_command",
        "max_allowed_packet",
        "read_timeout",
        "sql_mode",
        "use_unicode",
        "write_timeout",
    }
)


def connect(*, login: Login | None = None, reader: bool = False, **given: Any) -> "Connection":
    """A new connection, which the caller closes, tried for DB_LOGIN_SECONDS where waiting can help.

    Args:
        given: PyMySQL's own, such as autocommit or cursorclass.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    login, rest = chosen(login, reader), taken(given, _TAKEN)
    return attempts.connected(login, partial(opened, login, rest), ERRORS)


def connect_once(login: Login, given: dict[str, Any]) -> "Connection":
    """The same in one attempt, for a framework. Raises PyMySQL's own error, so that the framework knows it."""
    try:
        return attempts.once(login, partial(opened, login, taken(given, _TAKEN)), ERRORS)
    except ConnectError as error:
        raise pymysql.err.OperationalError(attempts.number(error), str(error)) from None


def opened(login: Login, given: dict[str, Any], seconds: float) -> "Connection":
    return Connection(login, **{"connect_timeout": seconds, **given})


class Connection(Driven):  # type: ignore[misc]
    """PyMySQL's, which asks its login for the password where it has always read an attribute of that name."""

    _read_timeout: float | None
    _write_timeout: float | None

    def __init__(self, login: Login, **given: Any) -> None:
        self._login, self._asks = login, False
        host, port = login.dialled()
        where = {"host": host, "port": port, "user": login.user, "database": login.dbname, "charset": "utf8mb4"}
        timeout = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
        own = {"ssl": login.ssl_context(), "program_name": login.application_name}
        super().__init__(**{**where, **timeout, **given, **own})

    @property
    def password(self) -> bytes:
        return self._login.hand_out(self._sock).encode() if self._asks else b""

    @password.setter
    def password(self, _: object) -> None:
        """PyMySQL has none."""

    def connect(self, sock: Any = None) -> None:
        """Log in. A server that goes silent in the middle of it costs no more than one that isn't there."""
        own = self._read_timeout, self._write_timeout
        self._read_timeout = self._write_timeout = self.connect_timeout
        self._asks = True
        try:
            super().connect(sock)
        finally:
            self._asks = False
            self._read_timeout, self._write_timeout = own

    def _process_auth(self, plugin_name: bytes, *given: Any) -> Any:
        self._login.answers(plugin_name.decode(errors="replace"))
        return super()._process_auth(plugin_name, *given)
