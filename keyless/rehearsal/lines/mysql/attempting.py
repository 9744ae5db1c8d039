"""Logs in as somebody and runs a statement. Expects nothing."""

import socket
import ssl
from typing import Final, Protocol

import pymysql
from pymysql.connections import Connection

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.lines.mysql import refusals
from keyless.rehearsal.lines.outcome import Attempt, Outcome
from keyless.rehearsal.servers.mysql.connecting import over

_SECONDS: Final = 10.0


class Login(Protocol):
    """One way to connect."""

    @property
    def endpoint(self) -> Endpoint: ...
    @property
    def roots(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def database(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def tls(self) -> bool: ...


def connect(login: Login) -> Connection:
    """With the server's certificate verified. Whoever asks for the password gets it."""
    sock = socket.create_connection((login.endpoint.address, login.endpoint.port), _SECONDS)
    sock.settimeout(None)
    tls = {"ssl": ssl.create_default_context(cafile=login.roots)} if login.tls else {"ssl_disabled": True}
    whom = {"host": login.endpoint.host, "user": login.user, "database": login.database or None}
    return over(sock, password=login.password.encode(), charset="utf8mb4", **whom, **tls)


def attempt(login: Login, statement: str, events: Events) -> Attempt:
    """Connect and run `statement`."""
    seen = len(events.all())
    try:
        connection = connect(login)
    except (pymysql.err.MySQLError, OSError) as error:
        number, words = said(error)
        reasons = [event.reason for event in events.all()[seen:] if not event.allowed and event.reason]
        whole = f"{words} ({number})" if number else words
        return Attempt(refusals.of_login(number, words, reasons), "; ".join(dict.fromkeys(reasons)) or whole, whole)
    with connection:
        return _done(connection, statement)


def said(error: Exception) -> tuple[int, str]:
    """Its number, 0 for none, and its words."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    return number, str(error.args[1] if number and len(error.args) > 1 else error)


def _done(connection: Connection, statement: str) -> Attempt:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SELECT CURRENT_USER()")
            ((who,),) = cursor.fetchall()
    except pymysql.err.MySQLError as error:
        number, words = said(error)
        outcome = refusals.of_statement(number, mariadb="MariaDB" in connection.get_server_info())
        return Attempt(outcome, f"{words} ({number})")
    return Attempt(Outcome.ALLOWED, f"as {who}: {statement}")
