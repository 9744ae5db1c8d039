"""What happens between a run's plan and its COMMIT: each last look, alone, stops what another session does in that
moment."""

from collections.abc import Callable
from typing import Any

import pytest

from db_access.errors import ProofError
from db_access.postgresql import apply
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import converge, fingerprint, make_tables, run

Meanwhile = Callable[..., None]
ONCE = Timeouts(transient=0)
"""A second attempt would read what has come meanwhile, and take it away."""


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    return database


@pytest.fixture
def meanwhile(ready: Database, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Statements that somebody else commits when a run has made its plan and is about to carry it out."""

    def arrange(*statements: str) -> None:
        carry_out = apply.execute

        def after_others(*args: Any) -> None:
            run(ready, "rdsadmin", *statements)
            carry_out(*args)

        monkeypatch.setattr(apply, "execute", after_others)

    return arrange


@pytest.mark.parametrize("drifted", [False, True], ids=["nothing to do", "something to do"])
def test_a_right_that_the_plan_could_not_see_stops_the_run_by_the_proof(
    ready: Database, meanwhile: Meanwhile, drifted: bool
) -> None:
    if drifted:
        run(ready, "rdsadmin", "REVOKE USAGE ON SCHEMA bar FROM lambda_writer")
    meanwhile("GRANT TRUNCATE ON ops.migration TO lambda_writer", "GRANT USAGE ON SCHEMA ops TO lambda_writer")
    with pytest.raises(
        ProofError, match=r"'lambda_writer' can TRUNCATE on table ops\.migration, through a grant to the user"
    ):
        converge(ready, timeouts=ONCE)
    has_bar = run(ready, "rdsadmin", "SELECT has_schema_privilege('lambda_writer', 'bar', 'USAGE')")
    assert has_bar == [(not drifted,)]  # what the run had to do was rolled back with it


def test_a_membership_that_the_plan_could_not_see_stops_the_run_by_the_second_lock_out_check(
    ready: Database, meanwhile: Meanwhile
) -> None:
    run(
        ready,
        "rdsadmin",
        "CREATE ROLE report LOGIN PASSWORD 'p'",
        "REVOKE rds_iam FROM lambda_writer GRANTED BY master",
    )
    with ready.superuser() as connection:
        before = fingerprint(connection)
    meanwhile("GRANT lambda_writer TO report")
    with pytest.raises(
        ProofError,
        match="login 'report' would reach 'rds_iam' through a membership, so its password would stop working",
    ):
        converge(ready, timeouts=ONCE)
    run(ready, "rdsadmin", "REVOKE lambda_writer FROM report")
    with ready.superuser() as connection:
        assert fingerprint(connection) == before


def test_a_right_on_future_objects_that_the_plan_could_not_see_stops_the_run_because_something_is_left(
    ready: Database, meanwhile: Meanwhile
) -> None:
    """The proof asks about what exists; that the plan is empty afterwards is what speaks of the future."""
    run(ready, "rdsadmin", "REVOKE INSERT ON foo.event FROM lambda_writer")
    meanwhile("ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO lambda_writer")
    with pytest.raises(
        ProofError,
        match=r"PostgreSQL did not carry out: ALTER DEFAULT PRIVILEGES FOR ROLE .* REVOKE SELECT ON TABLES FROM",
    ):
        converge(ready, timeouts=ONCE)
    assert run(ready, "rdsadmin", "SELECT has_table_privilege('lambda_writer', 'foo.event', 'INSERT')") == [(False,)]
