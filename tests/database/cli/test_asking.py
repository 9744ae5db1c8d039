"""`keyless sync` asks before it takes anything away, at a terminal, and takes away what it has shown and no more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.cli.runner import CONFIG, Answer, Cli
from tests.database.cli.terminal import CTRL_C, CTRL_D, QUESTION, at_terminal
from tests.database.engine import SAMPLE, converge, fingerprint, make_tables, run, spec

REFUSED = 3
LEAVER = {
    "username": "leaver",
    "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}],
}


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


@pytest.fixture
def leaving(cli: Cli) -> Cli:
    """The sample, and a user that the sample's file doesn't have."""
    converge(cli.database, spec(users=[*SAMPLE.as_properties()["users"], LEAVER]))
    make_tables(cli.database)
    converge(cli.database, spec(users=[*SAMPLE.as_properties()["users"], LEAVER]))
    return cli


@pytest.fixture
def look(database: Database) -> Iterator[Callable[[], list[tuple[Any, ...]]]]:
    with database.superuser() as connection:
        yield lambda: fingerprint(connection)


def unattended(cli: Cli, *options: str | Path, config: Path = CONFIG) -> Answer:
    return cli("sync", "--config", config, *options)


def may_log_in(database: Database, name: str = "leaver") -> bool:
    return run(database, "rdsadmin", f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{name}'") == [(True,)]


@pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " YES \n"])
def test_what_is_agreed_to_is_taken_away(leaving: Cli, answer: str) -> None:
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        session.asked()
        assert may_log_in(leaving.database)
        session.types(answer)
        status, out = session.ends()
    assert (status, may_log_in(leaving.database)) == (0, False), session.seen
    assert "login and password of role leaver" in out
    assert converge(leaving.database).changes == 0


@pytest.mark.parametrize("answer", ["n\n", "\n", "yess\n", "no y\n", CTRL_D, CTRL_C], ids=repr)
def test_any_other_answer_changes_nothing(leaving: Cli, answer: str, look: Callable[[], list[tuple[Any, ...]]]) -> None:
    before = look()
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        session.asked()
        session.types(answer)
        assert session.ends() == (REFUSED, "")
    assert (
        "keyless: nothing was changed, because it would take something away and the answer was not yes" in session.seen
    )
    assert "Traceback" not in session.seen
    assert look() == before


def test_without_a_terminal_nothing_is_changed_unless_it_is_said_beforehand(
    leaving: Cli, look: Callable[[], list[tuple[Any, ...]]]
) -> None:
    before = look()
    answer = unattended(leaving)
    assert (answer.status, answer.out) == (REFUSED, "")
    assert "from leaver: its login (not in the spec any more: no sessions end); " in answer.err
    assert "there is no terminal to ask on; allowed: --yes" in answer.err
    assert QUESTION not in answer.err
    assert look() == before
    assert unattended(leaving, "--yes").status == 0
    assert not may_log_in(leaving.database)


@pytest.mark.parametrize("piped", ["stdin", "stderr"])
def test_half_a_terminal_is_none(leaving: Cli, piped: str) -> None:
    """An answer from a file is nobody's, and a question that goes to a file nobody sees."""
    with at_terminal(leaving.environment, "sync", "--config", CONFIG, piped=piped) as session:
        assert session.ends() == (REFUSED, "")
    assert may_log_in(leaving.database)


def test_whoever_loses_something_is_named_before_the_question_with_the_sessions_that_end(leaving: Cli) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(leaving.database.connect("leaver"))
        answer = unattended(leaving)
        lines = answer.err.splitlines()
        first = lines.index("keyless: this takes away:")
        assert lines[first + 1].startswith(
            "  from leaver: its login (not in the spec any more: 2 sessions end); memberships: 1"
        )
        said = "not in the spec any more: 2 sessions end"
        for chosen in ("text", "json", "markdown", "sql"):
            shown = unattended(leaving, "--dry-run", "--format", chosen).out
            assert shown.count(said) == 1, chosen
            assert shown.index(said) < shown.index("leaver", shown.index(said) + len(said)), chosen
        assert said in unattended(leaving, "--yes", "--verbose").err


