"""One user can't take every connection that PostgreSQL has: without a limit of its own it leaves the master room."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database, fresh_database
from tests.database.engine import connect_as_master, converge, run

MAX, RESERVED, ROOM = 30, 3, 5
GRANT = {"database": "app", "schemas": ["foo"], "access": "read_only"}


@pytest.fixture
def small() -> Iterator[Database]:
    """On a server with few connections."""
    with Postgres(max_connections=MAX) as server, fresh_database(server) as database:
        yield database


def asked(*users: dict[str, Any]) -> AccessSpec:
    schemas = [{"name": "foo", "owner": "app_owner"}]
    named = [{"username": f"u{n}", "grants": [GRANT], **user} for n, user in enumerate(users or [{}])]
    return AccessSpec.parse({"version": 1, "databases": [{"name": "app", "schemas": schemas}], "users": named})


def limits(database: Database) -> dict[str, int]:
    return dict(
        run(database, "rdsadmin", "SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname ~ '^(u[0-9]|app_)'")
    )


def take_all(database: Database, stack: ExitStack, user: str = "u0") -> int:
    """As many sessions as PostgreSQL gives the user, also once those that are ending have ended."""
    taken = refused = 0
    while refused < 10:
        try:
            stack.enter_context(database.connect(user))
            taken += 1
        except psycopg.OperationalError:
            refused += 1
            time.sleep(0.05)
    return taken


def test_while_a_user_takes_all_it_can_the_master_comes_in_and_a_run_takes_its_access_away(small: Database) -> None:
    converge(small, asked())
    with ExitStack() as sessions:
        assert take_all(small, sessions) == MAX - RESERVED - ROOM
        run(small, MASTER, "SELECT 1")
        converge(small, asked({"enabled": False}))
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        small.connect("u0")


def test_without_a_limit_on_purpose_the_master_is_kept_out_and_a_run_has_said_so(small: Database) -> None:
    warned = [w for w in converge(small, asked({"connection_limit": -1})).warnings if "connections" in w]
    assert warned == [
        "'u0' may take all 27 connections that PostgreSQL has for users, and leave the master no room; allowed: a "
        "connection_limit of up to 22, or none, which comes to that"
    ]
    with ExitStack() as sessions:
        assert take_all(small, sessions) == MAX - RESERVED - 1  # the superuser of the fixture has one
        with pytest.raises(psycopg.OperationalError, match="remaining connection slots are reserved"):
            small.connect(MASTER)


def test_only_who_logs_in_without_a_limit_gets_one(small: Database) -> None:
    spec = asked({}, {"connection_limit": 4}, {"connection_limit": -1}, {"enabled": False}, {"auth_method": "none"})
    converge(small, spec)
    assert limits(small) == {"u0": 22, "u1": 4, "u2": -1, "u3": -1, "u4": -1, "app_owner": -1}
    assert converge(small, spec).changes == 0
    assert reconcile.prove(connect_as_master(small), spec, "app").holds


def test_a_limit_of_another_number_is_drift_and_put_right_with_the_reason(small: Database) -> None:
    converge(small, asked())
    run(small, "rdsadmin", "ALTER ROLE u0 CONNECTION LIMIT -1")
    (change,) = reconcile.prove(connect_as_master(small), asked(), "app").plan
    assert change.reason == "connection limit is -1, not 22, which leaves the master room"
    converge(small, asked())
    assert limits(small)["u0"] == 22


def test_with_another_max_connections_the_next_run_says_the_new_limit(small: Database) -> None:
    converge(small, asked())
    with Postgres(max_connections=MAX + 10) as larger, fresh_database(larger) as database:
        converge(database, asked())
        assert limits(database)["u0"] == 32


def test_a_parameter_that_somebody_made_up_changes_no_limit_and_stops_no_run(small: Database) -> None:
    run(
        small,
        "rdsadmin",
        "ALTER DATABASE app SET rds.rds_superuser_reserved_connections = 'x'",
        f"ALTER ROLE {MASTER} SET rds.rds_superuser_reserved_connections = '20'",
    )
    converge(small, asked())
    assert limits(small)["u0"] == 22


@pytest.mark.parametrize(("max_connections", "limit"), [(7, 1), (9, 1), (12, 4)])
def test_on_the_smallest_server_a_user_has_one_session_at_least(max_connections: int, limit: int) -> None:
    with Postgres(max_connections=max_connections) as server, fresh_database(server) as database:
        converge(database, asked())
        assert limits(database)["u0"] == limit
