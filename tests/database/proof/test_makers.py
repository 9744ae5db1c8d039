"""Owners and creators are held to the spec too: what is theirs they may use as they like, of the rest only what the spec
gives them."""

import pytest

from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from tests.conftest import Database
from tests.database.engine import converge, run, spec

WANTED = spec(
    databases=[
        {
            "name": "app",
            "schemas": [
                {"name": "foo", "owner": "foo_owner", "creators": ["loader"]},
                {"name": "bar", "owner": "bar_owner"},
            ],
        }
    ],
    groups=[{"name": "readers", "grants": [{"database": "app", "schemas": ["bar"], "access": "read_only"}]}],
    users=[{"username": "u", "grants": [{"database": "app", "schemas": ["foo", "bar"], "access": "read_only"}]}],
)


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, WANTED)
    run(
        database,
        "rdsadmin",
        "CREATE TABLE foo.own (id bigserial, name text)",
        "ALTER TABLE foo.own OWNER TO foo_owner",
        "CREATE TABLE foo.loaded (id bigserial, name text)",
        "ALTER TABLE foo.loaded OWNER TO loader",
        "CREATE TABLE bar.other (id bigserial, name text)",
        "ALTER TABLE bar.other OWNER TO bar_owner",
        "CREATE FUNCTION bar.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
        "ALTER FUNCTION bar.answer() OWNER TO bar_owner",
        "REVOKE EXECUTE ON FUNCTION bar.answer() FROM PUBLIC",
        "CREATE TABLE foo.masters (id int)",
        "ALTER TABLE foo.masters OWNER TO master",
    )
    converge(database, WANTED)
    return database


def violations(database: Database) -> list[str]:
    with database.superuser() as connection:
        return proof.sentences(connection, proof.ask(connection, desired(WANTED, "app", master="master")).read())


@pytest.mark.parametrize(
    "theirs",
    [
        "SELECT",
        "REVOKE SELECT ON foo.own FROM foo_owner",
        "REVOKE ALL ON SCHEMA foo FROM foo_owner",
        "GRANT SELECT ON foo.own TO foo_owner WITH GRANT OPTION",
        "ALTER DATABASE app OWNER TO foo_owner",
    ],
)
def test_what_owners_and_creators_own_is_theirs(ready: Database, theirs: str) -> None:
    run(ready, "rdsadmin", theirs)
    assert violations(ready) == []


@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        ("GRANT SELECT ON bar.other TO foo_owner", "'foo_owner' can SELECT on table bar.other, through a grant"),
        ("GRANT SELECT (id) ON bar.other TO loader", "'loader' can SELECT on table bar.other, through a grant"),
        ("GRANT USAGE ON SCHEMA bar TO foo_owner", "'foo_owner' has USAGE on schema bar, through a grant to the user"),
        ("GRANT CREATE ON SCHEMA foo TO loader", "'loader' can CREATE on schema foo, through a grant to the user"),
        ("GRANT TEMPORARY ON DATABASE app TO loader", "'loader' has TEMPORARY on database app, through a grant"),
        ("GRANT SELECT ON foo.loaded TO foo_owner", "'foo_owner' can SELECT on table foo.loaded, through a grant"),
        ("GRANT INSERT ON foo.masters TO foo_owner", "'foo_owner' can INSERT on table foo.masters, through a grant"),
        ("GRANT SELECT ON foo.own TO loader", "'loader' can SELECT on table foo.own, through a grant to the user"),
        ("GRANT readers TO foo_owner", "'foo_owner' can SELECT on table bar.other, through membership in readers"),
        (
            "GRANT bar_owner TO foo_owner",
            "'foo_owner' can EXECUTE on function bar.answer, through membership in its owner bar_owner",
        ),
        ("GRANT foo_owner TO loader", "'loader' has CREATE, USAGE on schema foo, through membership in its owner"),
        ("GRANT pg_read_all_data TO foo_owner", "'foo_owner' can SELECT on table bar.other, through a predefined role"),
        (
            "GRANT pg_write_all_data TO loader",
            "'loader' can DELETE, INSERT, UPDATE on table foo.own, through a predefi",
        ),
        ("ALTER ROLE loader SUPERUSER", "'loader' has CREATE, USAGE on schema bar, through a superuser attribute"),
        ("GRANT EXECUTE ON FUNCTION bar.answer() TO PUBLIC", "'foo_owner' can EXECUTE on function bar.answer, through"),
        (
            "ALTER DATABASE app OWNER TO bar_owner; GRANT bar_owner TO loader",
            "'loader' has CONNECT, CREATE, TEMPORARY on d",
        ),
    ],
)
def test_what_they_have_beyond_it_is_a_violation_with_its_route(ready: Database, drift: str, expected: str) -> None:
    run(ready, "rdsadmin", *drift.split("; "))
    found = violations(ready)
    assert any(violation.startswith(expected) for violation in found), found
