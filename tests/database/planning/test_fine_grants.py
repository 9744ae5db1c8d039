"""Grants finer than presets: key columns, single objects, lists of privileges, functions and types; and what stands in
their way."""

from typing import Any

import pytest

from db_access.errors import PlanError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, major, make_tables, run, with_user


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    return database


def granting(**fields: Any) -> AccessSpec:
    return with_user(username="u", grants=[{"database": "app", "schemas": ["foo"], **fields}])


def reader(*grants: dict[str, Any]) -> AccessSpec:
    return with_user(username="u", grants=[{"database": "app", **grant} for grant in grants])


def test_key_columns_make_a_keyed_update_possible_and_show_nothing_else(ready: Database) -> None:
    wanted = granting(access="write_only", key_columns=["id"])
    converge(ready, wanted)
    for statement in (
        "UPDATE foo.event SET name = 'z' WHERE id = 1",
        "INSERT INTO foo.event (name) VALUES ('x') RETURNING id",
        "DELETE FROM foo.event WHERE id = 1",
    ):
        assert allowed(ready, "u", statement), statement
    for statement in (
        "SELECT name FROM foo.event",
        "DELETE FROM foo.event WHERE name = 'x'",
        "SELECT * FROM foo.event",
    ):
        assert not allowed(ready, "u", statement), statement
    assert converge(ready, wanted).changes == 0


def test_key_columns_of_a_later_table_are_the_next_runs(ready: Database) -> None:
    wanted = granting(access="write_only", key_columns=["id"])
    converge(ready, wanted)
    run(ready, "migrator", "CREATE TABLE foo.later (id int, v text)")
    assert not allowed(ready, "u", "SELECT id FROM foo.later")
    assert converge(ready, wanted).changes == 1
    assert allowed(ready, "u", "SELECT id FROM foo.later")


@pytest.mark.parametrize(
    "drift",
    [
        "REVOKE SELECT (id) ON foo.event FROM u",
        "GRANT SELECT (name) ON foo.event TO u",
        "GRANT SELECT ON foo.event TO u",  # whose REVOKE takes the column's grant with it
        "GRANT UPDATE (id) ON foo.event TO PUBLIC",
        "GRANT SELECT (id) ON foo.event TO u WITH GRANT OPTION",
    ],
)
def test_drift_on_columns_is_put_right_in_one_run(ready: Database, drift: str) -> None:
    wanted = granting(access="write_only", key_columns=["id"])
    converge(ready, wanted)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, "migrator", drift)
        assert fingerprint(connection) != before
        assert converge(ready, wanted).changes > 0
        assert fingerprint(connection) == before
    assert converge(ready, wanted).changes == 0


def test_from_reading_whole_tables_to_keys_and_back(ready: Database) -> None:
    with ready.superuser() as connection:
        converge(ready, granting(access="read_only"))
        before = fingerprint(connection)
        converge(ready, granting(key_columns=["id"]))
        assert (allowed(ready, "u", "SELECT id FROM foo.event"), allowed(ready, "u", "SELECT name FROM foo.event")) == (
            True,
            False,
        )
        converge(ready, granting(access="read_only"))
        assert fingerprint(connection) == before


def test_only_gives_nothing_on_other_objects_or_on_later_ones(ready: Database) -> None:
    run(ready, "migrator", "CREATE TABLE foo.lookup (id serial)")
    wanted = granting(access="read_only", only=["foo.lookup"])
    converge(ready, wanted)
    run(ready, "migrator", "CREATE TABLE foo.later ()")
    reads = {
        table: allowed(ready, "u", f"SELECT FROM {table}")
        for table in ("foo.lookup", "foo.event", "foo.later", "bar.audit")
    }
    assert reads == {"foo.lookup": True, "foo.event": False, "foo.later": False, "bar.audit": False}
    assert converge(ready, wanted).changes == 0
    run(ready, "migrator", "GRANT SELECT ON foo.event TO u", "REVOKE SELECT ON foo.lookup FROM u")
    assert converge(ready, wanted).changes == 2
    assert (allowed(ready, "u", "TABLE foo.lookup"), allowed(ready, "u", "TABLE foo.event")) == (True, False)


