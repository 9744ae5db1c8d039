"""The seed's promise on a real server: who can do what after one run, and that a second run does nothing."""

from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec, unnameable
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, make_tables, run, spec, with_user
from tests.database.written import least_written

INSERT = "INSERT INTO foo.event (name) VALUES ('x')"


@pytest.fixture
def ready(database: Database) -> Database:
    """The sample's access, with tables that the migrator made afterwards."""
    converge(database)
    make_tables(database)
    return database


@pytest.mark.parametrize(
    "statement",
    [
        INSERT,
        "INSERT INTO bar.audit (name) VALUES ('x'), ('y')",
        "INSERT INTO foo.event (id, name) VALUES (1, 'x') ON CONFLICT DO NOTHING",
        "UPDATE foo.event SET name = 'z'",
        "DELETE FROM bar.audit",
        "SELECT nextval('foo.event_id_seq')",
    ],
)
def test_the_writer_writes(ready: Database, statement: str) -> None:
    assert allowed(ready, "lambda_writer", statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM foo.event",
        "SELECT count(*) FROM bar.audit",
        "INSERT INTO foo.event (name) VALUES ('x') RETURNING id",
        "UPDATE foo.event SET name = 'z' WHERE id = 1",
        "COPY foo.event TO STDOUT",
        "TRUNCATE foo.event",
        "INSERT INTO ops.migration VALUES (1)",
        "SELECT * FROM ops.migration",
        "SELECT setval('foo.event_id_seq', 1)",
        "SELECT last_value FROM foo.event_id_seq",
        "SELECT foo.answer()",
        "CREATE TABLE foo.mine ()",
        "CREATE TABLE public.mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE SCHEMA mine",
        "DROP TABLE foo.event",
        "SET ROLE app_owner",
        "CREATE ROLE mine",
    ],
)
def test_the_writer_does_nothing_else(ready: Database, statement: str) -> None:
    assert not allowed(ready, "lambda_writer", statement)


@pytest.mark.parametrize("creator", ["migrator", "master"])
def test_tables_are_covered_whoever_made_them_and_whenever(database: Database, creator: str) -> None:
    converge(database)
    make_tables(database, creator)
    assert allowed(database, "lambda_writer", INSERT)
    assert not allowed(database, "lambda_writer", "SELECT * FROM foo.event")
    assert converge(database).changes == 0


def test_tables_that_were_there_before_the_first_run_are_covered(database: Database) -> None:
    run(database, "master", "CREATE SCHEMA foo", "CREATE TABLE foo.event (id bigserial, name text)")
    converge(database)
    assert allowed(database, "lambda_writer", INSERT)


def test_what_the_migrator_makes_belongs_to_the_owner(ready: Database) -> None:
    assert run(ready, "migrator", "SELECT tableowner FROM pg_tables WHERE tablename = 'event'") == [("app_owner",)]


def test_a_migrator_that_leaves_the_owners_role_can_make_nothing(ready: Database) -> None:
    with ready.connect("migrator") as connection:
        connection.execute("SET ROLE NONE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE foo.mine ()")


def test_the_migrator_acts_as_the_owner_even_after_the_proxy_has_reset_the_session(ready: Database) -> None:
    with ready.connect("migrator") as connection:
        connection.execute("DISCARD ALL")
        assert connection.execute("SELECT current_user").fetchone() == ("app_owner",)


