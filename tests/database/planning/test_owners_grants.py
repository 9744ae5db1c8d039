"""What a spec gives owners and creators beyond what is their own: foreign keys, views, an audit table. Each tried as a
migration does it, by a user that acts as the owner."""

from typing import Any

import pytest

from db_access.postgresql import proof, reconcile
from db_access.postgresql.desired import desired
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, fingerprint, run, spec

SCHEMAS = [
    {"name": "foo", "owner": "foo_owner"},
    {"name": "bar", "owner": "bar_owner", "creators": ["loader"]},
]


def wanted(*owners: dict[str, Any], grants: str = "direct", **others: Any) -> AccessSpec:
    users = [
        {"username": f"{schema}_migrator", "grants": [{"database": "app", "schemas": [schema], "access": "owner"}]}
        for schema in ("foo", "bar")
    ]
    databases = [{"name": "app", "schemas": SCHEMAS, "grants": grants}]
    return spec(databases=databases, owners=list(owners), **{"users": users, **others})


def foo_owner(**grant: Any) -> dict[str, Any]:
    return {"name": "foo_owner", "grants": [{"database": "app", "schemas": ["bar"], **grant}]}


USES: dict[str, tuple[dict[str, Any], str]] = {
    "a foreign key": ({"tables": ["REFERENCES"]}, "CREATE TABLE foo.child (id int REFERENCES bar.parent)"),
    "a foreign key to one table": (
        {"tables": ["REFERENCES"], "only": ["bar.parent"]},
        "CREATE TABLE foo.child (id int REFERENCES bar.parent)",
    ),
    "a view": ({"access": "read_only"}, "CREATE VIEW foo.seen AS SELECT * FROM bar.parent; SELECT * FROM foo.seen"),
    "a view of the key": ({"key_columns": ["id"]}, "CREATE VIEW foo.keys AS SELECT id FROM bar.parent; TABLE foo.keys"),
    "an audit table": ({"tables": ["INSERT"]}, "INSERT INTO bar.parent VALUES (7)"),
    "a sequence": ({"sequences": ["USAGE"]}, "SELECT nextval('bar.numbers')"),
    "a function": ({"functions": ["EXECUTE"]}, "SELECT bar.answer()"),
    "a type": ({"types": ["USAGE"]}, "CREATE TABLE foo.with_type (mood bar.mood)"),
    "a table of its own there": (
        {"schema_privileges": ["USAGE", "CREATE"]},
        "CREATE TABLE bar.guest ()",
    ),
}


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, wanted())
    run(
        database,
        "bar_migrator",
        "CREATE TABLE bar.parent (id int PRIMARY KEY, name text)",
        "CREATE SEQUENCE bar.numbers",
        "CREATE FUNCTION bar.answer() RETURNS int LANGUAGE sql AS 'SELECT 42'",
        "CREATE TYPE bar.mood AS ENUM ('a')",
        "REVOKE USAGE ON TYPE bar.mood FROM PUBLIC",
    )
    converge(database, wanted())
    return database


@pytest.mark.parametrize("grants", ["direct", "through_groups"])
@pytest.mark.parametrize("use", USES)
def test_an_owner_can_do_elsewhere_what_the_spec_gives_it_until_it_no_longer_does(
    ready: Database, use: str, grants: str
) -> None:
    grant, statements = USES[use]
    converge(ready, wanted(grants=grants))
    assert not all(allowed(ready, "foo_migrator", each) for each in statements.split("; "))
    with ready.superuser() as connection:
        before = fingerprint(connection)
        asked = wanted(foo_owner(**grant), grants=grants)
        converge(ready, asked)
        assert converge(ready, asked).changes == 0
        converge(ready, wanted(grants=grants))
        if grants == "direct":
            assert fingerprint(connection) == before
        converge(ready, asked)
    for each in statements.split("; "):
        assert allowed(ready, "foo_migrator", each)
    converge(ready, asked)  # moves what it made in the other's schema
    assert converge(ready, asked).changes == 0


@pytest.mark.parametrize("maker", ["bar_migrator", "master"])
def test_what_is_made_later_is_covered(ready: Database, maker: str) -> None:
    converge(ready, wanted(foo_owner(tables=["REFERENCES"])))
    run(ready, maker, "CREATE TABLE bar.later (id int PRIMARY KEY)")
    assert allowed(ready, "foo_migrator", "CREATE TABLE foo.child (id int REFERENCES bar.later)")
    assert converge(ready, wanted(foo_owner(tables=["REFERENCES"]))).changes == 0


def test_a_user_that_acts_as_the_owner_has_it_only_while_it_does(ready: Database) -> None:
    converge(ready, wanted(foo_owner(access="read_only")))
    with ready.connect("foo_migrator") as connection:
        connection.execute("TABLE bar.parent")
        connection.execute("SET ROLE NONE")
    assert not allowed(ready, "foo_migrator", "SET ROLE NONE; TABLE bar.parent")


