"""What can run with its owner's rights changes its owner by nobody's leave; what is inert goes to the schema's owner."""

from typing import Any

import pytest

from db_access.errors import ProofError
from db_access.postgresql import apply, reconcile
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, make_tables, run, with_user
from tests.database.planning.acting import ACTING, EXECUTES, INERT

MAKES = [{"database": "app", "schemas": ["foo"], "access": "read_only", "schema_privileges": ["USAGE", "CREATE"]}]
MAKER = with_user(username="maker", privileges=["CONNECT", "CREATE"], grants=MAKES)

OWNER = """
SELECT relowner::regrole::text FROM pg_class WHERE relname = 'mine' AND relkind <> 'c'
UNION ALL SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'mine'
UNION ALL SELECT typowner::regrole::text FROM pg_type WHERE typname = 'mine' AND (typtype = 'd' OR typtype = 'c'
    AND EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))
"""


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database, MAKER)
    make_tables(database)
    converge(database, MAKER)
    return database


@pytest.mark.parametrize("name", ACTING)
def test_what_can_run_with_its_owners_rights_stays_and_is_named_and_stops_nothing(ready: Database, name: str) -> None:
    statements, why = ACTING[name]
    run(ready, "maker", *statements)
    run(ready, "rdsadmin", "REVOKE INSERT ON bar.audit FROM lambda_writer")
    done = converge(ready, MAKER)
    assert run(ready, "rdsadmin", OWNER) == [("maker",)]
    named = [sentence for sentence in done.warnings if f"belongs to 'maker', and {why}" in sentence]
    assert named and all("so it stays with 'maker'; look at what it does, then drop it" in each for each in named)
    assert allowed(ready, "lambda_writer", "INSERT INTO bar.audit (name) VALUES ('x')")
    assert converge(ready, MAKER).changes == 0
    evidence = reconcile.prove(connect_as_master(ready), MAKER, "app")
    assert not evidence.holds and not evidence.plan and not evidence.conflicts and set(named) <= set(evidence.left)


@pytest.mark.parametrize("name", INERT)
def test_what_is_inert_goes_to_the_schemas_owner(ready: Database, name: str) -> None:
    run(ready, "maker", *INERT[name])
    converge(ready, MAKER)
    assert run(ready, "rdsadmin", OWNER) == [("app_owner",)]
    assert converge(ready, MAKER).changes == 0
    assert reconcile.prove(connect_as_master(ready), MAKER, "app").holds


@pytest.mark.parametrize("gives", ["PUBLIC", "master WITH GRANT OPTION", "lambda_writer WITH GRANT OPTION"])
def test_the_columns_of_what_stays_stay_with_it(ready: Database, gives: str) -> None:
    run(
        ready,
        "maker",
        *ACTING["a table with a trigger"][0],
        f"GRANT SELECT (id), UPDATE (id) ON foo.mine TO {gives}",
        "GRANT SELECT (id) ON foo.mine TO PUBLIC",
    )
    converge(ready, MAKER)
    held = "SELECT has_column_privilege('migrator', 'foo.mine', 'id', 'SELECT')"
    assert run(ready, "rdsadmin", held) == [(False,)]
    assert converge(ready, MAKER).changes == 0


def test_no_user_comes_to_run_what_it_likes_as_the_owner(ready: Database) -> None:
    run(ready, "migrator", "CREATE TABLE ops.secret ()")
    run(ready, "maker", *ACTING["a definer function"][0])
    converge(ready, MAKER)
    assert not allowed(ready, "maker", "SELECT foo.mine('DROP TABLE ops.secret')")


def test_a_user_that_leaves_keeps_the_objects_and_nobody_can_act_by_them(ready: Database) -> None:
    run(ready, "maker", *ACTING["a definer function"][0], "GRANT EXECUTE ON FUNCTION foo.mine(text) TO PUBLIC")
    done = converge(ready)
    assert any("belongs to 'maker', and is SECURITY DEFINER" in sentence for sentence in done.warnings)
    assert not allowed(ready, "lambda_writer", "SELECT foo.mine('SELECT 1')")
    assert converge(ready).changes == 0


def test_the_owner_of_what_stays_may_have_taken_rights_from_itself(ready: Database) -> None:
    run(ready, "maker", "CREATE VIEW foo.mine AS SELECT 1 AS one", "REVOKE ALL ON foo.mine FROM maker, PUBLIC")
    converge(ready, MAKER)
    assert converge(ready, MAKER).changes == 0


@pytest.mark.parametrize(
    ("made", "arms"),
    [
        (
            ["CREATE FUNCTION foo.mine(what text) " + EXECUTES.format("")],
            "ALTER FUNCTION foo.mine(text) SECURITY DEFINER",
        ),
        (["CREATE TABLE foo.mine (id int)"], "CREATE INDEX ON foo.mine ((id + 1))"),
        (
            ["CREATE VIEW foo.mine WITH (security_invoker) AS SELECT 1 AS one"],
            "ALTER VIEW foo.mine RESET (security_invoker)",
        ),
    ],
)
def test_what_is_armed_between_the_plan_and_the_change_of_owner_stops_the_run(
    ready: Database, monkeypatch: pytest.MonkeyPatch, made: list[str], arms: str
) -> None:
    carry_out = apply.execute

    def after_others(*args: Any) -> None:
        run(ready, "maker", arms)
        carry_out(*args)

    run(ready, "maker", *made)
    with monkeypatch.context() as patched:
        patched.setattr(apply, "execute", after_others)
        with pytest.raises(ProofError, match=r"foo\.mine.*, which was to go to 'app_owner', now "):
            converge(ready, MAKER, timeouts=Timeouts(transient=0))
    assert run(ready, "rdsadmin", OWNER) == [("maker",)]
    converge(ready, MAKER)
    assert run(ready, "rdsadmin", OWNER) == [("maker",)]


def test_a_run_can_be_stopped_by_nothing_of_all_this_together(ready: Database) -> None:
    for number, (statements, _) in enumerate(ACTING.values()):
        here = [
            each.replace("foo.trap", f"foo.trap{number}").replace("foo.mine", f"foo.mine{number}")
            for each in statements
        ]
        for name in ("head", "mood", "other", "s ", "span", "whole"):
            here = [each.replace(f"foo.{name}", f"foo.{name.strip()}{number} ") for each in here]
        here = [each.replace("mk", f"mk{number}") for each in here]
        run(ready, "maker", *here)
    assert converge(ready, MAKER).changes > 0
    assert converge(ready, MAKER).changes == 0