@pytest.mark.parametrize("count", [0, 1, 5])
def test_nobody_is_left_out_of_the_names(cli: Cli, count: int) -> None:
    names = [f"u{number}" for number in range(count)]
    users = [{**LEAVER, "username": name} for name in names]
    converge(cli.database, spec(users=[*SAMPLE.as_properties()["users"], *users]))
    answer = unattended(cli)
    assert answer.status == (REFUSED if count else 0)
    assert [name for name in names if f"\n  from {name}: its login" in answer.err] == names


def test_a_run_that_only_adds_does_not_ask(leaving: Cli) -> None:
    """A user, a right, and a schema whose owner is new: what PUBLIC loses on the objects to come nobody has."""
    document = spec(users=[*SAMPLE.as_properties()["users"], LEAVER]).as_properties()
    document["users"] = [*document["users"], {**LEAVER, "username": "joiner"}]
    document["databases"][0]["schemas"].append({"name": "more", "owner": "more_owner"})
    answer = unattended(leaving, config=leaving.write(AccessSpec.parse(document)))
    assert (answer.status, "this takes away" in answer.err) == (0, False), answer.err
    assert "role joiner" in answer.out


def test_a_run_with_nothing_to_do_does_not_ask(leaving: Cli) -> None:
    answer = unattended(leaving, config=leaving.write(spec(users=[*SAMPLE.as_properties()["users"], LEAVER])))
    assert (answer.status, answer.out.splitlines()[0]) == (0, "database app: nothing to do")


def loses_its_login(document: dict[str, Any]) -> None:
    document["users"][-1]["enabled"] = False


def loses_a_right(document: dict[str, Any]) -> None:
    document["users"][-1]["grants"] = []


def loses_a_part_of_a_right(document: dict[str, Any]) -> None:
    document["users"][-1]["grants"][0] |= {"only": ["foo.event"]}


def loses_a_group(document: dict[str, Any]) -> None:
    document["users"][-1]["groups"] = []


def loses_its_password(document: dict[str, Any]) -> None:
    document["users"][-1]["auth_method"] = "none"


@pytest.mark.parametrize(
    "loses", [loses_its_login, loses_a_right, loses_a_part_of_a_right, loses_a_group, loses_its_password]
)
def test_every_kind_of_loss_is_asked_about(cli: Cli, loses: Callable[[dict[str, Any]], None]) -> None:
    user = {**LEAVER, "groups": ["team"]}
    document = spec(users=[*SAMPLE.as_properties()["users"], user], groups=[{"name": "team"}]).as_properties()
    converge(cli.database, AccessSpec.parse(document))
    loses(document)
    answer = unattended(cli, config=cli.write(AccessSpec.parse(document)))
    assert answer.status == REFUSED
    assert "\n  from leaver: " in answer.err