def test_a_creator_gets_what_it_needs_to_create_and_an_owner_what_creators_make(ready: Database) -> None:
    asked = wanted(
        {
            "name": "loader",
            "description": "loads",
            "grants": [{"database": "app", "schemas": ["bar"], "schema_privileges": ["USAGE", "CREATE"]}],
        },
        {"name": "bar_owner", "grants": [{"database": "app", "schemas": ["bar"], "access": "read_only"}]},
    )
    converge(ready, asked)
    with ready.superuser() as connection:
        connection.execute("SET ROLE loader")
        connection.execute("CREATE TABLE bar.loaded (id int)")
        connection.execute("RESET ROLE")
    assert converge(ready, asked).changes == 0, "default privileges cover it, and nobody's own"
    assert allowed(ready, "bar_migrator", "CREATE VIEW bar.seen AS TABLE bar.loaded; TABLE bar.seen")
    assert not allowed(ready, "bar_migrator", "INSERT INTO bar.loaded VALUES (1)")
    comment = "SELECT shobj_description('loader'::regrole, 'pg_authid')"
    assert run(ready, "rdsadmin", comment) == [("loads [managed by keyless-aurora]",)]


def test_an_owner_can_be_given_privileges_on_the_databases_in_which_it_owns(ready: Database) -> None:
    converge(ready, wanted({"name": "foo_owner", "privileges": ["CREATE", "TEMPORARY"]}))
    assert allowed(ready, "foo_migrator", "CREATE SCHEMA IF NOT EXISTS foo")
    assert allowed(ready, "foo_migrator", "CREATE TEMPORARY TABLE mine ()")
    assert not allowed(ready, "bar_migrator", "CREATE SCHEMA IF NOT EXISTS bar")


def test_an_owner_may_be_in_groups(ready: Database) -> None:
    readers = {"name": "readers", "grants": [{"database": "app", "schemas": ["bar"], "access": "read_only"}]}
    asked = wanted({"name": "foo_owner", "groups": ["readers"]}, groups=[readers])
    converge(ready, asked)
    assert converge(ready, asked).changes == 0
    assert allowed(ready, "foo_migrator", "CREATE VIEW foo.seen AS TABLE bar.parent; TABLE foo.seen")
    converge(ready, wanted(groups=[readers]))
    assert not allowed(ready, "foo_migrator", "TABLE bar.parent")


@pytest.mark.parametrize(
    ("drift", "violation"),
    [
        ("REVOKE REFERENCES ON bar.parent FROM foo_owner", "'foo_owner' lacks REFERENCES on table bar.parent"),
        ("GRANT SELECT ON bar.parent TO foo_owner", "'foo_owner' can SELECT on table bar.parent, through a grant"),
        ("REVOKE USAGE ON SCHEMA bar FROM foo_owner", "'foo_owner' lacks USAGE on schema bar"),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE bar_owner IN SCHEMA bar REVOKE REFERENCES ON TABLES FROM foo_owner; "
            "CREATE TABLE bar.later (); ALTER TABLE bar.later OWNER TO bar_owner",
            "'foo_owner' lacks REFERENCES on table bar.later",
        ),
    ],
)
def test_drift_of_an_owners_rights_is_seen_and_put_right(ready: Database, drift: str, violation: str) -> None:
    asked = wanted(foo_owner(tables=["REFERENCES"]))
    converge(ready, asked)
    run(ready, "rdsadmin", *drift.split("; "))
    with ready.superuser() as connection:
        found = proof.sentences(connection, proof.ask(connection, desired(asked, "app", master="master")).read())
    assert any(sentence.startswith(violation) for sentence in found), found
    assert converge(ready, asked).changes > 0
    assert converge(ready, asked).changes == 0


def test_an_owner_that_becomes_another_schemas_owner_keeps_what_its_own_objects_give_it(ready: Database) -> None:
    """What it was granted there is its own then: taking that away would take the owner's rights."""
    converge(ready, wanted(foo_owner(access="read_write")))
    schemas = [SCHEMAS[0], {"name": "bar", "owner": "foo_owner"}]
    user = {"username": "m", "grants": [{"database": "app", "schemas": ["foo", "bar"], "access": "owner"}]}
    changed = spec(databases=[{"name": "app", "schemas": schemas}], users=[user])
    converge(ready, changed)
    assert converge(ready, changed).changes == 0
    for statement in ("TABLE bar.parent", "INSERT INTO bar.parent VALUES (1)", "CREATE TABLE bar.more ()"):
        assert allowed(ready, "m", statement)
    converge(ready, wanted(foo_owner(access="read_only")))
    assert allowed(ready, "foo_migrator", "TABLE bar.parent")
    assert not allowed(ready, "foo_migrator", "INSERT INTO bar.parent VALUES (2)")


def test_the_preview_shows_what_a_run_does_for_owners(ready: Database) -> None:
    asked = wanted(foo_owner(access="read_only"), {"name": "bar_owner", "privileges": ["TEMPORARY"]})
    assert reconcile.preview(connect_as_master(ready), asked, "app").plan == converge(ready, asked).plan


def test_a_right_that_an_owner_got_elsewhere_by_hand_goes(ready: Database) -> None:
    run(ready, "rdsadmin", "GRANT SELECT, INSERT ON bar.parent TO foo_owner", "GRANT CREATE ON DATABASE app TO loader")
    assert converge(ready, wanted()).changes > 0
    assert not allowed(ready, "foo_migrator", "TABLE bar.parent")
