"""The sample's database as the access engine leaves it: schemas, their owner, `migrator` and the write-only
`lambda_writer`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg import Connection

from keyless.rehearsal.servers.postgres import Postgres
from keyless_client import open_connection
from tests.conftest import fresh_database
from tests.unit.keyless_client.client_endpoint import HOST, REGION, Endpoint, end_invocations

ACCESS = """
CREATE ROLE app_owner NOLOGIN;
CREATE SCHEMA foo AUTHORIZATION app_owner;
CREATE SCHEMA bar AUTHORIZATION app_owner;
CREATE SCHEMA ops AUTHORIZATION app_owner;
ALTER ROLE migrator NOINHERIT;
GRANT app_owner TO migrator;
ALTER ROLE migrator IN DATABASE app SET role = app_owner;
GRANT USAGE ON SCHEMA foo, bar TO lambda_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo, bar GRANT INSERT, UPDATE, DELETE ON TABLES TO lambda_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo, bar GRANT USAGE ON SEQUENCES TO lambda_writer;
"""


@dataclass(frozen=True)
class App:
    endpoint: Endpoint
    superuser: Connection
    patch: pytest.MonkeyPatch
    opened: ExitStack

    def invoke(self, handler: Callable[[Any, object], Any], event: Any, *, user: str) -> Any:
        """Invoke a handler as Lambda does, as the function's user."""
        self.patch.setenv("PGUSER", user)
        try:
            return handler(event, None)
        finally:
            end_invocations()

    def connect(self, user: str) -> Connection:
        """A new connection of a user, by the client; closed at the test's end."""
        connection = open_connection(
            host=HOST, port=self.endpoint.port, user=user, dbname="app", region=REGION, autocommit=True
        )
        return self.opened.enter_context(connection)

    def query(self, query: Any) -> list[Any]:
        return self.superuser.execute(query).fetchall()


@pytest.fixture(scope="module")
def app_superuser(postgres: Postgres) -> Iterator[Connection]:
    with fresh_database(postgres) as database, database.superuser() as connection:
        yield connection


@pytest.fixture
def app(app_superuser: Connection, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("PGDATABASE", "app")
    for user in ("migrator", "lambda_writer"):
        endpoint.create(user)
    app_superuser.execute(ACCESS)
    with ExitStack() as opened:
        yield App(endpoint, app_superuser, monkeypatch, opened)
    app_superuser.execute("DROP OWNED BY lambda_writer; DROP OWNED BY app_owner CASCADE")