def test_only_comes_on_top_of_what_all_objects_have(ready: Database) -> None:
    wanted = reader(
        {"schemas": ["foo"], "access": "append_only"}, {"schemas": ["foo"], "tables": ["SELECT"], "only": ["foo.event"]}
    )
    converge(ready, wanted)
    run(ready, "migrator", "CREATE TABLE foo.later ()")
    assert allowed(ready, "u", "INSERT INTO foo.event (name) VALUES ('x')")
    assert allowed(ready, "u", "TABLE foo.event")
    assert not allowed(ready, "u", "TABLE foo.later")
    assert converge(ready, wanted).changes == 0


def test_what_only_names_may_come_later_and_is_pending_until_then(ready: Database) -> None:
    wanted = granting(tables=["SELECT"], functions=["EXECUTE"], only=["foo.later", "foo.answer(integer)"])
    first = converge(ready, wanted)
    assert [text.split(",")[0] for text in first.pending] == ["foo.answer(integer)", "foo.later"]
    assert first.pending[0].endswith("there is answer()")
    run(
        ready,
        "migrator",
        "CREATE TABLE foo.later ()",
        "CREATE FUNCTION foo.answer(integer) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    second = converge(ready, wanted)
    assert (second.changes, second.pending) == (2, ())
    assert allowed(ready, "u", "TABLE foo.later")


def test_a_function_is_named_by_its_argument_types(ready: Database) -> None:
    run(
        ready,
        "migrator",
        "CREATE TYPE foo.\"we,ird(\" AS ENUM ('a')",
        "CREATE FUNCTION foo.f(int, text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION foo.f(foo.\"we,ird(\") RETURNS int LANGUAGE sql AS 'SELECT 2'",
        "CREATE PROCEDURE foo.p() LANGUAGE sql AS 'SELECT 1'",
    )
    wanted = granting(functions=["EXECUTE"], only=["foo.f(integer, text[])", 'foo.f(foo."we,ird(")', "foo.p()"])
    converge(ready, wanted)
    assert allowed(ready, "u", "SELECT foo.f(1, '{}')")
    assert run(ready, "rdsadmin", "SELECT has_function_privilege('u', 'foo.p()', 'EXECUTE')") == [(True,)]
    assert not allowed(ready, "u", "SELECT foo.answer()")
    assert converge(ready, wanted).changes == 0


LISTS: list[tuple[dict[str, Any], str, bool]] = [
    ({"tables": ["TRUNCATE"]}, "TRUNCATE foo.event", True),
    ({"tables": ["TRUNCATE"]}, "TABLE foo.event", False),
    ({"sequences": ["SELECT"]}, "SELECT last_value FROM foo.event_id_seq", True),
    ({"sequences": ["SELECT"]}, "SELECT nextval('foo.event_id_seq')", False),
    ({"functions": ["EXECUTE"]}, "SELECT foo.answer()", True),
    ({"types": ["USAGE"]}, "SELECT foo.answer()", False),
    ({"schema_privileges": ["USAGE", "CREATE"]}, "CREATE TABLE foo.mine (); DROP TABLE foo.mine", True),
    ({"tables": ["SELECT"]}, "CREATE TABLE foo.mine ()", False),
    ({"tables": ["SELECT"], "database_privileges": ["TEMPORARY"]}, "CREATE TEMPORARY TABLE mine ()", True),
    ({"access": "read_only", "database_privileges": ["TEMPORARY"]}, "CREATE TEMPORARY TABLE mine ()", True),
    ({"access": "read_only", "schema_privileges": ["CREATE"]}, "TABLE foo.event", False),
]


@pytest.mark.parametrize(("fields", "statement", "works"), LISTS)
def test_lists_give_what_they_say_and_no_more(
    ready: Database, fields: dict[str, Any], statement: str, works: bool
) -> None:
    wanted = granting(**fields)
    converge(ready, wanted)
    assert converge(ready, wanted).changes == 0
    assert allowed(ready, "u", statement) is works
    converge(ready)
    assert not run(ready, "rdsadmin", "SELECT 1 FROM pg_class, aclexplode(relacl) AS a WHERE a.grantee = 'u'::regrole")


def test_maintain_is_given_where_postgresql_has_it_and_elsewhere_refused_before_anything_runs(ready: Database) -> None:
    wanted = granting(tables=["MAINTAIN"])
    if major(ready) >= 17:
        assert not allowed(ready, "lambda_writer", "REINDEX TABLE foo.event")
        converge(ready, wanted)
        assert allowed(ready, "u", "REINDEX TABLE foo.event") and not allowed(ready, "u", "TABLE foo.event")
        assert converge(ready, wanted).changes == 0
        return
    with ready.superuser() as connection:
        before = fingerprint(connection)
        for asked, where in (
            (wanted, "the tables of schema 'foo'"),
            (granting(tables=["MAINTAIN"], only=["foo.event"]), "table foo.event"),
        ):
            with pytest.raises(
                PlanError,
                match=f"MAINTAIN on {where} is given to 'u', and PostgreSQL has it from version 17 on; allowed here: "
                f"SELECT, ",
            ):
                converge(ready, asked)
        assert fingerprint(connection) == before


@pytest.mark.parametrize("creator", ["app_owner", "builder", "master"])
def test_future_objects_of_every_creator_and_kind_are_covered(database: Database, creator: str) -> None:
    properties = SAMPLE.as_properties()
    database_ = {"name": "app", "schemas": [{"name": "foo", "owner": "app_owner", "creators": ["builder"]}]}
    wanted = AccessSpec.parse(
        {
            **properties,
            "databases": [database_],
            "users": [
                {
                    "username": "u",
                    "grants": [
                        {
                            "database": "app",
                            "schemas": ["foo"],
                            "tables": ["SELECT"],
                            "sequences": ["UPDATE"],
                            "functions": ["EXECUTE"],
                            "types": ["USAGE"],
                        }
                    ],
                }
            ],
        }
    )
    converge(database, wanted)
    run(database, "rdsadmin", "GRANT CREATE ON SCHEMA foo TO builder, master")
    with database.superuser() as connection:
        connection.execute(f"SET ROLE {creator}".encode())
        connection.execute(
            "CREATE TABLE foo.t (); CREATE SEQUENCE foo.s; CREATE TYPE foo.e AS ENUM (); CREATE FUNCTION foo.f() "
            "RETURNS int LANGUAGE sql AS 'SELECT 1'"
        )
        connection.execute(
            "RESET ROLE; REVOKE CREATE ON SCHEMA foo FROM builder, master; REVOKE USAGE ON TYPE foo.e FROM PUBLIC"
        )
        assert connection.execute(
            "SELECT has_table_privilege('u', 'foo.t', 'SELECT'), has_sequence_privilege('u', 'foo.s', 'UPDATE'), "
            "has_function_privilege('u', 'foo.f()', 'EXECUTE'), has_type_privilege('u', 'foo.e', 'USAGE')"
        ).fetchone() == (True, True, True, True)
    converge(database, wanted)
    assert converge(database, wanted).changes == 0


@pytest.mark.parametrize(
    "drift",
    [
        "GRANT SELECT ON foo.event TO lambda_writer WITH GRANT OPTION",
        "GRANT INSERT ON foo.event TO lambda_writer WITH GRANT OPTION",
        "GRANT USAGE ON SCHEMA foo TO lambda_writer WITH GRANT OPTION",
        "GRANT USAGE ON SEQUENCE foo.event_id_seq TO lambda_writer WITH GRANT OPTION",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT INSERT ON TABLES TO lambda_writer WITH GRANT OPTION",
    ],
)
def test_the_right_to_pass_a_grant_on_is_taken_back(ready: Database, drift: str) -> None:
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, "migrator", drift)
        assert converge(ready).changes > 0
        assert fingerprint(connection) == before
