"""Plans as a script for psql: one transaction for each database, and each with all that it needs."""

from db_access.plan.changes import Change, CreateDatabase, CreateSchema, LendRole, OwnObject, ReturnRole
from db_access.plan.privileges import Kind
from db_access.plan.report import Report
from db_access.postgresql import ddl
from db_access.postgresql.session import SCRIPT

MOVE: tuple[Change, ...] = (
    LendRole("u", "master", reason="to take over what it owns"),
    OwnObject(Kind.TABLE, "foo", "mine", "owner", reason="belongs to 'u'"),
    ReturnRole("u", "master", reason="what it owned is taken over"),
)


def lines(**plans: tuple[Change, ...]) -> list[str]:
    script = ddl.script({name: Report(plan=plan) for name, plan in plans.items()})
    return [line for line in script.splitlines() if not line.startswith(("--", "SET "))]


def transaction(*statements: str) -> list[str]:
    return ["BEGIN READ WRITE;", *statements, "COMMIT;"]


MOVED = transaction('GRANT "u" TO "master";', 'ALTER TABLE "foo"."mine" OWNER TO "owner";', 'REVOKE "u" FROM "master";')


def test_every_database_lends_and_returns_the_role_for_itself() -> None:
    assert lines(app=MOVE, two=MOVE) == [
        "\\connect -reuse-previous=on '\"dbname=app\"'",
        *MOVED,
        "",
        "\\connect -reuse-previous=on '\"dbname=two\"'",
        *MOVED,
    ]


def test_one_database_is_the_one_that_psql_is_connected_to() -> None:
    assert lines(app=MOVE) == MOVED


def test_a_database_is_made_outside_the_transaction_and_before_psql_connects_to_it() -> None:
    plan = (CreateDatabase("app", reason="declared and missing"), CreateSchema("foo", "owner", reason=""))
    assert lines(app=plan) == [
        'CREATE DATABASE "app";',
        "\\connect -reuse-previous=on '\"dbname=app\"'",
        *transaction('CREATE SCHEMA "foo" AUTHORIZATION "owner";'),
    ]


def test_a_database_with_nothing_to_do_is_neither_connected_to_nor_locked() -> None:
    assert lines(app=(), two=MOVE)[:2] == ["", "\\connect -reuse-previous=on '\"dbname=two\"'"]


def test_every_transaction_and_database_is_made_by_a_session_that_is_settled_first() -> None:
    made = (CreateDatabase("app", reason="declared and missing"), *MOVE)
    script = ddl.script({"app": Report(plan=made)})
    assert script.count(SCRIPT) == 2
    assert script.index(SCRIPT) < script.index("CREATE DATABASE")
    assert f"{SCRIPT}\nBEGIN READ WRITE;" in script


def test_every_statement_stands_below_its_reason_and_every_sentence_on_its_line() -> None:
    report = Report(plan=MOVE[:1], pending=("foo.x,\nlater",), warnings=("look\nhere",))
    lines = ddl.script({"a\nb": report}).splitlines()
    assert [line for line in lines if not line.startswith("SET ")] == [
        "-- database a b: nothing to do",
        "-- pending: foo.x, later",
        "-- warning: look here",
        "BEGIN READ WRITE;",
        "-- to take over what it owns",
        'GRANT "u" TO "master";',
        "COMMIT;",
    ]
