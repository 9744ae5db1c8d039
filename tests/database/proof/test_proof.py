"""The proof sees every route by which a user can do more, or less, than the spec says. Each is broken on purpose."""

import pytest

from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, major, make_tables, run


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    return database


def violations(database: Database) -> list[str]:
    with database.superuser() as connection:
        return proof.sentences(connection, proof.ask(connection, desired(SAMPLE, "app", master="master")).read())


def test_a_converged_database_holds_no_violation(ready: Database) -> None:
    assert violations(ready) == []


@pytest.mark.parametrize(
    ("drift", "expected"),
    [
        (
            "GRANT SELECT ON foo.event TO lambda_writer",
            "'lambda_writer' can SELECT on table foo.event, through a grant to the user, though",
        ),
        (
            "GRANT SELECT ON foo.event TO PUBLIC",
            "'lambda_writer' can SELECT on table foo.event, through PUBLIC, though",
        ),
        (
            "GRANT SELECT (ctid) ON foo.event TO lambda_writer",
            "'lambda_writer' can SELECT on table foo.event, through a grant to the user on column ctid",
        ),
        (
            "GRANT SELECT (id) ON foo.event TO lambda_writer",
            "'lambda_writer' can SELECT on table foo.event, through a grant to the user on column id",
        ),
        (
            "CREATE ROLE team; GRANT team TO lambda_writer; GRANT TRUNCATE ON bar.audit TO team",
            "'lambda_writer' can TRUNCATE on table bar.audit, through membership in team",
        ),
        (
            "CREATE ROLE a; CREATE ROLE b; GRANT b TO a; GRANT a TO lambda_writer; GRANT USAGE ON SCHEMA ops TO b",
            "'lambda_writer' has USAGE on schema ops, through membership in b",
        ),
        (
            "GRANT app_owner TO lambda_writer",
            "'lambda_writer' can CREATE on schema foo, through membership in its owner app_owner",
        ),
        (
            "ALTER TABLE foo.event OWNER TO lambda_writer",
            "'lambda_writer' has MAINTAIN, REFERENCES, SELECT, TRIGGER, TRUNCATE on table foo.event, through ownership",
        ),
        (
            "ALTER ROLE lambda_writer SUPERUSER",
            "'lambda_writer' has CREATE, USAGE on schema public, through a superuser attribute",
        ),
        (
            "GRANT pg_read_all_data TO lambda_writer",
            "'lambda_writer' can SELECT on sequence bar.audit_id_seq, through a predefined role",
        ),
        (
            "GRANT EXECUTE ON FUNCTION foo.answer() TO PUBLIC",
            "'lambda_writer' can EXECUTE on function foo.answer, through PUBLIC",
        ),
        ("GRANT USAGE ON SCHEMA public TO PUBLIC", "'lambda_writer' has USAGE on schema public, through PUBLIC"),
        ("GRANT TEMPORARY ON DATABASE app TO PUBLIC", "'migrator' has TEMPORARY on database app, through PUBLIC"),
        (
            "ALTER ROLE migrator INHERIT; REVOKE app_owner FROM migrator GRANTED BY master; GRANT app_owner TO "
            "migrator",
            "'migrator' has CREATE, USAGE on schema foo",
        ),
        (
            "REVOKE INSERT ON foo.event FROM lambda_writer",
            "'lambda_writer' can't INSERT on table foo.event, though the spec gives it",
        ),
        ("REVOKE USAGE ON SCHEMA bar FROM lambda_writer", "'lambda_writer' lacks USAGE on schema bar, though"),
        (
            "REVOKE USAGE ON SEQUENCE bar.audit_id_seq FROM lambda_writer",
            "'lambda_writer' lacks USAGE on sequence bar.audit_id_seq, though",
        ),
        ("REVOKE CONNECT ON DATABASE app FROM migrator", "'migrator' can't CONNECT on database app, though"),
    ],
)
def test_every_route_to_more_or_less_is_seen_and_named(ready: Database, drift: str, expected: str) -> None:
    run(ready, "rdsadmin", *drift.split("; "))
    found = violations(ready)
    newest = major(ready) >= 17
    wanted = expected if newest else expected.replace("MAINTAIN, ", "")
    assert any(violation.startswith(wanted) for violation in found), found


def test_one_table_among_many_is_found(ready: Database) -> None:
    run(ready, "migrator", *(f"CREATE TABLE foo.t{n} ()" for n in range(20)), "GRANT SELECT ON foo.t7 TO lambda_writer")
    assert violations(ready) == [
        "'lambda_writer' can SELECT on table foo.t7, through a grant to the user, though the spec doesn't give it"
    ]


def test_tables_that_are_wrong_in_the_same_way_are_one_violation(ready: Database) -> None:
    run(
        ready,
        "migrator",
        *(f"CREATE TABLE foo.t{n} ()" for n in range(20)),
        "GRANT SELECT ON ALL TABLES IN SCHEMA foo TO lambda_writer",
    )
    assert violations(ready) == [
        "'lambda_writer' can SELECT on table foo.event and 20 other tables with the same owner and rights, "
        "through a grant to the user, though the spec doesn't give it"
    ]


def test_a_login_that_would_become_iam_only_by_a_membership_is_refused(database: Database) -> None:
    """GRANT lambda_writer TO somebody makes somebody's password useless as soon as lambda_writer is in rds_iam."""
    converge(database)
    run(
        database,
        "master",
        "REVOKE rds_iam FROM lambda_writer",
        "CREATE ROLE report LOGIN PASSWORD 'p'",
        "GRANT lambda_writer TO report",
    )
    with pytest.raises(
        Exception, match="login 'report' would reach 'rds_iam' through a membership, so its password would stop working"
    ):
        converge(database)
    assert run(database, "rdsadmin", "SELECT pg_has_role('lambda_writer', 'rds_iam', 'MEMBER')") == [(False,)]
