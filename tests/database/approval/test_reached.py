"""What a table, view, type or routine uses is part of what a statement about it means, whatever kind of thing it is."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.approval.cases import (
    CALLER,
    OWNER,
    READER,
    SUPERUSER,
    TYPES,
    WRITER,
    Case,
    assert_done,
    assert_refused,
    auditor,
)
from tests.database.approval.deploying import Function
from tests.database.approval.worlds import BASE, prepared
from tests.database.engine import run


def _routine(name: str, argument: str, result: str, body: str, how: str = "") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION ops.{name}({argument}) RETURNS {result} LANGUAGE sql IMMUTABLE {how} AS '{body}'"
    )


def _replaced(name: str, argument: str, result: str) -> tuple[str, str]:
    """As it is first, and then: with its owner's rights."""
    return (
        _routine(name, argument, result, f"SELECT NULL::{result}"),
        _routine(name, argument, result, f"SELECT (1 = 1)::text::{result}", "SECURITY DEFINER"),
    )


_JUDGE, _OTHER_JUDGE = _replaced("judge", "int", "boolean")
_NUMBER, _OTHER_NUMBER = _replaced("number", "int", "text")
_FOREIGN = (
    "CREATE FOREIGN DATA WRAPPER wrapper",
    "CREATE SERVER other FOREIGN DATA WRAPPER wrapper OPTIONS (host 'a')",
    "CREATE FOREIGN TABLE foo.remote (id int) SERVER other OPTIONS (table_name 'x')",
    "ALTER FOREIGN TABLE foo.remote OWNER TO app_owner",
)
_ADDS, _ADDS_ELSE = (
    _routine("plus", "int, int", "int", "SELECT 1"),
    _routine("plus", "int, int", "int", "SELECT 2", "SECURITY DEFINER"),
)

