"""What a user of ours came to own in a declared schema goes to the schema's owner, data and rights kept; the rest stays
or is named."""

import pytest

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import (
    allowed,
    connect_as_master,
    converge,
    fingerprint,
    major,
    make_tables,
    run,
    spec,
    with_user,
)

READS = [{"database": "app", "schemas": ["foo"], "access": "read_only"}]
MAKE = (
    "CREATE TYPE foo.mood AS ENUM ('a')",
    "CREATE DOMAIN foo.small AS int",
    "CREATE VIEW foo.names WITH (security_invoker) AS SELECT name FROM foo.event",
    "CREATE SEQUENCE foo.free",
    "CREATE PROCEDURE foo.act(foo.mood, int[]) LANGUAGE sql AS ''",
)
OBJECTS = (
    "TABLE foo.event",
    "VIEW foo.names",
    "SEQUENCE foo.free",
    "FUNCTION foo.answer()",
    "PROCEDURE foo.act(foo.mood, int[])",
    "TYPE foo.mood",
    "TYPE foo.small",
)


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


def test_a_table_whose_key_column_is_granted_goes_back_too(ready: Database) -> None:
    wanted = with_user(
        username="u", grants=[{"database": "app", "schemas": ["foo"], "access": "write_only", "key_columns": ["id"]}]
    )
    converge(ready, wanted)
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO u", "REVOKE SELECT (id) ON foo.event FROM u")
        assert converge(ready, wanted).changes > 0
        assert fingerprint(connection) == before
    assert converge(ready, wanted).changes == 0


def test_what_a_retired_user_owns_in_a_declared_schema_goes_to_its_owner_and_then_the_user_can_be_dropped(
    ready: Database,
) -> None:
    converge(ready, with_user(username="leaver", grants=READS))
    run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO leaver", "ALTER SCHEMA bar OWNER TO leaver")
    gone = spec(retired=[{"username": "leaver", "drop": True}])
    converge(ready, gone)
    assert (
        run(
            ready, "rdsadmin", "SELECT relowner::regrole::text FROM pg_class WHERE relname IN ('event', 'event_id_seq')"
        )
        == [("app_owner",)] * 2
    )
    assert run(ready, "rdsadmin", "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'bar'") == [
        ("app_owner",)
    ]
    assert allowed(ready, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    converge(ready, gone)
    assert run(ready, "rdsadmin", "SELECT count(*) FROM pg_roles WHERE rolname = 'leaver'") == [(0,)]
    assert converge(ready, gone).changes == 0


def test_the_master_is_no_member_of_the_old_owner_afterwards(ready: Database) -> None:
    query = (
        "SELECT count(*) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = "
        "'master'::regrole AND g.rolname = 'lambda_writer'"
    )
    before = run(ready, "rdsadmin", query)
    run(ready, "rdsadmin", "ALTER TABLE foo.event OWNER TO lambda_writer")
    converge(ready)
    assert run(ready, "rdsadmin", query) == before


def test_what_belongs_to_a_creator_or_the_master_stays_there(ready: Database) -> None:
    run(ready, "master", "CREATE TABLE foo.mine ()")
    assert converge(ready).changes == 0


def test_what_a_user_owns_outside_the_declared_schemas_is_left_alone(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE SCHEMA other",
        "CREATE TABLE other.t ()",
        "ALTER TABLE other.t OWNER TO lambda_writer",
    )
    assert converge(ready).changes == 0


def legacy(*, adopt: bool = True, **schema: object) -> AccessSpec:
    grants = [{"database": "app", "schemas": ["old"], "access": "write_only"}]
    declared = {"name": "old", "owner": "legacy", "adopt": adopt, **schema}
    return spec(databases=[{"name": "app", "schemas": [declared]}], users=[{"username": "u", "grants": grants}])


@pytest.fixture
def older(database: Database) -> Database:
    """A database in which an owner with a login has made things long before there was a spec."""
    run(
        database,
        "master",
        "CREATE ROLE legacy LOGIN PASSWORD 'known' CREATEDB",
        "CREATE ROLE maker LOGIN",
        "CREATE ROLE app_login LOGIN",
        "GRANT legacy TO master, app_login",
        "GRANT CONNECT ON DATABASE app TO legacy, maker, app_login",
        "CREATE SCHEMA old AUTHORIZATION legacy",
        "ALTER ROLE legacy SET work_mem = '1GB'",
    )
    run(
        database,
        "legacy",
        "CREATE TABLE old.t (id int)",
        "INSERT INTO old.t VALUES (1)",
        "GRANT ALL ON old.t TO PUBLIC",
    )
    return database


def test_an_owner_of_before_is_refused_with_what_to_do_unless_the_schema_says_adopt(older: Database) -> None:
    with older.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(
            PlanError,
            match=r"role 'legacy' exists and was made by somebody else; .* `adopt: true` beside it \(for an owner or "
            r"creator: on its schema\)",
        ):
            converge(older, legacy(adopt=False))
        assert fingerprint(connection) == before


def test_an_owner_of_before_is_adopted_with_all_it_owns_and_without_what_an_owner_does_not_have(
    older: Database,
) -> None:
    preview = reconcile.preview(connect_as_master(older), legacy(), "app")
    summary = converge(older, legacy())
    assert preview.plan == summary.plan
    assert any(
        "role 'app_login', which nobody manages, has the rights of 'legacy' as a member" in sentence
        for sentence in summary.warnings
    )
    role = run(
        older,
        "rdsadmin",
        "SELECT rolcanlogin, rolcreatedb, rolpassword, shobj_description(oid, 'pg_authid') FROM pg_authid WHERE "
        "rolname = 'legacy'",
    )
    assert role == [(False, False, None, "[managed by keyless-aurora]")]
    assert run(
        older, "rdsadmin", "SELECT count(*), min(relowner::regrole::text) FROM old.t, pg_class WHERE relname = 't'"
    ) == [(1, "legacy")]
    assert allowed(older, "u", "INSERT INTO old.t VALUES (2)") and not allowed(older, "u", "TABLE old.t")
    assert converge(older, legacy()).changes == 0
    assert converge(older, legacy(adopt=False)).changes == 0, "once it is ours, nobody need say so"


def test_creators_of_before_are_adopted_with_their_schema(older: Database) -> None:
    run(older, "master", "GRANT maker TO master")
    wanted = legacy(creators=["maker"])
    converge(older, wanted)
    assert run(older, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'maker'") == [(False,)]
    assert converge(older, wanted).changes == 0


def test_an_owner_that_another_spec_manages_is_not_adopted(older: Database) -> None:
    run(older, "master", "COMMENT ON ROLE legacy IS '[managed by another]'")
    with pytest.raises(
        PlanError,
        match="role 'legacy' exists and is managed by 'another'; allowed: a name that is free or managed by "
        "'keyless-aurora'",
    ):
        converge(older, legacy())


def test_an_owner_that_the_master_may_not_administer_is_not_adopted_and_nothing_changes(older: Database) -> None:
    """From PostgreSQL 16 on CREATEROLE alone is not enough."""
    run(older, "rdsadmin", "CREATE ROLE foreign_owner", "CREATE SCHEMA theirs AUTHORIZATION foreign_owner")
    wanted = spec(
        databases=[{"name": "app", "schemas": [{"name": "theirs", "owner": "foreign_owner", "adopt": True}]}], users=[]
    )
    if major(older) < 16:
        assert converge(older, wanted).changes > 0
        return
    with older.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(
            PlanError, match="role 'foreign_owner' is not the master's to change, who has no ADMIN OPTION"
        ):
            converge(older, wanted)
        assert fingerprint(connection) == before
