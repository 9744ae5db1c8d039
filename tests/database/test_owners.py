"""What a user of ours came to own in a declared schema goes to the schema's owner, data and rights kept; the rest stays or is named."""

import pytest

from db_access.errors import PlanError
from tests.conftest import Database
from tests.database.engine import allowed, converge, fingerprint, make_tables, run, spec, with_user

READS = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
MAKE = (
    "CREATE TYPE foo.mood AS ENUM ('a')", "CREATE DOMAIN foo.small AS int", "CREATE VIEW foo.names AS SELECT name FROM foo.event",
    "CREATE SEQUENCE foo.free", "CREATE PROCEDURE foo.act(foo.mood, int[]) LANGUAGE sql AS ''",
)  # fmt: skip
OBJECTS = ("TABLE foo.event", "VIEW foo.names", "SEQUENCE foo.free", "FUNCTION foo.answer()", "PROCEDURE foo.act(foo.mood, int[])", "TYPE foo.mood", "TYPE foo.small")


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    run(database, "migrator", *MAKE, "INSERT INTO foo.event (name) VALUES ('kept')")
    converge(database)
    return database


@pytest.mark.parametrize("thing", OBJECTS)
def test_an_object_that_a_user_came_to_own_goes_back_with_all_rights_as_they_were(ready: Database, thing: str) -> None:
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, "rdsadmin", f"ALTER {thing} OWNER TO lambda_writer")
        assert converge(ready).changes > 0
        assert fingerprint(connection) == before
    assert converge(ready).changes == 0
    assert run(ready, "rdsadmin", "SELECT name FROM foo.event") == [("kept",)]


def test_what_a_retired_user_owns_in_a_declared_schema_goes_to_its_owner_and_then_the_user_can_be_dropped(ready: Database) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO leaver", "ALTER SCHEMA bar OWNER TO leaver")
    gone = spec(retired=[{"username": "leaver", "drop": True}])
    converge(ready, gone)
    assert run(ready, "rdsadmin", "SELECT relowner::regrole::text FROM pg_class WHERE relname IN ('event', 'event_id_seq')") == [("app_owner",)] * 2
    assert run(ready, "rdsadmin", "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'bar'") == [("app_owner",)]
    assert allowed(ready, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    converge(ready, gone)
    assert run(ready, "rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'") == [(0,)]
    assert converge(ready, gone).changes == 0


def test_the_master_is_no_member_of_the_old_owner_afterwards(ready: Database) -> None:
    query = "SELECT count(*) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = 'master'::regrole AND g.rolname = 'lambda_writer'"
    before = run(ready, "rdsadmin", query)
    run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO lambda_writer")
    converge(ready)
    assert run(ready, "rdsadmin", query) == before


def test_what_belongs_to_a_creator_or_the_master_stays_there(ready: Database) -> None:
    run(ready, "master", "CREATE TABLE foo.mine ()")
    assert converge(ready).changes == 0


def test_what_belongs_to_a_stranger_is_named_and_nothing_changes(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO rdsadmin", "REVOKE INSERT ON foo.event FROM lambda_writer")
    with ready.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(PlanError, match=r"table foo\.event.* belongs to 'rdsadmin'"):
            converge(ready)
        assert fingerprint(connection) == before


def test_what_a_user_owns_outside_the_declared_schemas_is_left_alone(ready: Database) -> None:
    run(ready, "rdsadmin", "CREATE SCHEMA other", "CREATE TABLE other.t ()", "ALTER TABLE other.t OWNER TO lambda_writer")
    assert converge(ready).changes == 0