CASES = {
    "an operator's function": Case(
        READER,
        (_ADDS_ELSE,),
        r'now function "ops"."plus"',
        (
            _ADDS,
            "CREATE OPERATOR ops.### (FUNCTION = ops.plus, LEFTARG = int, RIGHTARG = int)",
            "CREATE VIEW foo.shown AS SELECT 1 OPERATOR(ops.###) 2 AS x",
        ),
    ),
    "an aggregate's function": Case(
        auditor({"database": "app", "schemas": ["foo"], "functions": ["EXECUTE"]}),
        (_ADDS_ELSE,),
        r'now function "ops"."plus"',
        (_ADDS, "CREATE AGGREGATE foo.total(int) (SFUNC = ops.plus, STYPE = int)"),
    ),
    "a constraint's function": Case(
        WRITER,
        (_OTHER_JUDGE,),
        r'now function "ops"."judge"',
        (_JUDGE, "CREATE TABLE foo.checked (id int CHECK (ops.judge(id)))"),
    ),
    "the function of a domain's constraint": Case(
        WRITER,
        (_OTHER_JUDGE,),
        r'now function "ops"."judge"',
        (
            _JUDGE,
            "CREATE DOMAIN ops.checked AS int CHECK (ops.judge(VALUE))",
            "CREATE TABLE foo.checked (ids ops.checked[])",
        ),
    ),
    "the function of a domain's default": Case(
        WRITER,
        (_OTHER_NUMBER,),
        r'now function "ops"."number"',
        (
            _NUMBER,
            "CREATE DOMAIN ops.numbered AS text DEFAULT ops.number(1)",
            "CREATE TABLE foo.checked (id ops.numbered)",
        ),
    ),
    "an index's function": Case(
        WRITER,
        (_OTHER_NUMBER,),
        r'now function "ops"."number"',
        (_NUMBER, "CREATE TABLE foo.kept (id int)", "CREATE INDEX ON foo.kept (ops.number(id))"),
    ),
    "a partition key's function": Case(
        WRITER,
        (_OTHER_NUMBER,),
        r'now function "ops"."number"',
        (
            "CREATE FUNCTION ops.number(int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END'",
            "CREATE TABLE foo.kept (id int) PARTITION BY LIST (ops.number(id))",
        ),
    ),
    "a column's domain without its constraint": Case(
        WRITER,
        ("ALTER DOMAIN ops.small DROP CONSTRAINT small",),
        r'now type "ops"."small"',
        ("CREATE DOMAIN ops.small AS int CONSTRAINT small CHECK (VALUE < 9)", "CREATE TABLE foo.kept (id ops.small)"),
    ),
    "a column's composite type": Case(
        READER,
        ("ALTER TYPE ops.pair ADD ATTRIBUTE b int",),
        r'now type "ops"."pair"',
        ("CREATE TYPE ops.pair AS (a int)", "CREATE TABLE foo.kept (id ops.pair)"),
    ),
    "a domain within a column's composite type": Case(
        READER,
        ("ALTER DOMAIN ops.small DROP CONSTRAINT small",),
        r'now type "ops"."small"',
        (
            "CREATE DOMAIN ops.small AS int CONSTRAINT small CHECK (VALUE < 9)",
            "CREATE TYPE ops.pair AS (a ops.small)",
            "CREATE TABLE foo.kept (id ops.pair)",
        ),
    ),
    "a type itself": Case(
        TYPES,
        ("ALTER DOMAIN foo.small DROP CONSTRAINT small", "ALTER TYPE foo.pair ADD ATTRIBUTE b int"),
        r'now type "foo"."pair"[^~]*now type "foo"."small"',
        ("CREATE DOMAIN foo.small AS int CONSTRAINT small CHECK (VALUE < 9)", "CREATE TYPE foo.pair AS (a int)"),
    ),
    "a default of a function's argument": Case(
        CALLER,
        (_OTHER_NUMBER,),
        r'now function "ops"."number"',
        (_NUMBER, "CREATE FUNCTION foo.answer(x text DEFAULT ops.number(1)) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ),
    "another table behind a foreign table": Case(
        READER,
        ("ALTER FOREIGN TABLE foo.remote OPTIONS (SET table_name 'y')",),
        r'now foreign table "foo"."remote"',
        _FOREIGN,
        SUPERUSER,
    ),
    "another host behind a foreign table": Case(
        READER, ("ALTER SERVER other OPTIONS (SET host 'b')",), r"now server other", _FOREIGN, SUPERUSER
    ),
    "somebody as whom a foreign server knows everybody": Case(
        READER,
        ("CREATE USER MAPPING FOR PUBLIC SERVER other OPTIONS (password 'SECRET')",),
        r"now user mapping for public on server other \(\d+\)$",
        _FOREIGN,
        SUPERUSER,
    ),
    "a sequence that counts down": Case(
        WRITER, ("ALTER SEQUENCE foo.event_id_seq INCREMENT -1 MINVALUE -5",), r'now sequence "foo"."event_id_seq"'
    ),
}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


@pytest.mark.parametrize("name", CASES)
def test_what_an_object_uses_is_what_was_approved(name: str, function: Function) -> None:
    assert_refused(CASES[name], function)


@pytest.mark.parametrize("name", CASES)
def test_an_approval_of_what_is_used_now_is_carried_out(name: str, function: Function) -> None:
    assert_done(CASES[name], function)


def test_what_everyday_work_does_is_in_nobodys_way(function: Function) -> None:
    run(function.database, "migrator", "CREATE TYPE foo.kind AS ENUM ('a')", "ALTER TABLE foo.event ADD kind foo.kind")
    function.deploy(BASE, None)
    approved = function.approve(OWNER)
    run(
        function.database,
        "migrator",
        "CREATE INDEX ON foo.event (name)",
        "CREATE STATISTICS foo.both ON id, name FROM foo.event",
        "ALTER TABLE foo.event SET (fillfactor = 70)",
        "COMMENT ON TABLE foo.event IS 'x'",
    )
    with function.database.superuser() as superuser:
        superuser.execute("CREATE TEMP TABLE scratch () INHERITS (foo.event)")
        deployed = function.deploy(OWNER, approved)
    assert deployed["Changes"] > 0
