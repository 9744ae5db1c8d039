"""A stranger's lock on what is to change hands, such as any open transaction that has read it, holds up nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from db_access.errors import LockHeldError
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, connect_as_master, converge, major, run, spec

IMPATIENT = Timeouts(lock=1)
LESS = [{**user, "connection_limit": 3} for user in SAMPLE.as_properties()["users"]]
GRANT = {"database": "app", "schemas": ["foo"], "access": "read_write", "schema_privileges": ["USAGE", "CREATE"]}
WANTED = spec(users=[*LESS, {"username": "maker", "grants": [GRANT]}])
OWNERS = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname IN ('mine', 'mine_b_seq') ORDER BY relname"
MAKERS, OWNERS_OF_THE_SCHEMA = [("maker",), ("maker",)], [("app_owner",), ("app_owner",)]


@pytest.fixture
def made(database: Database) -> Database:
    """A user's tables, and somebody who may look into them and whom the spec doesn't know."""
    converge(database, WANTED)
    run(
        database,
        "maker",
        "CREATE TABLE foo.mine (a int, b serial)",
        "CREATE INDEX of_mine ON foo.mine (a)",
        "CREATE TABLE foo.free (c int)",
    )
    run(
        database,
        "rdsadmin",
        "CREATE ROLE outsider LOGIN",
        "GRANT CONNECT ON DATABASE app TO outsider",
        "GRANT USAGE ON SCHEMA foo TO outsider",
        "GRANT ALL ON foo.mine, foo.mine_b_seq TO outsider",
        "ALTER ROLE lambda_writer CONNECTION LIMIT 7",
    )
    return database


@contextmanager
def held(database: Database, statement: str, user: str = "outsider") -> Iterator[Connection[Any]]:
    session = database.connect(user)
    session.execute(f"BEGIN; {statement}".encode())
    try:
        yield session
    finally:
        session.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM foo.mine",
        "LOCK TABLE foo.mine IN EXCLUSIVE MODE",
        "SELECT nextval('foo.mine_b_seq')",
        "INSERT INTO foo.mine VALUES (1)",
    ],
)
def test_it_stays_with_its_maker_until_the_lock_is_gone(made: Database, statement: str) -> None:
    with held(made, statement) as session:
        done = converge(made, WANTED, timeouts=IMPATIENT)
        assert session.execute("SELECT 1").fetchone() == (1,)
        pid = session.info.backend_pid
    told = [sentence for sentence in done.warnings if sentence.startswith("table foo.mine ")]
    assert len(told) == 1
    assert f"is locked, or tied to what is locked, by session {pid} of 'outsider'" in told[0]
    assert run(made, "rdsadmin", OWNERS) == MAKERS
    assert run(made, "rdsadmin", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'lambda_writer'") == [(3,)]
    assert run(made, "rdsadmin", "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'free'") == [
        ("app_owner",)
    ]
    assert allowed(made, "lambda_writer", "INSERT INTO foo.mine VALUES (1)")
    converge(made, WANTED, timeouts=IMPATIENT)
    assert run(made, "rdsadmin", OWNERS) == OWNERS_OF_THE_SCHEMA
    assert converge(made, WANTED).changes == 0


@pytest.mark.parametrize(
    "tie",
    [
        "CREATE TABLE foo.tied (c int) INHERITS (foo.mine)",
        "ALTER TABLE foo.mine ADD PRIMARY KEY (a); CREATE TABLE foo.tied (a int REFERENCES foo.mine)",
    ],
)
def test_what_is_tied_to_it_stays_with_it(made: Database, tie: str) -> None:
    run(made, "maker", tie)
    owner = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'tied'"
    with held(made, "SELECT FROM ONLY foo.mine"):
        converge(made, WANTED, timeouts=IMPATIENT)
        assert run(made, "rdsadmin", owner) == [("maker",)]
    converge(made, WANTED)
    assert run(made, "rdsadmin", owner) == [("app_owner",)]


def test_a_lock_that_is_in_the_way_of_grants_too_ends_a_run(made: Database) -> None:
    """From PostgreSQL 18 on GRANT waits for ACCESS EXCLUSIVE."""
    with held(made, "LOCK TABLE foo.mine IN ACCESS EXCLUSIVE MODE"):
        if major(made) < 18:
            converge(made, WANTED, timeouts=IMPATIENT)
        else:
            with pytest.raises(LockHeldError, match="of 'outsider'"):
                converge(made, WANTED, timeouts=IMPATIENT)
    assert run(made, "rdsadmin", OWNERS) == MAKERS


def test_its_maker_can_leave_all_the_same(made: Database) -> None:
    with held(made, "SELECT FROM foo.mine"):
        converge(made, spec(users=LESS), timeouts=IMPATIENT)
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        made.connect("maker")
    rights = "SELECT has_schema_privilege('maker', 'foo', 'USAGE')"
    assert run(made, "rdsadmin", rights) == [(False,)]


def test_it_is_drift_for_a_proof_as_without_the_lock(made: Database) -> None:
    without = reconcile.prove(connect_as_master(made), WANTED, made.name)
    with held(made, "SELECT FROM foo.mine"):
        assert reconcile.prove(connect_as_master(made), WANTED, made.name) == without


def test_a_managed_users_lock_on_it_is_ended(made: Database) -> None:
    with held(made, "SELECT FROM foo.mine", "maker"):
        converge(made, WANTED, timeouts=IMPATIENT)
    assert run(made, "rdsadmin", OWNERS) == OWNERS_OF_THE_SCHEMA


def test_another_lock_still_ends_a_run(made: Database) -> None:
    with (
        held(made, "SELECT FROM foo.mine"),
        held(made, "ALTER ROLE lambda_writer PASSWORD 'x'", "rdsadmin"),
        pytest.raises(LockHeldError, match="of 'rdsadmin'"),
    ):
        converge(made, WANTED, timeouts=IMPATIENT)
