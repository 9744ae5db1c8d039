"""The same statements about something else are something else: what they name, what that reaches, and who gets it."""

from pathlib import Path

import pytest

from db_access.errors import UnapprovedError
from tests.conftest import Database
from tests.database.approval.cases import (
    BY_KEY,
    CALLER,
    MEMBER,
    READER,
    SALARY,
    Case,
    assert_done,
    assert_refused,
    happen,
)
from tests.database.approval.deploying import Function
from tests.database.approval.worlds import CHANGES, by_hand, prepared
from tests.database.engine import major, run

CASES = {
    "a table becomes a view": Case(
        READER,
        (
            "DROP TABLE foo.event",
            "CREATE VIEW foo.event AS SELECT * FROM ops.salary",
            "CREATE SEQUENCE foo.event_id_seq",
        ),
        r'now view "foo"."event"',
        SALARY,
    ),
    "a view shows another table": Case(
        READER,
        ("CREATE OR REPLACE VIEW foo.shown AS SELECT id, name FROM ops.salary",),
        r'now table "ops"."salary"',
        (*SALARY, "CREATE VIEW foo.shown AS SELECT 1 AS id, 'x'::text AS name"),
    ),
    "a view that a view shows": Case(
        READER,
        ("CREATE OR REPLACE VIEW ops.inner AS SELECT id, name FROM ops.salary",),
        r'now view "ops"."inner"',
        (
            *SALARY,
            "CREATE VIEW ops.inner AS SELECT 1 AS id, 'x'::text AS name",
            "CREATE VIEW foo.shown AS SELECT * FROM ops.inner",
        ),
    ),
    "a view that no longer asks the user": Case(
        READER,
        ("ALTER VIEW foo.shown SET (security_invoker = false)",),
        r'now view "foo"."shown"',
        (*SALARY, "CREATE VIEW foo.shown WITH (security_invoker = true) AS SELECT * FROM ops.salary"),
    ),
    "a function with another body": Case(
        CALLER,
        (
            "CREATE OR REPLACE FUNCTION foo.answer() RETURNS int LANGUAGE sql SECURITY DEFINER"
            " AS 'SELECT id FROM ops.salary'",
        ),
        r'now function "foo"."answer"\(\).*SECURITY DEFINER',
        SALARY,
    ),
    "columns that have swapped their names": Case(
        BY_KEY,
        ("ALTER TABLE foo.event RENAME id TO nr", "ALTER TABLE foo.event RENAME name TO id"),
        r'now table "foo"."event" .*: nr bigint, id text',
    ),
    "a column more": Case(READER, ("ALTER TABLE foo.event ADD ssn text",), r"then table .*: id bigint, name text: "),
    "a partition": Case(
        READER,
        ("ALTER TABLE foo.part ATTACH PARTITION ops.salary FOR VALUES FROM (0) TO (10)",),
        r'now table "ops"."salary"',
        (*SALARY, "CREATE TABLE foo.part (id int, name text) PARTITION BY RANGE (id)"),
    ),
    "a child": Case(
        READER,
        ("ALTER TABLE ops.salary INHERIT foo.parent",),
        r'now table "ops"."salary"',
        (*SALARY, "CREATE TABLE foo.parent (id int)"),
    ),
    "a table made anew": Case(
        READER, ("DROP TABLE foo.event", "CREATE TABLE foo.event (name text, id bigserial)"), r'now table "foo"."event"'
    ),
    "row security switched off": Case(
        READER,
        ("ALTER TABLE foo.event DISABLE ROW LEVEL SECURITY",),
        r'then table "foo"."event" .*row security',
        ("ALTER TABLE foo.event ENABLE ROW LEVEL SECURITY",),
    ),
    "another policy": Case(
        READER,
        ("ALTER POLICY mine ON foo.event USING (true)",),
        r'now table "foo"."event"',
        ("ALTER TABLE foo.event ENABLE ROW LEVEL SECURITY", "CREATE POLICY mine ON foo.event USING (id = 1)"),
    ),
    "a trigger": Case(
        CHANGES["more rights"],
        ("CREATE TRIGGER t AFTER INSERT ON foo.event FOR EACH ROW EXECUTE FUNCTION ops.f()",),
        r'now function "ops"."f"\(\)',
        ("CREATE FUNCTION ops.f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NEW; END'",),
    ),
    "a trigger's function": Case(
        CHANGES["more rights"],
        (
            "CREATE OR REPLACE FUNCTION ops.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM ops.migration;"
            " RETURN NEW; END'",
        ),
        r'now function "ops"."f"\(\)',
        (
            "CREATE FUNCTION ops.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER t AFTER INSERT ON foo.event FOR EACH ROW EXECUTE FUNCTION ops.f()",
        ),
    ),
    "a schema made anew": Case(
        CHANGES["a limit and a description"],
        ("DROP SCHEMA ops CASCADE", "CREATE SCHEMA ops AUTHORIZATION app_owner"),
        r'now schema "ops"',
        by="rdsadmin",
    ),
    "a table more that a group reads": Case(
        MEMBER, ("CREATE TABLE bar.salaries (id int)",), r'now "team" has SELECT on table "bar"."salaries"'
    ),
    "a table that a group reads made anew": Case(
        MEMBER,
        ("DROP TABLE bar.audit", "CREATE VIEW bar.audit AS SELECT 1 AS id", "CREATE SEQUENCE bar.audit_id_seq"),
        r'now view "bar"."audit"',
    ),
    "a group that a group is in": Case(
        MEMBER, ("GRANT pg_read_all_data TO team",), r'now "team" in "pg_read_all_data"', by="rdsadmin"
    ),
    "what a stranger gives to a group": Case(
        MEMBER,
        ("GRANT SELECT ON his.t TO team",),
        r'now "team" has SELECT on table "his"."t"',
        ("CREATE SCHEMA his", "CREATE TABLE his.t (id int)"),
        by="rdsadmin",
    ),
    "what a group of a stranger's has": Case(
        MEMBER,
        ("GRANT UPDATE ON his.t TO strangers",),
        r'now "strangers" has SELECT, UPDATE on table "his"."t"',
        (
            "CREATE ROLE strangers",
            "CREATE SCHEMA his",
            "CREATE TABLE his.t (id int)",
            "GRANT SELECT ON his.t TO strangers",
            "GRANT strangers TO team",
        ),
        by="rdsadmin",
    ),
    "who is in the user": Case(
        CHANGES["more rights"], ("GRANT reader TO s1",), r'now "s1" in "reader"', ("CREATE ROLE s1",), "rdsadmin"
    ),
    "what is left to others": Case(
        CHANGES["a limit and a description"],
        ("GRANT pg_read_all_data TO lambda_writer",),
        r"left to others, and not when it was approved: only 'rdsadmin' can take away",
        by="rdsadmin",
    ),
}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


