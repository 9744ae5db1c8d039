"""Real servers of the MySQL family that tests share: one of each kind a session (and xdist worker), made when the first
test asks, and a fresh state for each test.

`mariadb` and `mysql` are the servers, `family` is each in turn, `instance` a fresh state of each in turn; `fresh` makes
one of a server. In tests: `from tests.mysql.servers import Instance`.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.servers.mysql.kinds import MARIADB
from keyless.rehearsal.servers.mysql.server import MariaDB, MySQL, Server
from tests.rehearsal.waiting import wait_until

DATABASE, MASTER, PASSWORD = "app", "admin", "the master's password"
_EVERYBODY = "PUBLIC"
"""MariaDB's role that everybody is in, which can't be dropped."""
_SYSTEM_SESSIONS = ("event_scheduler", "system user")


@dataclass(frozen=True)
class Instance:
    """A server with an empty database `app` and the RDS-like master `admin`, who is no superuser."""

    server: Server
    name: str = DATABASE
    master: str = MASTER
    password: str = PASSWORD

    @property
    def is_mariadb(self) -> bool:
        return self.server.kind == MARIADB

    def superuser(self) -> Connection:
        """`rdsadmin`, for looking and for breaking things by hand. Close it, or use it in a `with`."""
        return self.server.connect()

    def connect(self) -> Connection:
        """The master, by password and TLS, in `app`."""
        return self.server.log_in(self.master, self.password, self.name)

    def log_in(self, user: str, database: str | None = None, **more: Any) -> Connection:
        """An account of AWSAuthenticationPlugin, past the gate and without a token."""
        return self.server.log_in(user, self.server.key, database, **more)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    with MariaDB() as server:
        yield server


@pytest.fixture(scope="session")
def mysql() -> Iterator[MySQL]:
    with MySQL() as server:
        yield server


@pytest.fixture(params=["mariadb", "mysql"])
def family(request: pytest.FixtureRequest) -> Server:
    server: Server = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def instance(family: Server) -> Iterator[Instance]:
    with fresh(family) as made:
        yield made


@contextmanager
def fresh(server: Server) -> Iterator[Instance]:
    """Afterwards every session is ended, every database, user and role made meanwhile is dropped, and the global
    variables are what they were."""
    with server.connect() as connection:
        before = _State.of(connection, server)
    server.create_master(MASTER, PASSWORD, DATABASE)
    try:
        yield Instance(server)
    finally:
        with server.connect() as connection:
            _end_sessions(connection)
            _restore(connection, before, _State.of(connection, server))


@dataclass(frozen=True)
class _State:
    databases: frozenset[str]
    accounts: frozenset[tuple[str, str]]
    variables: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, connection: Connection, server: Server) -> "_State":
        maria = server.kind == MARIADB
        return cls(
            frozenset(name for (name,) in rows(connection, "SHOW DATABASES")),
            frozenset(rows(connection, f"SELECT user, host FROM {'mysql.global_priv' if maria else 'mysql.user'}")),
            frozenset(rows(connection, f"SHOW GLOBAL VARIABLES WHERE variable_name IN ({_VARIABLES})")),
        )


_VARIABLES = (
    "'require_secure_transport', 'partial_revokes', 'mandatory_roles', 'activate_all_roles_on_login', 'read_only', "
    "'super_read_only', 'max_connections', 'event_scheduler', 'log_bin_trust_function_creators', 'default_role'"
)


def rows(connection: Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """All that the query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


def _end_sessions(connection: Connection) -> None:
    def others() -> list[int]:
        found = rows(connection, "SELECT id, user FROM information_schema.processlist WHERE id <> CONNECTION_ID()")
        return [number for number, user in found if user not in _SYSTEM_SESSIONS]

    def ended() -> bool:
        for number in others():
            with contextlib.suppress(pymysql.OperationalError):  # gone meanwhile
                rows(connection, "KILL %s", number)
        return not others()

    wait_until(ended)


def _restore(connection: Connection, before: _State, now: _State) -> None:
    for name, value in sorted(before.variables - now.variables):
        rows(connection, f"SET GLOBAL {name} = %s", int(value) if value.isdigit() else value)
    for name in sorted(now.databases - before.databases):
        rows(connection, f"DROP DATABASE {identifier(name)}")
    for user, host in sorted(now.accounts - before.accounts):
        if host:
            rows(connection, "DROP USER %s@%s", user, host)
        elif user != _EVERYBODY:
            rows(connection, f"DROP ROLE {identifier(user)}")
    if (_EVERYBODY, "") in now.accounts:
        rows(connection, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM PUBLIC")
        rows(connection, "DELETE FROM mysql.global_priv WHERE user = %s AND host = ''", _EVERYBODY)
        rows(connection, "FLUSH PRIVILEGES")