def test_a_right_that_somebody_else_gave_by_hand_is_asked_about(cli: Cli) -> None:
    converge(cli.database)
    make_tables(cli.database)
    run(cli.database, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    answer = unattended(cli)
    assert (answer.status, "\n  from lambda_writer: privileges: 1" in answer.err) == (REFUSED, True), answer.err


NEWCOMERS: dict[str, tuple[str, str, str]] = {
    "a login": ("rdsadmin", "CREATE ROLE late LOGIN; COMMENT ON ROLE late IS '[managed by keyless-aurora]'", "late"),
    "a right": ("migrator", "GRANT DELETE ON ops.migration TO lambda_writer", "lambda_writer"),
    "a membership": ("master", "CREATE ROLE friends; GRANT friends TO lambda_writer", "lambda_writer"),
}


@pytest.mark.parametrize("newcomer", NEWCOMERS)
def test_what_came_after_the_question_is_not_taken_away_and_neither_is_anything_else(
    leaving: Cli, newcomer: str, look: Callable[[], list[tuple[Any, ...]]]
) -> None:
    user, statement, whose = NEWCOMERS[newcomer]
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        session.asked()
        run(leaving.database, user, *statement.split("; "))
        before = look()
        with leaving.database.connect("leaver") as still:
            session.types("y\n")
            assert session.ends() == (1, ""), session.seen
            assert still.execute("SELECT 1").fetchone() == (1,)
    refusal = session.seen[session.seen.index("has changed since it was shown") :]
    assert "Nothing was changed" in refusal and whose in refusal
    assert "login and password of role leaver" not in refusal
    assert look() == before


def test_what_went_away_after_the_question_is_no_obstacle(leaving: Cli) -> None:
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        session.asked()
        run(leaving.database, "rdsadmin", "ALTER ROLE leaver NOLOGIN", "DROP TABLE ops.migration")
        session.types("y\n")
        assert session.ends()[0] == 0, session.seen
    assert converge(leaving.database).changes == 0


def test_a_session_more_than_was_counted_is_no_obstacle(leaving: Cli) -> None:
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        session.asked()
        with leaving.database.connect("leaver") as late:
            session.types("y\n")
            assert session.ends()[0] == 0, session.seen
            with pytest.raises(psycopg.OperationalError):
                late.execute("SELECT 1")


def test_a_login_is_asked_about_and_ended_though_something_stands_against_the_rest(leaving: Cli) -> None:
    run(leaving.database, "rdsadmin", "COMMENT ON ROLE lambda_writer IS '[managed by another]'")
    assert unattended(leaving).status == REFUSED
    with at_terminal(leaving.environment, "sync", "--config", CONFIG) as session:
        assert "from leaver: its login" in session.asked()
        session.types("y\n")
        assert session.ends() == (1, "")
    assert "Ended all the same, before the rest: the login of 'leaver'" in session.seen
    assert not may_log_in(leaving.database)


def of_two_databases(cli: Cli, *users: dict[str, Any], **more: Any) -> Path:
    document = SAMPLE.as_properties()
    second = {"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]}
    databases = [*document["databases"], second]
    return cli.write(spec(users=[*document["users"], *users], databases=databases, **more))


def test_several_databases_are_asked_about_once_before_the_first(
    cli: Cli, look: Callable[[], list[tuple[Any, ...]]]
) -> None:
    run(cli.database, "master", "CREATE DATABASE second")
    both = {**LEAVER, "grants": [*LEAVER["grants"], {"database": "second", "schemas": ["foo"], "access": "read_only"}]}
    assert cli.sync(config=of_two_databases(cli, both)).status == 0
    config = of_two_databases(cli, retired=[{"username": "leaver", "drop": True}])
    before = look()
    with at_terminal(cli.environment, "sync", "--config", config) as session:
        session.asked()
        session.types("n\n")
        assert session.ends() == (REFUSED, "")
    assert look() == before
    with at_terminal(cli.environment, "sync", "--config", config) as session:
        shown = session.asked()
        assert [line for line in shown.splitlines() if line.startswith("database ") and ":" not in line] == [
            "database app",
            "database second",
        ]
        assert shown.count("login and password of role leaver") == 1
        assert shown.count("- role leaver") == 1
        session.types("y\n")
        assert session.ends()[0] == 0, session.seen
    assert session.seen.count(QUESTION) == 1
    assert run(cli.database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'leaver'") == []


def test_a_database_that_is_still_to_be_made_takes_nothing_from_anybody(cli: Cli) -> None:
    assert cli.sync().status == 0
    answer = unattended(cli, config=of_two_databases(cli))
    assert (answer.status, "this takes away" in answer.err) == (0, False), answer.err
    assert answer.out.count("+ database second") == 1


def test_no_password_is_shown(cli: Cli) -> None:
    run(cli.database, "master", "CREATE ROLE old LOGIN PASSWORD 'hunter2'")
    config = cli.write(spec(users=[*SAMPLE.as_properties()["users"], {"username": "old", "adopt": True}]))
    answer = unattended(cli, config=config)
    assert (answer.status, "from old: " in answer.err, "hunter2" in answer.err) == (REFUSED, True, False), answer.err
