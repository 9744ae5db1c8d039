"""Logins that the doctor makes: with a token or a password of its own making, at a server that is verified."""

import os
import re
from dataclasses import replace
from typing import Any, Final

from psycopg import Connection

from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.session import settle
from keyless.cli.doctor.asked import UnknownLoginError
from keyless.doctor.looking import Opened
from keyless.doctor.places import Place
from keyless.doctor.refusals import Refused, Untried, refused
from keyless_client import ConnectError
from keyless_client.connection import opened
from keyless_client.login import Login

_SECONDS: Final = 10
_LAST_PORT: Final = 65535


def log_in(login: Login, port: int) -> Opened:
    """A session for looking.

    Args:
        port: where the endpoint is, which may be a tunnel's.
    """
    try:
        connection: Connection[Any] = opened(login, connect_timeout=_SECONDS, port=port, told=_nobody)
    except ConnectError as error:
        return refused(error.said, login, token=login.secret_arn is None) if error.said else Untried(str(error))
    return for_looking(connection)


def for_looking(connection: Connection[Any]) -> Connection[Any]:
    """The same, where nothing is resolved by names of somebody else's making, and nothing can be written."""
    settle(connection)
    connection.commit()
    connection.read_only = True
    return connection


def look_in(login: Login, port: int) -> Opened:
    """The same; where the database isn't there in another one, which knows all roles, too."""
    found = log_in(login, port)
    if isinstance(found, Refused) and found.place is Place.DATABASE:
        return log_in(_elsewhere(login), port)
    return found


def _elsewhere(login: Login) -> Login:
    return replace(login, dbname=ELSEWHERE)


def tunnel(port: int) -> tuple[str, int]:
    """PGHOSTADDR and, with it, PGPORT; otherwise the endpoint's own port. Raises UnknownLoginError."""
    address = os.environ.get("PGHOSTADDR", "")
    return address, port_of(os.environ.get("PGPORT", "") or str(port)) if address else port


def port_of(text: str) -> int:
    """Raises UnknownLoginError."""
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= _LAST_PORT:
        raise UnknownLoginError(f"PGPORT is {text!r}; allowed: from 1 to {_LAST_PORT}")
    return int(text)


def _nobody(_: str) -> None:
    """Nobody is told of attempts: there is one."""
