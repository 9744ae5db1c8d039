"""Clients that people use, each logging in once as a program of theirs would: with TLS that verifies the server's name.

Each returns whom the database takes it for. Raises RefusedError, with what the client says.
"""

import asyncio
import os
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import aiomysql
import mysql.connector
import pymysql

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.servers.mysql.installing.install import installed
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER
from tests.unclosed import collect_unclosed

_QUESTION: Final = "SELECT CURRENT_USER()"
_SECONDS: Final = 60


class RefusedError(Exception):
    """The client did not get in."""


@dataclass(frozen=True)
class Visit:
    """One login: where, whom it trusts, and how long ago its token was made."""

    world: World
    endpoint: Endpoint
    root: Path
    age: timedelta = timedelta()

    @property
    def token(self) -> str:
        return self.world.writer.token(self.endpoint, age=self.age)

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.root))

    @property
    def login(self) -> dict[str, Any]:
        return {"host": self.endpoint.host, "port": self.endpoint.port, "user": USER, "password": self.token}


def pymysql_(visit: Visit) -> str:
    with _led(visit), pymysql.connect(**visit.login, ssl=visit.trust) as connection, connection.cursor() as cursor:
        cursor.execute(_QUESTION)
        return _account(cursor.fetchone())


def connector(visit: Visit) -> str:
    trust = {"ssl_ca": str(visit.root), "ssl_verify_cert": True, "ssl_verify_identity": True}
    with _led(visit), mysql.connector.connect(**visit.login, **trust, use_pure=True) as connection:
        cursor = connection.cursor()
        cursor.execute(_QUESTION)
        return _account(cursor.fetchone())


def aiomysql_(visit: Visit) -> str:
    try:
        return asyncio.run(_aiomysql(visit))
    finally:
        collect_unclosed()


async def _aiomysql(visit: Visit) -> str:
    with _led(visit):
        connection = await aiomysql.connect(**visit.login, ssl=visit.trust)
    async with connection.cursor() as cursor:
        await cursor.execute(_QUESTION)
        row = await cursor.fetchone()
    await connection.ensure_closed()
    return _account(row)


def command_line(visit: Visit) -> str:
    """By the address, because its resolver is the machine's: it verifies the authority and not the name."""
    programs = installed(MARIADB)
    command = programs.command(
        "usr/bin/mariadb",
        "--no-defaults",
        f"--host={visit.endpoint.address}",
        f"--port={visit.endpoint.port}",
        f"--user={USER}",
        f"--ssl-ca={visit.root}",
        f"--plugin-dir={programs.plugin('mysql_clear_password')}",
        "--batch",
        "--skip-column-names",
        f"--execute={_QUESTION}",
    )
    environment = {**os.environ, "MYSQL_PWD": visit.token}
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RefusedError(done.stderr)
    return _account((done.stdout.strip(),))


def _account(row: Any) -> str:
    (account,) = row
    return str(account).removesuffix("@%")


@contextmanager
def _led(visit: Visit) -> Iterator[None]:
    """The endpoint's name means its stand-in's address, for this process."""
    resolve, endpoint = socket.getaddrinfo, visit.endpoint

    def led(host: Any, *where: Any, **more: Any) -> Any:
        return resolve(endpoint.address if host in (endpoint.host, endpoint.host.encode()) else host, *where, **more)

    with patch.object(socket, "getaddrinfo", led):
        try:
            yield
        except (pymysql.Error, mysql.connector.Error, ssl.SSLError) as error:
            raise RefusedError(f"{error} {error.__cause__ or error.__context__}") from error


VERIFYING: Final[dict[str, Callable[[Visit], str]]] = {
    "PyMySQL": pymysql_,
    "mysql-connector-python": connector,
    "aiomysql": aiomysql_,
}
PROGRAMS: Final = {**VERIFYING, "the mariadb command": command_line}
