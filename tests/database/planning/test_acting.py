"""What can run with its owner's rights changes its owner by nobody's leave; what is inert goes to the schema's owner."""

from typing import Any

import pytest

from db_access.errors import ProofError
from db_access.postgresql import apply, reconcile
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import allowed, connect_as_master, converge, make_tables, run, with_user

MAKES = [{"database": "app", "schemas": ["foo"], "access": "read_only", "schema_privileges": ["USAGE", "CREATE"]}]
MAKER = with_user(username="maker", grants=MAKES)

EXECUTES = "RETURNS int LANGUAGE plpgsql {} AS $$BEGIN EXECUTE what; RETURN 1; END$$"
TRIGGER = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"

ACTING = {
    "a definer function": (
        ["CREATE FUNCTION foo.mine(what text) " + EXECUTES.format("SECURITY DEFINER")],
        "is SECURITY",
    ),
    "a definer procedure": (
        ["CREATE PROCEDURE foo.mine(what text) LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN EXECUTE what; END$$"],
        "is SECURITY DEFINER",
    ),
    "a view": (["CREATE VIEW foo.mine AS SELECT 1 AS one"], "reads and writes with its owner's rights"),
    "a view that says it isn't an invoker's": (
        ["CREATE VIEW foo.mine WITH (security_invoker = off, security_barrier) AS SELECT 1 AS one"],
        "reads and writes with its owner's rights",
    ),
    "an invoker's view with a trigger": (
        [
            "CREATE VIEW foo.mine WITH (security_invoker) AS SELECT 1 AS one",
            f"CREATE FUNCTION foo.trap() {TRIGGER}",
            "CREATE TRIGGER t INSTEAD OF INSERT ON foo.mine FOR EACH ROW EXECUTE FUNCTION foo.trap()",
        ],
        "has triggers",
    ),
    "a materialized view": (
        ["CREATE MATERIALIZED VIEW foo.mine AS SELECT 1 AS one"],
        "is filled with its owner's rights",
    ),
    "a table with a trigger": (
        [
            "CREATE TABLE foo.mine (id int)",
            f"CREATE FUNCTION foo.trap() {TRIGGER}",
            "CREATE TRIGGER t BEFORE INSERT ON foo.mine FOR EACH ROW EXECUTE FUNCTION foo.trap()",
        ],
        "has triggers",
    ),
    "a table with a rule": (
        ["CREATE TABLE foo.mine (id int)", "CREATE RULE r AS ON INSERT TO foo.mine DO ALSO DELETE FROM foo.mine"],
        "has rules",
    ),
    "a table with an index of expressions": (
        [
            "CREATE TABLE foo.mine (id int)",
            "CREATE FUNCTION foo.trap(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'",
            "CREATE INDEX ON foo.mine (foo.trap(id))",
        ],
        "has an index with expressions",
    ),
    "a table with a partial index": (
        ["CREATE TABLE foo.mine (id int)", "CREATE INDEX ON foo.mine (id) WHERE id > 0"],
        "has an index with expressions",
    ),
    "a table with statistics of expressions": (
        ["CREATE TABLE foo.mine (id int)", "CREATE STATISTICS foo.s ON (id + 1) FROM foo.mine"],
        "has statistics of expressions",
    ),
    "a table partitioned by an expression": (
        ["CREATE TABLE foo.mine (id int) PARTITION BY HASH ((id + 1))"],
        "has a partition key with expressions",
    ),
    "a table of a range type with a function of its own": (
        [
            "CREATE FUNCTION foo.trap(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE sql AS 'SELECT 1.0::float8'",
            "CREATE TYPE foo.span AS RANGE (subtype = float8, subtype_diff = foo.trap)",
            "CREATE TABLE foo.mine (s foo.span)",
        ],
        "has columns of user-defined types",
    ),
    "a table with a foreign key and a check": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.mine (id int REFERENCES foo.head ON UPDATE CASCADE CHECK (id > 0))",
        ],
        "has a foreign key beside expressions",
    ),
    "a table with a foreign key that sets defaults": (
        [
            "CREATE TABLE foo.head (id int PRIMARY KEY)",
            "CREATE TABLE foo.mine (id int DEFAULT 0 REFERENCES foo.head ON DELETE SET DEFAULT)",
        ],
        "has a foreign key beside expressions",
    ),
    "a serial's sequence of such a table": (
        ["CREATE TABLE foo.mine (id serial)", "CREATE INDEX ON foo.mine ((id + 1))"],
        "belongs to a column of a table that has an index with expressions",
    ),
}
INERT = {
    "a function": ["CREATE FUNCTION foo.mine(what text) " + EXECUTES.format("")],
    "a table": ["CREATE TABLE foo.mine (id serial PRIMARY KEY, name varchar(10) DEFAULT 'x' CHECK (name <> ''))"],
    "a table of an enum": ["CREATE TYPE foo.mood AS ENUM ('a')", "CREATE TABLE foo.mine (m foo.mood)"],
    "a table with a foreign key": [
        "CREATE TABLE foo.head (id int PRIMARY KEY)",
        "CREATE TABLE foo.mine (id int REFERENCES foo.head ON UPDATE CASCADE, n int GENERATED ALWAYS AS IDENTITY)",
    ],
    "a partitioned table": ["CREATE TABLE foo.mine (id int) PARTITION BY HASH (id)"],
    "a sequence": ["CREATE SEQUENCE foo.mine"],
    "an invoker's view": ["CREATE VIEW foo.mine WITH (security_invoker) AS SELECT 1 AS one"],
    "a domain": ["CREATE DOMAIN foo.mine AS int CHECK (VALUE > 0)"],
}
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
    assert not evidence.holds and not evidence.plan and set(named) <= set(evidence.conflicts)


@pytest.mark.parametrize("name", INERT)
def test_what_is_inert_goes_to_the_schemas_owner(ready: Database, name: str) -> None:
    run(ready, "maker", *INERT[name])
    converge(ready, MAKER)
    assert run(ready, "rdsadmin", OWNER) == [("app_owner",)]
    assert converge(ready, MAKER).changes == 0
    assert reconcile.prove(connect_as_master(ready), MAKER, "app").holds


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
        here = [each.replace("foo.head", f"foo.head{number}").replace("foo.s ", f"foo.s{number} ") for each in here]
        run(ready, "maker", *here)
    assert converge(ready, MAKER).changes > 0
    assert converge(ready, MAKER).changes == 0
