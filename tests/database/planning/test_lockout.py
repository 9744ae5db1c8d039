"""No login becomes IAM-only by accident: refused before the first statement, with the chain that would do it."""

from functools import partial
from typing import Any

import psycopg
import pytest

from db_access.errors import PlanError
from db_access.postgresql import reconcile
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, connect_as_master, converge, fingerprint, major, run, spec, with_user

KEEPER = "keeper"


def has_options(database: Database) -> bool:
    return major(database) >= 16


@pytest.fixture
def kept(database: Database) -> Database:
    """A database whose master has a password, and is nobody's IAM user."""
    database.server.create_master(KEEPER, iam=False, password="correct horse", database="kept")
    return Database(database.server, name="kept", master=KEEPER)


def kept_spec(**user: Any) -> Any:
    return spec(
        databases=[{"name": "kept", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
        users=[{"username": "u", "databases": ["kept"], **user}],
        acknowledged=[{"username": MASTER, "reason": "the master of another database"}],
    )


@pytest.mark.parametrize(
    ("memberships", "chain"),
    [
        (["GRANT lambda_writer TO report"], "'report' in 'lambda_writer' in 'rds_iam'"),
        (
            ["GRANT lambda_writer TO team", "GRANT team TO other", "GRANT other TO report"],
            "'report' in 'other' in 'team' in 'lambda_writer' in 'rds_iam'",
        ),
    ],
)
@pytest.mark.parametrize("when", ["before the user becomes IAM's", "afterwards"])
def test_a_password_login_that_reaches_rds_iam_is_refused_before_anything_runs(
    database: Database, memberships: list[str], chain: str, when: str
) -> None:
    converge(database)
    run(
        database,
        "master",
        "CREATE ROLE report LOGIN PASSWORD 'p'",
        "CREATE ROLE team",
        "CREATE ROLE other",
        *memberships,
    )
    if when != "afterwards":
        run(database, "master", "REVOKE rds_iam FROM lambda_writer")
    with database.superuser() as connection:
        before = fingerprint(connection)
        for attempt in (converge, lambda d: reconcile.preview(connect_as_master(d), SAMPLE, "app")):
            with pytest.raises(
                PlanError,
                match=f"login 'report' would reach 'rds_iam' through a membership, so its password would stop "
                f"working: {chain}; allowed",
            ):
                attempt(database)
        assert fingerprint(connection) == before


def test_a_login_that_is_iams_by_itself_is_nobodys_accident(database: Database) -> None:
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE theirs LOGIN", "GRANT rds_iam, lambda_writer TO theirs")
    assert converge(database).changes == 0


def test_a_group_that_cannot_log_in_is_nobodys_accident(database: Database) -> None:
    converge(database)
    run(database, "master", "CREATE ROLE team", "GRANT lambda_writer TO team")
    assert converge(database).changes == 0


def test_a_membership_that_the_plan_takes_away_is_in_nobodys_way(database: Database) -> None:
    converge(database, with_user(username="report", auth_method="password", databases=["app"]))
    run(database, "master", "GRANT rds_iam TO report")
    converge(database, with_user(username="report", auth_method="password", databases=["app"]))
    assert run(database, "rdsadmin", "SELECT pg_has_role('report', 'rds_iam', 'MEMBER')") == [(False,)]


def test_a_group_of_the_spec_that_came_under_iam_is_taken_out_or_the_run_fails(database: Database) -> None:
    """From PostgreSQL 16 on the master can't revoke what others granted."""
    group = {"name": "readers", "databases": ["app"]}
    wanted = spec(groups=[group], users=[{"username": "report", "auth_method": "password", "groups": ["readers"]}])
    converge(database, wanted)
    run(database, "rdsadmin", "CREATE ROLE middle", "GRANT rds_iam TO middle", "GRANT middle TO readers")
    if has_options(database):
        with pytest.raises(
            PlanError, match=r"login 'report' would reach .*: 'report' in 'readers' in 'middle' in 'rds_iam'"
        ):
            converge(database, wanted)
        return
    converge(database, wanted)
    assert run(database, "rdsadmin", "SELECT pg_has_role('report', 'rds_iam', 'MEMBER')") == [(False,)]


def test_a_password_master_is_refused_with_its_chain_where_creating_a_user_makes_it_a_member(kept: Database) -> None:
    attempt = partial(reconcile.converge, lambda: psycopg.connect(kept.conninfo(KEEPER)), kept_spec(), "kept")
    if not has_options(kept):
        attempt()
        assert run(kept, "rdsadmin", "SELECT pg_has_role('keeper', 'rds_iam', 'MEMBER')") == [(False,)]
        return
    with kept.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(
            PlanError, match=r"login 'keeper' would reach 'rds_iam' .*: 'keeper' in 'u' in 'rds_iam'; allowed"
        ):
            attempt()
        assert fingerprint(connection) == before


def test_a_password_master_that_holds_an_iam_user_is_refused_with_its_chain(kept: Database) -> None:
    def attempt(**user: Any) -> None:
        reconcile.converge(lambda: psycopg.connect(kept.conninfo(KEEPER)), kept_spec(**user), "kept")

    attempt(auth_method="none")
    run(kept, "rdsadmin", "GRANT u TO keeper")
    with pytest.raises(PlanError, match="'keeper' in 'u' in 'rds_iam'; allowed"):
        attempt()
