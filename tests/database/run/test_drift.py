"""Break the database by hand: the next run puts it right, by delta, and the run after it has nothing to do."""

import pytest

from db_access.errors import AccessError, PlanError
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, make_tables, run, spec, with_user


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    return database


@pytest.mark.parametrize(
    ("user", "drift"),
    [
        # more than the spec gives
        ("migrator", "GRANT SELECT ON foo.event TO lambda_writer"),
        ("migrator", "GRANT ALL ON ALL TABLES IN SCHEMA bar TO lambda_writer"),
        ("migrator", "GRANT SELECT (id) ON foo.event TO lambda_writer"),
        ("migrator", "GRANT SELECT ON foo.event TO PUBLIC"),
        ("migrator", "GRANT USAGE ON SCHEMA ops TO lambda_writer"),
        ("migrator", "GRANT CREATE ON SCHEMA foo TO lambda_writer"),
        ("migrator", "GRANT SELECT ON ops.migration TO lambda_writer"),
        ("migrator", "GRANT EXECUTE ON FUNCTION foo.answer() TO PUBLIC"),
        ("migrator", "GRANT EXECUTE ON FUNCTION foo.answer() TO lambda_writer"),
        ("migrator", "GRANT UPDATE ON SEQUENCE foo.event_id_seq TO lambda_writer"),
        ("migrator", "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT SELECT ON TABLES TO lambda_writer"),
        ("migrator", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO lambda_writer"),
        ("migrator", "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC"),
        ("migrator", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"),
        ("migrator", "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT SELECT ON TABLES TO PUBLIC"),
        ("migrator", "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT USAGE ON SEQUENCES TO PUBLIC"),
        ("migrator", "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT EXECUTE ON FUNCTIONS TO PUBLIC"),
        ("migrator", "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO PUBLIC"),
        ("master", "ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO lambda_writer"),
        ("master", "GRANT app_owner TO lambda_writer"),
        ("master", "GRANT app_owner TO migrator WITH ADMIN OPTION"),
        ("master", "GRANT CREATE, TEMPORARY ON DATABASE app TO lambda_writer"),
        ("master", "GRANT CONNECT ON DATABASE app TO PUBLIC"),
        ("rdsadmin", "GRANT USAGE ON SCHEMA public TO PUBLIC"),
        ("rdsadmin", "GRANT CREATE ON SCHEMA public TO lambda_writer"),
        ("master", "ALTER ROLE lambda_writer CREATEDB CREATEROLE"),
        ("master", "ALTER ROLE app_owner LOGIN"),
        ("master", "ALTER ROLE lambda_writer CONNECTION LIMIT 1000"),
        ("master", "ALTER ROLE lambda_writer IN DATABASE app SET role = 'app_owner'"),
        ("master", "ALTER ROLE lambda_writer IN DATABASE app SET search_path = bar"),
        ("lambda_writer", "ALTER ROLE lambda_writer IN DATABASE app SET statement_timeout = '1h'"),
        ("master", "ALTER ROLE migrator INHERIT"),
        # less than the spec gives
        ("migrator", "REVOKE INSERT ON foo.event FROM lambda_writer"),
        ("migrator", "REVOKE ALL ON SCHEMA foo FROM lambda_writer"),
        ("migrator", "REVOKE USAGE ON SEQUENCE foo.event_id_seq FROM lambda_writer"),
        ("migrator", "ALTER DEFAULT PRIVILEGES IN SCHEMA foo REVOKE INSERT ON TABLES FROM lambda_writer"),
        ("master", "REVOKE CONNECT ON DATABASE app FROM lambda_writer"),
        ("master", "REVOKE app_owner FROM migrator"),
        ("master", "REVOKE rds_iam FROM lambda_writer"),
        ("master", "ALTER ROLE lambda_writer NOLOGIN"),
        ("master", "ALTER ROLE migrator IN DATABASE app RESET role"),
        ("master", "COMMENT ON ROLE lambda_writer IS 'another [managed by keyless-aurora]'"),
    ],
)
def test_drift_is_put_right(ready: Database, user: str, drift: str) -> None:
    with ready.superuser() as connection:
        before = fingerprint(connection)
        run(ready, user, drift)
        assert fingerprint(connection) != before
        assert converge(ready).changes > 0
        assert fingerprint(connection) == before
        assert converge(ready).changes == 0


def test_a_repair_touches_only_what_differs(ready: Database, caplog: pytest.LogCaptureFixture) -> None:
    run(ready, "migrator", "REVOKE INSERT ON foo.event FROM lambda_writer")
    with caplog.at_level("INFO", "db_access"):
        converge(ready)
    statements = [record.getMessage() for record in caplog.records if "--" in record.getMessage()]
    assert statements == ['GRANT INSERT ON TABLE "foo"."event" TO "lambda_writer"  -- the spec gives it']


def test_roles_and_grants_of_others_are_never_touched(ready: Database) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE ROLE stranger LOGIN",
        "GRANT ALL ON foo.event TO stranger",
        "GRANT CREATE ON SCHEMA public TO stranger",
    )
    with ready.superuser() as connection:
        before = fingerprint(connection)
        assert converge(ready).changes == 0
        assert fingerprint(connection) == before


def test_a_role_that_somebody_else_made_is_refused_by_name_and_nothing_changes(database: Database) -> None:
    run(
        database,
        "master",
        "CREATE ROLE lambda_writer LOGIN",
        "CREATE ROLE app_owner",
        "COMMENT ON ROLE app_owner IS '[managed by another]'",
    )
    with database.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(PlanError) as refused:
            converge(database)
        assert fingerprint(connection) == before
    assert refused.value.problems == (
        "role 'app_owner' exists and is managed by 'another'; allowed: a name that is free or managed by "
        "'keyless-aurora', `take_over: [another]` in the spec, which takes over the roles that it declares, or, if this "
        "spec has managed it under that name, `managed_by: another` (--managed-by another)",
        "role 'lambda_writer' exists and was made by somebody else; allowed: a name that is free or managed by "
        "'keyless-aurora', or `adopt: true` beside it (for an owner or creator: on its schema), which takes it over",
    )


def test_what_only_a_superuser_can_take_away_fails_the_run_and_is_named(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER ROLE lambda_writer SUPERUSER")
    with ready.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(AccessError, match=r"nothing was changed|rolled back|stands in the way"):
            converge(ready)
        assert fingerprint(connection) == before


@pytest.mark.parametrize("column", ["ctid", "xmin", "tableoid"])
def test_a_grant_on_a_system_column_is_taken_back(ready: Database, column: str) -> None:
    """With it a user that may delete, and not read, can delete chosen rows."""
    chosen = f"DELETE FROM foo.event WHERE {column} IS NOT NULL"
    assert not allowed(ready, "lambda_writer", chosen)
    run(ready, "migrator", f"GRANT SELECT ({column}) ON foo.event TO lambda_writer")
    assert allowed(ready, "lambda_writer", chosen)
    assert converge(ready).changes == 1
    assert not allowed(ready, "lambda_writer", chosen)


@pytest.mark.parametrize("role", ["a_user", "a_group", "lambda_writer"])
@pytest.mark.parametrize(
    "privilege", ["SELECT ON foo.event", "USAGE ON SCHEMA ops", "UPDATE ON SEQUENCE foo.event_id_seq"]
)
def test_who_has_a_grant_option_and_owns_something_loses_both(database: Database, role: str, privilege: str) -> None:
    """The master becomes a member of it to move what it owns, and must not revoke in its name, which PostgreSQL prefers
    to the owner's when it is the older role."""
    users = [{"username": "a_user"}, *SAMPLE.as_properties()["users"]]
    wanted = spec(groups=[{"name": "a_group"}], users=users)
    converge(database, wanted)
    make_tables(database)
    converge(database, wanted)
    with database.superuser() as connection:
        before = fingerprint(connection)
        connection.execute(f"ALTER TABLE bar.audit OWNER TO {role}".encode())
        connection.execute(f"GRANT {privilege} TO {role} WITH GRANT OPTION".encode())
        converge(database, wanted)
        assert fingerprint(connection) == before
        assert converge(database, wanted).changes == 0


def test_a_grant_in_a_schema_of_others_is_taken_back(ready: Database) -> None:
    run(
        ready,
        "master",
        "CREATE SCHEMA other",
        "CREATE TABLE other.t ()",
        "GRANT USAGE ON SCHEMA other TO lambda_writer",
        "GRANT SELECT ON other.t TO lambda_writer",
    )
    assert converge(ready).changes == 2
    assert run(ready, "rdsadmin", "SELECT has_schema_privilege('lambda_writer', 'other', 'USAGE')") == [(False,)]


def test_a_user_taken_from_the_spec_loses_everything_and_keeps_what_it_owns(ready: Database) -> None:
    wanted = with_user(username="leaver", grants=[{"database": "app", "schemas": ["foo"], "access": "read_write"}])
    converge(ready, wanted)
    run(ready, "rdsadmin", "CREATE SCHEMA theirs AUTHORIZATION leaver")
    converge(ready)
    query = """SELECT rolcanlogin, pg_has_role('leaver', 'rds_iam', 'MEMBER'), has_table_privilege('leaver', 'foo.event', 'INSERT'),
               has_database_privilege('leaver', 'app', 'CONNECT') FROM pg_roles WHERE rolname = 'leaver'"""
    assert run(ready, "rdsadmin", query) == [(False, False, False, False)]
    assert run(ready, "rdsadmin", "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'theirs'") == [
        ("leaver",)
    ]
    assert converge(ready).changes == 0


def test_a_schema_that_somebody_else_made_is_not_taken_over(database: Database) -> None:
    run(database, "rdsadmin", "CREATE ROLE alice", "GRANT alice TO master", "CREATE SCHEMA foo AUTHORIZATION alice")
    with pytest.raises(PlanError, match="schema 'foo' belongs to 'alice', who is not ours"):
        converge(database)


def test_an_extension_in_a_declared_schema_is_left_alone(ready: Database) -> None:
    run(ready, "rdsadmin", "CREATE EXTENSION pgcrypto SCHEMA foo", "CREATE EXTENSION pg_stat_statements SCHEMA bar")
    with ready.superuser() as connection:
        before = fingerprint(connection)
        assert converge(ready).changes == 0
        assert fingerprint(connection) == before


def test_there_and_back_leaves_every_right_as_it_was_and_from_the_second_time_on_every_byte(ready: Database) -> None:
    """Where nothing was ever granted PostgreSQL stores no ACL; after the first GRANT it writes the owner's rights out,
    for good."""
    run(ready, "migrator", "CREATE TYPE foo.mood AS ENUM ()")
    there = with_user(username="u", grants=[{"database": "app", "schemas": ["foo"], "types": ["USAGE"]}])
    query = "SELECT typacl::text, coalesce(typacl, acldefault('T', typowner))::text FROM pg_type WHERE typname = 'mood'"
    ((at_first, meaning),) = run(ready, "rdsadmin", query)
    seen = []
    for _ in range(2):
        converge(ready, there)
        converge(ready)
        seen += run(ready, "rdsadmin", query)
    assert at_first is None
    assert seen == [(meaning, meaning)] * 2