def test_nobody_who_is_not_declared_connects(ready: Database) -> None:
    run(ready, "rdsadmin", "CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        ready.connect("stranger")


@pytest.mark.parametrize(
    ("access", "can"),
    [
        ("read_only", {"SELECT"}),
        ("append_only", {"INSERT"}),
        ("write_only", {"INSERT", "UPDATE", "DELETE"}),
        ("read_write", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
    ],
)
def test_each_preset_gives_what_it_says_and_no_more(ready: Database, access: str, can: set[str]) -> None:
    converge(ready, with_user(username="u", grants=[{"database": "app", "schemas": ["foo"], "access": access}]))
    query = (
        "SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p WHERE "
        "has_table_privilege('u', 'foo.event', p)"
    )
    assert {name for (name,) in run(ready, "rdsadmin", query)} == can
    sequence = run(ready, "rdsadmin", "SELECT has_sequence_privilege('u', 'foo.event_id_seq', 'USAGE')")
    assert sequence == [("INSERT" in can,)]


@pytest.mark.parametrize(
    ("fields", "logs_in", "iam"),
    [
        ({}, True, True),
        ({"enabled": False}, False, True),
        ({"can_login": False}, False, True),
        ({"auth_method": "none"}, False, False),
    ],
)
def test_who_logs_in_and_how(database: Database, fields: dict[str, Any], logs_in: bool, iam: bool) -> None:
    converge(database, with_user(username="u", **fields))
    query = "SELECT rolcanlogin, pg_has_role('u', 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname = 'u'"
    assert run(database, "rdsadmin", query) == [(logs_in, iam)]


def test_a_second_run_issues_no_statement_and_writes_nothing(ready: Database) -> None:
    converge(ready)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        changes: list[int] = []
        assert least_written(connection, lambda: changes.append(converge(ready).changes)) == (0, 0)
        assert set(changes) == {0}
        assert fingerprint(connection) == before


def test_going_to_another_spec_and_back_restores_everything(ready: Database) -> None:
    converge(ready)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        converge(
            ready,
            spec(
                users=[
                    {
                        "username": "lambda_writer",
                        "grants": [{"database": "app", "schemas": ["ops"], "access": "read_write"}],
                    }
                ]
            ),
        )
        assert fingerprint(connection) != before
        converge(ready)
        assert fingerprint(connection) == before


def test_an_open_public_is_left_as_postgresql_has_it(database: Database) -> None:
    wanted = spec(databases=[{**SAMPLE.as_properties()["databases"][0], "public": "open"}])
    converge(database, wanted)
    run(database, "rdsadmin", "CREATE ROLE stranger LOGIN")
    assert allowed(database, "stranger", "CREATE TEMPORARY TABLE mine ()")
    assert converge(database, wanted).changes == 0


HOSTILE = [
    "we \"ird'",
    "100%s {} %(x)s",
    "ünïcödé",
    "select",
    "semi;colon --",
    "x" * 63,
    " ",
    "$$",
    "a.b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_identifier_that_a_spec_takes_works_everywhere(database: Database, name: str) -> None:
    owner, user = f"o{name}"[:63], f"u{name}"[:63]
    way = {"auth_method": "password"} if unnameable(name) else {}  # which no IAM policy can name
    document = {
        "databases": [{"name": "app", "schemas": [{"name": name, "owner": owner}]}],
        "users": [
            {
                **way,
                "username": user,
                "description": "it's %s {}",
                "grants": [{"database": "app", "schemas": [name], "access": "write_only"}],
            },
            {**way, "username": f"m{name}"[:63], "grants": [{"database": "app", "schemas": [name], "access": "owner"}]},
        ],
    }
    wanted = AccessSpec.parse(document)
    converge(database, wanted)
    run(
        database,
        f"m{name}"[:63],
        SQL("CREATE TABLE {} ({} bigserial)").format(Identifier(name, name), Identifier(name)),
    )
    run(database, user, SQL("INSERT INTO {} DEFAULT VALUES").format(Identifier(name, name)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(database, user, SQL("TABLE {}").format(Identifier(name, name)))
    assert converge(database, wanted).changes == 0


def test_a_database_with_a_hostile_name_works(database: Database) -> None:
    name = "d\"b' %s {}"
    run(database, "master", SQL("CREATE DATABASE {}").format(Identifier(name)))
    other = Database(database.server, name=name)
    wanted = AccessSpec.parse(
        {
            "databases": [{"name": name, "schemas": [{"name": "s", "owner": "o"}]}],
            "users": [{"username": "u", "grants": [{"database": name, "schemas": ["s"], "access": "owner"}]}],
        }
    )
    converge(other, wanted)
    assert run(other, "u", "SELECT current_user") == [("o",)]
    assert converge(other, wanted).changes == 0


def test_the_fixture_gives_a_master_that_is_no_superuser(database: Database) -> None:
    """Everything above means something only because of this."""
    assert run(database, "master", "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
