"""The databases that tests share: one real PostgreSQL server a session (and xdist worker), a fresh database for each
test that asks.

Types for test signatures: `from tests.conftest import Database`, `from keyless.rehearsal.servers.postgres import
Postgres`.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.servers.postgres import Postgres
from tests import guard, hostile, leftovers
from tests.mysql.servers import family, instance, mariadb, mysql  # noqa: F401 - fixtures, made once for all folders

DATABASE, MASTER = "app", "master"

guard.watch()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A script's `make test &` ignores Ctrl-C, and so would the processes that tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    with leftovers.none_allowed():
        yield


@dataclass(frozen=True)
class Database:
    """A fresh database `app`, owned by the RDS-like, IAM-authenticated and non-superuser `master`.

    By the private socket every role logs in without a password; the superuser is for looking and for breaking things by
    hand.
    """

    server: Postgres
    name: str = DATABASE
    master: str = MASTER

    @property
    def superuser_conninfo(self) -> str:
        return self.server.conninfo(database=self.name)

    @property
    def master_conninfo(self) -> str:
        return self.conninfo(self.master)

    def conninfo(self, user: str) -> str:
        return self.server.conninfo(user, self.name)

    def connect(self, user: str = MASTER) -> "psycopg.Connection[tuple[Any, ...]]":
        """A new connection in autocommit mode; close it, or use it in a `with`."""
        return (
            hostile.exempt(self.conninfo(user))
            if hostile.HOSTILE and user == self.master
            else self.server.connect(user, self.name)
        )

    def superuser(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return self.server.connect(database=self.name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server with RDS's roles. Tests that make databases or roles take `database`, which clears them away."""
    with Postgres() as server:
        if hostile.HOSTILE:
            hostile.make_hostile(server)
        yield server


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """A fresh database and master. Afterwards every database and role made during the test is dropped, whoever made
    it."""
    with fresh_database(postgres) as fresh:
        yield fresh


@contextmanager
def fresh_database(postgres: Postgres, name: str = DATABASE) -> Iterator[Database]:
    with postgres.connect() as connection:
        databases, roles = _names(connection, "pg_database"), _names(connection, "pg_roles")
        try:
            postgres.create_master(MASTER, iam=True, password=None, database=name)
            if hostile.HOSTILE:
                hostile.disturb(connection, MASTER)
            yield Database(postgres, name)
        finally:
            _drop(connection, _names(connection, "pg_database") - databases, _names(connection, "pg_roles") - roles)


def _drop(connection: "psycopg.Connection[tuple[Any, ...]]", databases: set[str], roles: set[str]) -> None:
    """DROP OWNED takes what the roles granted each other, and their rights on what is shared between databases."""
    for name in sorted(databases):
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
    if roles:
        names = SQL(", ").join(map(Identifier, sorted(roles)))
        connection.execute(SQL("DROP OWNED BY {} CASCADE").format(names))
        connection.execute(SQL("DROP ROLE {}").format(names))


def _names(connection: "psycopg.Connection[tuple[Any, ...]]", catalog: str) -> set[str]:
    column = {"pg_database": "datname", "pg_roles": "rolname"}[catalog]
    rows = connection.execute(SQL("SELECT {} FROM {}").format(Identifier(column), Identifier(catalog)))
    return {row[0] for row in rows}
