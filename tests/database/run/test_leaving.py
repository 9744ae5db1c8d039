"""Whoever is to lose access loses it first, on its own, whatever it does against that and whatever else fails."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from db_access.errors import AccessError
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, make_tables, remove, run, spec

LEAVER = "leaver"
IMPATIENT = Timeouts(lock=2)


@pytest.fixture
def joined(database: Database) -> Database:
    """The sample, and a user with about every right that a spec can give, the right to make schemas included."""
    rights: dict[str, Any] = {"schemas": ["foo"], "access": "read_write", "schema_privileges": ["USAGE", "CREATE"]}
    leaver = {
        "username": LEAVER,
        "privileges": ["CONNECT", "CREATE"],
        "grants": [{"database": "app", **rights}],
        "groups": ["team"],
    }
    converge(database, spec(users=[*SAMPLE.as_properties()["users"], leaver], groups=[{"name": "team"}]))
    make_tables(database)
    return database


def nothing(database: Database) -> None:
    """The user does nothing against it."""


def passes_a_right_on(database: Database) -> None:
    run(database, "migrator", f"GRANT SELECT ON foo.event TO {LEAVER} WITH GRANT OPTION")
    run(database, LEAVER, "GRANT SELECT ON foo.event TO lambda_writer")


def passes_a_membership_on(database: Database) -> None:
    run(database, "rdsadmin", f"GRANT team TO {LEAVER} WITH ADMIN OPTION", "CREATE ROLE friend LOGIN")
    run(database, LEAVER, "GRANT team TO friend")


def gives_what_it_will_make(database: Database) -> None:
    run(database, LEAVER, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO lambda_writer")


def makes_a_schema(database: Database) -> None:
    run(database, LEAVER, "CREATE SCHEMA its_own", "CREATE TABLE its_own.t ()", "GRANT SELECT ON its_own.t TO PUBLIC")


def makes_a_table(database: Database) -> None:
    run(database, LEAVER, "CREATE TABLE foo.its_own ()", "GRANT SELECT ON foo.its_own TO lambda_writer")


def sets_a_password(database: Database) -> None:
    run(database, LEAVER, f"ALTER ROLE {LEAVER} PASSWORD 'its own'")


def stranger_owns_a_table(database: Database) -> None:
    run(database, "rdsadmin", "CREATE TABLE foo.theirs ()")


def server_refuses_the_rest(database: Database) -> None:
    refuse(database, "P0001")


def server_misses_something_each_time(database: Database) -> None:
    """What a run takes for a change that came meanwhile, and tries again on."""
    refuse(database, "42704")


def refuse(database: Database, sqlstate: str) -> None:
    raising = f"BEGIN RAISE 'no' USING ERRCODE = '{sqlstate}'; END"
    with database.superuser() as connection:
        connection.execute(
            f"CREATE FUNCTION public.refuses() RETURNS event_trigger LANGUAGE plpgsql AS $${raising}$$".encode()
        )
        connection.execute(b"CREATE EVENT TRIGGER refuses ON ddl_command_start EXECUTE FUNCTION public.refuses()")


OBSTACLES: tuple[Callable[[Database], None], ...] = (
    nothing,
    passes_a_right_on,
    passes_a_membership_on,
    gives_what_it_will_make,
    makes_a_schema,
    makes_a_table,
    sets_a_password,
    stranger_owns_a_table,
    server_refuses_the_rest,
    server_misses_something_each_time,
)


def is_out(database: Database, session: "psycopg.Connection[Any]") -> None:
    """It can't log in, its session has ended, and it keeps no password."""
    found = "SELECT rolcanlogin, rolpassword FROM pg_authid WHERE rolname = %s"
    with database.superuser() as connection:
        assert connection.execute(found, [LEAVER]).fetchone() == (False, None)
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        database.connect(LEAVER)


@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.parametrize("ending", ["update", "delete"])
def test_nothing_keeps_a_leaver_in(joined: Database, ending: str, obstacle: Callable[[Database], None]) -> None:
    obstacle(joined)
    with joined.connect(LEAVER) as session:
        try:
            converge(joined, SAMPLE) if ending == "update" else remove(joined)
        except AccessError as error:
            assert ending == "update", error
            assert f"Ended all the same, before the rest: the login of '{LEAVER}'" in str(error)
        is_out(joined, session)


@pytest.mark.parametrize(
    "holding",
    [
        f"ALTER ROLE {LEAVER} PASSWORD 'x'",
        f"ALTER ROLE {LEAVER} SET work_mem = '1MB'",
        "LOCK TABLE foo.event IN SHARE ROW EXCLUSIVE MODE",
        "CREATE TABLE foo.unfinished ()",
        "SELECT pg_advisory_lock(30229394692076403)",
    ],
)
@pytest.mark.parametrize("ending", ["update", "delete"])
def test_no_lock_of_a_leaver_keeps_it_in(joined: Database, ending: str, holding: str) -> None:
    with joined.connect(LEAVER) as session:
        session.execute(f"BEGIN; {holding}".encode())
        if ending == "update":
            converge(joined, SAMPLE, timeouts=IMPATIENT)
        else:
            remove(joined)
        is_out(joined, session)


@pytest.mark.parametrize("holding", ["ALTER ROLE lambda_writer PASSWORD 'x'", "REVOKE ALL ON foo.event FROM migrator"])
def test_a_managed_role_that_stays_cannot_keep_a_right_by_a_lock(joined: Database, holding: str) -> None:
    """It loses the right, and the session that was in the way; it may log in again."""
    less = SAMPLE.as_properties()["users"]
    less = [{**user, "connection_limit": 3, "grants": user["grants"][:1]} for user in less]
    with joined.connect("lambda_writer") as session:
        session.execute(f"BEGIN; {holding}".encode())
        converge(joined, spec(users=less), timeouts=IMPATIENT)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    assert run(joined, "lambda_writer", "SELECT 1") == [(1,)]


def test_a_lock_of_somebody_else_is_waited_for_and_named(joined: Database) -> None:
    less = [{**user, "connection_limit": 3} for user in SAMPLE.as_properties()["users"]]
    with joined.superuser() as other:
        other.execute("BEGIN; ALTER ROLE lambda_writer PASSWORD 'x'")
        with pytest.raises(AccessError, match="another session holds a lock"):
            converge(joined, spec(users=less), timeouts=IMPATIENT)
        assert other.execute("SELECT 1").fetchone() == (1,)
