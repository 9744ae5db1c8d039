"""How the engine reaches a server of the MySQL family: as its function's user, straight to it, over verified TLS.

The master has a managed secret, whose password RDS changes when it likes: one that is refused is read again. Any other
user comes with an IAM token. Neither is in an error, a log or an argument.
"""

import logging
import os
from functools import partial
from typing import Final

from pymysql.connections import Connection
from pymysql.constants import CLIENT

from db_access.errors import UnreachableError
from db_access.mysql.logins import PasswordLogin
from db_access.mysql.retry import Connect
from db_access.patience import Patience
from keyless_client import ConnectError
from keyless_client.drivers.pymysql import ERRORS, opened
from keyless_client.mysql import Login, attempts
from keyless_client.mysql.login import CONNECT_TIMEOUT_SECONDS
from keyless_client.waiting import ONCE, Waits, until_it_works

_LOG = logging.getLogger(__name__)
MASTER_SECRET: Final = "DB_MASTER_SECRET_ARN"  # noqa: S105 - the name of a variable with its ARN
WATCH_USER: Final = "WATCH_USER"
"""The variable with the name of the drift watch's user. Absent, there is none."""
_NAME: Final = "keyless-aurora"
_ENGINE: Final = {"client_flag": CLIENT.MULTI_STATEMENTS, "autocommit": True}
"""A run takes few round trips so."""


def connect_by(patience: Patience) -> Connect:
    """As the function's user: host, port and user come from MYSQL_HOST, MYSQL_TCP_PORT and MYSQL_USER, and the secret
    from DB_MASTER_SECRET_ARN; where that isn't set, an IAM token is signed.

    Connecting raises UnreachableError when no attempt of `patience` succeeded, with the last cause.
    """
    return partial(_connected, patience)


def _connected(patience: Patience) -> Connection:
    connection = reached(_own_login(), waits=patience.waits)
    patience.answered()
    return connection


def reached(login: Login, *, waits: Waits = ONCE) -> Connection:
    """A connection for the engine. Raises UnreachableError, without any secret in it."""
    try:
        return open_connection(login, waits=waits)
    except ConnectError as error:
        raise UnreachableError(f"{' '.join(str(error).split())}; nothing was changed") from error


def open_connection(login: Login, *, waits: Waits = ONCE) -> Connection:
    """The same. Raises ConnectError."""
    attempt = partial(attempts.once, login, partial(opened, login, _ENGINE), ERRORS)
    return until_it_works(attempt, waits, longest=CONNECT_TIMEOUT_SECONDS, told=_LOG.warning)


def _own_login() -> Login:
    return login_of(os.environ["MYSQL_USER"], secret_arn=os.environ.get(MASTER_SECRET))


def login_of(user: str, *, secret_arn: str | None = None) -> Login:
    """Of `user`, where the function's variables say; with the secret's password, or a token."""
    return Login(*_where(), user, "", os.environ["AWS_REGION"], _NAME, secret_arn)


def password_login(user: str, password: str) -> PasswordLogin:
    return PasswordLogin(*_where(), user, "", os.environ["AWS_REGION"], _NAME, password=password)


def _where() -> tuple[str, int]:
    return os.environ["MYSQL_HOST"], int(os.environ["MYSQL_TCP_PORT"])