OUT_OF_REACH = {"a group that a group is in", "what a group of a stranger's has", "what is left to others"}


@pytest.mark.parametrize("name", CASES)
def test_the_same_statements_about_something_else_are_refused(name: str, function: Function) -> None:
    case = CASES[name]
    if name in OUT_OF_REACH and major(function.database) < 16:
        happen(function, case.by, (*case.before, *case.meanwhile))
        # who may make roles there takes back any membership: nothing is left to others
        assert function.approve(case.spec).databases[0].left == ()
        return
    assert_refused(case, function)


@pytest.mark.parametrize("name", CASES)
def test_an_approval_of_what_is_there_is_carried_out(name: str, function: Function) -> None:
    assert_done(CASES[name], function)


def test_what_the_statements_are_not_about_may_change(function: Function) -> None:
    approved = function.approve(READER)
    by_hand(function.database, "CREATE SCHEMA his", "CREATE TABLE his.t (id int)", "CREATE ROLE stranger LOGIN")
    run(function.database, "migrator", "CREATE TABLE ops.more (id int)")
    run(function.database, "migrator", "INSERT INTO foo.event (name) VALUES ('x')")
    by_hand(function.database, "VACUUM FULL foo.event")
    assert function.deploy(READER, approved)["Changes"] > 0


def test_a_database_made_anew_with_the_oid_of_the_former_is_another(function: Function) -> None:
    approved = function.approve(READER)
    with function.database.server.connect() as connection:
        ((oid,),) = connection.execute("SELECT oid::text FROM pg_database WHERE datname = 'app'").fetchall()
        connection.execute("DROP DATABASE app WITH (FORCE)")
        connection.execute("SET ROLE master")
        connection.execute(f"CREATE DATABASE app OWNER master OID {oid}")
    function.properties = {}
    prepared(function.database, lambda spec: function.deploy(spec, None))
    with pytest.raises(UnapprovedError, match='now schema "foo"'):
        function.deploy(READER, approved)
