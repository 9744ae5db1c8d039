"""What others own or gave, and only they can change: a run does everything else and names it, with a statement that puts
it right; `prove` tells it as drift. Nobody has a veto."""

import re
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from db_access.errors import ProofError
from db_access.postgresql import apply, reconcile
from db_access.postgresql import run as run_of_engine
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, connect_as_master, converge, major, make_tables, run, spec

THEIRS = {
    "a stranger's table lacks a grant": ["CREATE TABLE foo.theirs ()"],
    "a stranger's table has a grant too many": [
        "CREATE TABLE foo.theirs ()",
        "GRANT INSERT, SELECT, UPDATE, DELETE ON foo.theirs TO lambda_writer",
    ],
    "a stranger's sequence": ["CREATE SEQUENCE foo.theirs"],
    "a stranger's function that PUBLIC may run": [
        "CREATE FUNCTION foo.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    ],
    "a stranger's column": [
        "CREATE TABLE foo.theirs (secret int)",
        "GRANT INSERT, UPDATE, DELETE ON foo.theirs TO lambda_writer",
        "GRANT SELECT (secret) ON foo.theirs TO lambda_writer",
    ],
    "a stranger's table in a schema of others": [
        "CREATE SCHEMA other",
        "CREATE TABLE other.theirs ()",
        "GRANT SELECT ON other.theirs TO lambda_writer",
        "GRANT USAGE ON SCHEMA other TO lambda_writer",
    ],
    "a right that a stranger passed on": [
        "GRANT USAGE ON SCHEMA foo TO stranger",
        "GRANT SELECT ON foo.event TO stranger WITH GRANT OPTION",
        "SET ROLE stranger; GRANT SELECT ON foo.event TO lambda_writer; RESET ROLE",
    ],
    "a right that a stranger passed on to PUBLIC": [
        "GRANT USAGE ON SCHEMA foo TO stranger",
        "GRANT SELECT ON foo.event TO stranger WITH GRANT OPTION",
        "SET ROLE stranger; GRANT SELECT ON foo.event TO PUBLIC; RESET ROLE",
    ],
    "a right on a stranger's table that one of ours passed on": [
        "CREATE TABLE foo.theirs ()",
        "GRANT INSERT, SELECT, UPDATE, DELETE ON foo.theirs TO lambda_writer WITH GRANT OPTION",
        "SET ROLE lambda_writer; GRANT INSERT, SELECT ON foo.theirs TO migrator; RESET ROLE",
    ],
    "a right that a stranger gave to one of ours, who passed it on": [
        "GRANT USAGE ON SCHEMA foo TO stranger",
        "GRANT SELECT ON foo.event TO stranger WITH GRANT OPTION",
        "SET ROLE stranger; GRANT SELECT ON foo.event TO lambda_writer WITH GRANT OPTION; RESET ROLE",
        "SET ROLE lambda_writer; GRANT SELECT ON foo.event TO migrator; RESET ROLE",
    ],
    "a right to look into a schema that a stranger passed on": [
        "GRANT USAGE, CREATE ON SCHEMA foo TO stranger WITH GRANT OPTION",
        "SET ROLE stranger; GRANT CREATE ON SCHEMA foo TO lambda_writer; RESET ROLE",
    ],
    "a right on what a stranger will make": [
        "ALTER DEFAULT PRIVILEGES FOR ROLE stranger IN SCHEMA foo GRANT SELECT ON TABLES TO lambda_writer"
    ],
    "a right on what a stranger will make anywhere": [
        "ALTER DEFAULT PRIVILEGES FOR ROLE stranger GRANT EXECUTE ON FUNCTIONS TO lambda_writer"
    ],
}
SINCE_16 = {
    "a membership in an owner": ["GRANT app_owner TO lambda_writer"],
    "a membership in a role of others": [
        "GRANT stranger TO lambda_writer",
        "GRANT SELECT ON foo.event TO stranger",
    ],
    "a membership that a stranger gave": [
        "GRANT app_owner TO stranger WITH ADMIN OPTION",
        "SET ROLE stranger; GRANT app_owner TO lambda_writer; RESET ROLE",
    ],
    "a predefined role": ["GRANT pg_read_all_data TO lambda_writer"],
}
ALL = THEIRS | SINCE_16


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE stranger")
    return database


def by_hand(database: Database, statements: Sequence[str]) -> None:
    """As the superuser, in one session."""
    with database.superuser() as connection:
        for statement in statements:
            connection.execute(statement)


def evidence(database: Database) -> reconcile.Evidence:
    """Of what is about our roles: what the stranger has itself is acknowledged."""
    asked = spec(acknowledged=[{"username": "stranger", "reason": "gives others what it has"}])
    return reconcile.prove(connect_as_master(database), asked, database.name)


@pytest.mark.parametrize("name", ALL)
def test_what_only_others_can_change_stops_nothing_else_and_is_named(ready: Database, name: str) -> None:
    if name in SINCE_16 and major(ready) < 16:
        by_hand(ready, ALL[name])
        assert converge(ready).changes > 0  # CREATEROLE alone takes any membership there
        assert evidence(ready).holds
        return
    by_hand(ready, [*ALL[name], "REVOKE INSERT ON bar.audit FROM lambda_writer"])
    done = converge(ready)
    assert allowed(ready, "lambda_writer", "INSERT INTO bar.audit (name) VALUES ('x')"), "everything else is done"
    assert any("so a run leaves it; as " in sentence for sentence in done.warnings), done.warnings
    assert converge(ready).changes == 0
    found = evidence(ready)
    assert not found.holds and found.left and not (found.plan or found.conflicts)


@pytest.mark.parametrize("name", ALL)
def test_the_statement_that_it_is_named_with_puts_it_right(ready: Database, name: str) -> None:
    if name in SINCE_16 and major(ready) < 16:
        return  # there a run takes any membership itself
    by_hand(ready, ALL[name])
    for sentence in evidence(ready).left:
        match = re.search(r"so a run leaves it; as '(\w+)' run (.*)$", sentence)
        assert match, sentence
        by_hand(ready, [f"SET ROLE {match[1]}", match[2]])
    converge(ready)
    assert evidence(ready).holds


@pytest.mark.parametrize("name", THEIRS)
def test_a_run_allows_what_it_leaves_and_one_right_more_fails_it(
    ready: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    carry_out = apply.execute

    def after_others(*args: Any) -> None:
        run(ready, "migrator", "GRANT TRUNCATE ON foo.event TO lambda_writer")
        carry_out(*args)

    by_hand(ready, THEIRS[name])
    monkeypatch.setattr(apply, "execute", after_others)
    monkeypatch.setattr(run_of_engine, "_ROUNDS", 1)
    with pytest.raises(ProofError) as failed:
        converge(ready, timeouts=Timeouts(transient=0))
    (violation,) = failed.value.violations
    assert violation.startswith("'lambda_writer' can TRUNCATE on table foo.event")


def test_a_leaver_whose_rights_others_gave_loses_the_rest_and_its_login(ready: Database) -> None:
    by_hand(ready, THEIRS["a right that a stranger passed on"])
    gone = spec(users=[user for user in SAMPLE.as_properties()["users"] if user["username"] != "lambda_writer"])
    done = converge(ready, gone)
    assert any("only 'stranger' can take away SELECT on table foo.event" in sentence for sentence in done.warnings)
    held = run(ready, "rdsadmin", "SELECT has_table_privilege('lambda_writer', 'foo.event', 'INSERT')")
    assert held == [(False,)]
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        run(ready, "lambda_writer", "SELECT 1")


def test_the_removal_takes_what_it_can_and_names_the_rest(ready: Database) -> None:
    by_hand(ready, THEIRS["a right that a stranger passed on"])
    done = reconcile.remove(connect_as_master(ready), SAMPLE.managed_by)
    assert any("only 'stranger' can take away SELECT on table foo.event" in sentence for sentence in done.warnings)
    assert run(ready, "rdsadmin", "SELECT has_schema_privilege('lambda_writer', 'foo', 'USAGE')") == [(False,)]
