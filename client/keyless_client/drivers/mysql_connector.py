"""MySQL Connector/Python, its part in Python: each connection has its token, or password, when it has verified the
server. By itself, the connector trusts the system's authorities beside those that it is told."""

import logging
from functools import partial
from typing import Any

from mysql.connector import errors
from mysql.connector.authentication import MySQLAuthenticator
from mysql.connector.connection import MySQLConnection
from mysql.connector.constants import ClientFlag
from mysql.connector.network import MySQLSocket, MySQLTCPSocket

from keyless_client.errors import ConnectError
from keyless_client.mysql import attempts
from keyless_client.mysql.login import CONNECT_TIMEOUT_SECONDS, Login, chosen
from keyless_client.mysql.options import taken

ERRORS = (errors.Error, OSError)
_TAKEN = frozenset(
    {
        "autocommit",
        "buffered",
        "charset",
        "client_flags",
        "collation",
        "connect_timeout",
        "connection_timeout",
        "consume_results",
        "converter_class",
        "converter_str_fallback",
        "get_warnings",
        "init_command",
        "raise_on_warnings",
        "raw",
        "read_timeout",
        "sql_mode",
        "time_zone",
        "use_unicode",
        "write_timeout",
    }
)


def connect(*, login: Login | None = None, reader: bool = False, **given: Any) -> "Connection":
    """A new connection, which the caller closes, tried for DB_LOGIN_SECONDS where waiting can help.

    Args:
        given: the connector's own, such as autocommit or buffered.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    login, rest = chosen(login, reader), taken(given, _TAKEN)
    return attempts.connected(login, partial(opened, login, rest), ERRORS)


def connect_once(login: Login, given: dict[str, Any]) -> "Connection":
    """The same in one attempt, for a framework. Raises the connector's own error, so that the framework knows it."""
    try:
        return attempts.once(login, partial(opened, login, taken(given, _TAKEN)), ERRORS)
    except ConnectError as error:
        raise errors.OperationalError(str(error), errno=attempts.number(error)) from None


def opened(login: Login, given: dict[str, Any], seconds: float) -> "Connection":
    return Connection(login, **{"connection_timeout": round(seconds), **given})


class Connection(MySQLConnection):
    """The connector's, with a way of its own to verify the server, and to prove who it is."""

    def __init__(self, login: Login, **given: Any) -> None:
        logging.getLogger("mysql.connector").setLevel(logging.INFO)  # its debug lines hold what is sent
        self._login = login
        super().__init__()
        self._authenticator = _Authenticator(login)
        host, port = login.dialled()
        where = {"host": host, "port": port, "user": login.user, "database": login.dbname, "charset": "utf8mb4"}
        timeout = {"connection_timeout": CONNECT_TIMEOUT_SECONDS}
        own = {
            "ssl_verify_cert": True,  # TLS, or nothing
            "ssl_verify_identity": True,
            "conn_attrs": {"program_name": login.application_name},
        }
        try:
            self.connect(**{**where, **timeout, **given, **own})
        except BaseException:
            self.close()
            self._socket = None
            raise

    def config(self, **given: Any) -> None:
        super().config(**given)
        self.client_flags = [-ClientFlag.CAN_HANDLE_EXPIRED_PASSWORDS]  # or it would set an empty one

    def _get_connection(self) -> MySQLSocket:
        host, port = self._login.dialled()
        connection = _Socket(self._login, host, port)
        connection.set_connection_timeout(self._connection_timeout)
        return connection


class _Socket(MySQLTCPSocket):
    def __init__(self, login: Login, host: str, port: int) -> None:
        super().__init__(host, port)
        self._login = login

    def build_ssl_context(self, *_: Any, **__: Any) -> Any:
        return self._login.ssl_context()


class _Authenticator(MySQLAuthenticator):
    def __init__(self, login: Login) -> None:
        super().__init__()
        self._login = login

    def authenticate(self, sock: MySQLSocket, handshake: Any, **given: Any) -> bytes:  # type: ignore[override]
        self._login.verify(sock.sock)
        if given.get("username") == self._login.user and not given.get("password1"):
            self._login.answers(handshake["auth_plugin"])
            given["password1"] = self._login.hand_out(sock.sock)
        try:
            return super().authenticate(sock, handshake, **given)
        finally:
            given.clear()
            self._passwords, self._auth_strategy = {}, None

    def _switch_auth_strategy(self, new_strategy_name: str, *given: Any, **named: Any) -> None:
        self._login.answers(new_strategy_name)
        super()._switch_auth_strategy(new_strategy_name, *given, **named)
