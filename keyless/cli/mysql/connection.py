"""How the command connects to MySQL and MariaDB: by the variables of their own programs, always over verified TLS."""

import getpass
import os
import re
import sys
from typing import Final

from pymysql.connections import Connection

from db_access.errors import UnreachableError
from db_access.mysql.connection import MASTER_SECRET, WATCH_USER, reached
from db_access.mysql.logins import PasswordLogin
from keyless.cli.connection import tell
from keyless_client import ConnectError
from keyless_client.mysql import Login
from keyless_client.trust import region_of

_NAME: Final = "keyless"
_PORT: Final = "3306"
_ROOTS: Final = "MYSQL_SSL_CA"
_LAST_PORT: Final = 65535
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
_prompted: Final[dict[tuple[str, int, str], str]] = {}
"""What a person has typed, who is asked once for a process."""


def connect() -> Connection:
    """A new connection.

    Raises:
        UnreachableError: with what is missing, or the server's words; no password is in it.
    """
    login = login_of_variables()
    tell(f"server {login.host}: connecting as {login.user}")
    return reached(login)


def watch_user() -> str | None:
    """The drift watch's, which the server is to have procedures for."""
    return os.environ.get(WATCH_USER)


def login_of_variables() -> Login:
    """By the secret that an environment's stacks name, by MYSQL_PWD, by a token for an endpoint of RDS, or by what the
    person at the terminal types."""
    host, port, user = _where()
    region = region_of(host) or next((os.environ[name] for name in _REGIONS if os.environ.get(name)), "")
    try:
        if secret := os.environ.get(MASTER_SECRET):
            return Login(host, port, user, "", region, _NAME, secret)
        if "MYSQL_PWD" not in os.environ and region_of(host):
            return Login(host, port, user, "", region, _NAME)
        return PasswordLogin(host, port, user, "", region, _NAME, password=_password(host, port, user))
    except ConnectError as error:
        raise UnreachableError(f"{error}; nothing was done") from error


def _where() -> tuple[str, int, str]:
    host, user = os.environ["MYSQL_HOST"], os.environ.get("MYSQL_USER", "")
    port = os.environ.get("MYSQL_TCP_PORT") or _PORT
    problems = [] if user else ["MYSQL_USER is not set; allowed: the server's master user"]
    if region_of(host) is None and not os.environ.get(_ROOTS):
        problems.append(
            f"{host!r} is not the name of an RDS endpoint, and {_ROOTS} is not set; allowed: an endpoint's own name, "
            f"no alias of it; for any other server, in {_ROOTS} the file with the roots of its certificate"
        )
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= _LAST_PORT:
        problems.append(f"MYSQL_TCP_PORT is {port!r}; allowed: a port from 1 to {_LAST_PORT}")
    if problems:
        raise UnreachableError(f"no connection to {host!r}: {'. '.join(problems)}. Nothing was done")
    return host, int(port), user


def _password(host: str, port: int, user: str) -> str:
    if "MYSQL_PWD" in os.environ:
        return os.environ["MYSQL_PWD"]
    if (host, port, user) not in _prompted:
        if not sys.stdin.isatty():
            raise UnreachableError(
                f"no password for {user!r} at {host!r}; allowed: MYSQL_PWD, a terminal to ask on, or an endpoint of "
                "RDS, for which a token is signed"
            )
        _prompted[host, port, user] = getpass.getpass(f"Password of {user} at {host}: ")
    return _prompted[host, port, user]
