"""`keyless who can`, `what can` and `matrix` as a person runs them."""

from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import Cli


@pytest.fixture
def asked(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Cli:
    cli = Cli(database, monkeypatch, capsys, tmp_path)
    with cli.database.superuser() as superuser:
        superuser.execute("CREATE ROLE writers")
        superuser.execute("CREATE ROLE alice LOGIN IN ROLE writers")
        superuser.execute("CREATE SCHEMA foo GRANT USAGE ON SCHEMA foo TO writers CREATE TABLE event (id int)")
        superuser.execute("GRANT DELETE ON foo.event TO writers")
    return cli


def test_who_can_is_answered_in_every_form(asked: Cli) -> None:
    text = asked("who", "can", "delete", "app.foo.event")
    assert (text.status, text.out.splitlines()[:4]) == (0, [
        "who can DELETE app.foo.event: 2 logins can",
        "  alice",
        "    SELECT pg_catalog.has_table_privilege('alice', '\"foo\".\"event\"', 'DELETE');",
        "    group: a grant to writers, by memberships alice -> writers",
    ])  # fmt: skip
    found = asked("who", "can", "DELETE", "app.foo.event", "--json")
    assert {(one["role"], one["certain"]) for one in found.json["findings"]} == {("alice", True), ("rdsadmin", True)}
    markdown = asked("who", "can", "DELETE", "app.foo.event", "--format", "markdown")
    assert "| ` alice ` | DELETE | ` table foo.event ` | group: ` a grant to writers," in markdown.out


def test_a_privilege_may_have_its_short_name(asked: Cli) -> None:
    assert asked("who", "can", "temp", "app").out.startswith("who can TEMPORARY app: ")


def test_what_can_and_matrix_are_about_the_database_that_is_named(asked: Cli) -> None:
    what = asked("what", "can", "alice", "--database", "app")
    assert "  table foo.event: DELETE (a grant to writers, by memberships alice -> writers)" in what.out.splitlines()
    asked.env(PGDATABASE="app")
    matrix = asked("matrix").out.splitlines()
    of_alice = matrix[matrix.index("  alice") + 1 :][:4]
    assert "    schema foo: USAGE" in of_alice and "    tables in foo: DELETE 1" in of_alice


def test_who_holds_a_view_holds_nothing_up_for_long(asked: Cli) -> None:
    with asked.database.superuser() as superuser:
        superuser.execute("CREATE VIEW foo.held AS SELECT id FROM foo.event")
        superuser.execute("BEGIN")
        superuser.execute("LOCK TABLE foo.held IN ACCESS EXCLUSIVE MODE")
        answer = asked("who", "can", "DELETE", "app.foo.event")
        assert (answer.status, answer.out) == (1, "")
        assert "keyless: database app doesn't answer: canceling statement due to lock timeout (55P03)" in answer.err
        assert asked("who", "can", "SELECT", "app.foo.event").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["who", "can", "DELETE", "app.foo.evnt"], "database app has no foo.evnt; allowed: "),
        (
            ["who", "can", "USAGE", "app.foo.a_type"],
            "no foo.a_type; allowed: a database, schema, table, view, sequence, ",
        ),
        (["who", "can", "DLEETE", "app.foo.event"], "'DLEETE' is no privilege on a table; allowed: SELECT, "),
        (["what", "can", "alcie", "--database", "app"], "there is no role alcie; allowed: "),
        (["who", "can", "DELETE", "app.foo.x\udcff"], "is not a name; allowed: "),
        (["matrix", "--database", "x\udcff"], "which is not UTF-8; allowed: text"),
        (["matrix"], "no database is named; allowed: --database NAME, or PGDATABASE"),
    ],
)
def test_a_question_that_is_wrong_is_an_error_with_what_is_allowed(asked: Cli, arguments: list[str], says: str) -> None:
    answer = asked(*arguments)
    assert (answer.status, answer.out) == (1, "")
    assert says in answer.err
