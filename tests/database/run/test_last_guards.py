"""What happens between a run's plan and its COMMIT: each last look, alone, finds what another session does in that
moment; and a run carries out what that makes necessary."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from db_access.errors import ProofError
from db_access.postgresql import apply
from db_access.postgresql import run as run_of_engine
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
    """Statements that somebody else commits when a run has made its plan and is about to carry it out. The run then
    looks once."""

    def arrange(*statements: str) -> None:
        monkeypatch.setattr(run_of_engine, "_ROUNDS", 1)
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


SEEN_ALWAYS = {
    "a right": ["GRANT TRUNCATE ON ops.migration TO lambda_writer"],
    "a right too few": ["REVOKE INSERT ON bar.audit FROM lambda_writer"],
    "an object": ["CREATE TABLE foo.late ()", "ALTER TABLE foo.late OWNER TO lambda_writer"],
    "a membership": ["GRANT app_owner TO lambda_writer GRANTED BY master"],
    "what a stranger gives": ["GRANT TRUNCATE ON ops.theirs TO lambda_writer"],
}
SEEN_IN_PASSING = {
    "a right on future objects": [
        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO lambda_writer"
    ],
}
"""Where the run has something to do. Otherwise it is as if it came a moment later."""


@pytest.mark.parametrize(
    ("what", "drifted"), [*product(SEEN_ALWAYS, (False, True)), *product(SEEN_IN_PASSING, (True,))]
)
def test_what_others_do_meanwhile_is_dealt_with_in_the_same_run(
    ready: Database, monkeypatch: pytest.MonkeyPatch, what: str, drifted: bool
) -> None:
    carry_out, left = apply.execute, [(SEEN_ALWAYS | SEEN_IN_PASSING)[what]]

    def after_others(*args: Any) -> None:
        if left:
            run(ready, "rdsadmin", *left.pop())
        carry_out(*args)

    run(ready, "rdsadmin", "CREATE TABLE ops.theirs ()")
    if drifted:
        run(ready, "rdsadmin", "REVOKE INSERT ON foo.event FROM lambda_writer")
    monkeypatch.setattr(apply, "execute", after_others)
    converge(ready, timeouts=ONCE)
    assert not left and converge(ready).changes == 0


def test_what_postgresql_does_not_carry_out_ends_the_run(ready: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run(ready, "rdsadmin", "REVOKE INSERT ON foo.event FROM lambda_writer")
    monkeypatch.setattr(apply, "execute", lambda *_: None)
    with pytest.raises(ProofError, match=r"did not carry out: GRANT INSERT ON TABLE"):
        converge(ready)


def test_a_run_that_others_give_something_new_to_do_each_time_ends(
    ready: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out, made = apply.execute, iter(range(1000))

    def after_others(*args: Any) -> None:
        name = f"foo.late{next(made)}"
        run(ready, "rdsadmin", f"CREATE TABLE {name} ()", f"ALTER TABLE {name} OWNER TO lambda_writer")
        carry_out(*args)

    monkeypatch.setattr(apply, "execute", after_others)
    with pytest.raises(ProofError, match=r"foo\.late"):
        converge(ready, timeouts=ONCE)
