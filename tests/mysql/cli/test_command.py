"""`keyless sync`, `plan` and `prove` on servers of the MySQL family: what changes, how it is shown, and what is said of
variables that say too much."""

import logging
from pathlib import Path

import pytest

from keyless.cli.mysql import connection
from tests.mysql.cli.runner import Cli
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import grant, spec, user
from tests.mysql.functions.deploying import dumped
from tests.mysql.servers import Instance, rows

SAMPLE = Path(__file__).parents[2] / "sample_access.yaml"
READER = spec(user("reader", grant("foo", access="read_only")))
WRITER = spec(user("reader", grant("foo", access="read_write")), user("newer", grant("bar", access="read_only")))


@pytest.fixture
def cli(instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    tables(instance)
    return Cli(instance, monkeypatch, capsys, tmp_path)


@pytest.fixture
def synced(cli: Cli) -> Cli:
    assert cli("sync", "--yes", "--config", cli.file(READER)).status == 0
    return cli


def test_a_sync_makes_the_server_what_the_spec_says_and_says_what_it_did(cli: Cli) -> None:
    answer = cli("sync", "--yes", "--detailed-exitcode", "--config", cli.file(READER))
    assert answer.status == 2, answer
    assert answer.out.startswith("database app: ") and "SELECT on schema foo" in answer.out
    assert "server of app: " in answer.err and answer.err.endswith("made; proven\n")
    assert ("SELECT", "foo.event") in (can(cli.instance, "reader") or ())


def test_the_spec_that_postgresql_takes_goes_through_as_it_is(cli: Cli) -> None:
    assert cli("sync", "--yes", "--config", SAMPLE).status == 0
    again, held = cli("sync", "--config", SAMPLE), cli("prove", "--config", SAMPLE)
    assert (again.status, held.status) == (0, 0) and "nothing to do; proven" in again.err
    assert held.out == "database app: as the spec says\n"


def test_a_second_sync_finds_nothing_to_do(synced: Cli) -> None:
    answer = synced("sync", "--detailed-exitcode", "--config", synced.file(READER))
    assert (answer.status, answer.out) == (0, "database app: nothing to do\n")


@pytest.mark.parametrize("command", ["sync --dry-run", "plan"])
def test_a_dry_run_changes_nothing_and_tells_by_its_status(synced: Cli, command: str) -> None:
    before = dumped(synced.instance)
    answer = synced(*command.split(), "--detailed-exitcode", "--config", synced.file(WRITER))
    assert answer.status == 2 and "newer" in answer.out and "nothing was changed" in answer.err
    assert dumped(synced.instance) == before


def test_as_json_each_change_has_its_statement_and_reason(synced: Cli) -> None:
    answer = synced("sync", "--dry-run", "--json", "--config", synced.file(WRITER))
    (database,) = answer.json["databases"]
    assert database["database"] == "app" and answer.json["failed"] == []
    made = next(change for change in database["changes"] if change["kind"] == "make_accounts")
    assert made["action"] == "add" and made["reason"] == "declared and missing"
    assert made["statement"].startswith("CREATE USER `newer`@`%` IDENTIFIED WITH AWSAuthenticationPlugin")


def test_as_markdown_it_is_for_a_pull_request(synced: Cli) -> None:
    answer = synced("plan", "--format", "markdown", "--config", synced.file(WRITER))
    assert answer.out.startswith("#### Database ` app `: ") and "```diff" in answer.out


def test_as_sql_a_name_that_cant_be_shown_is_in_a_comment(synced: Cli) -> None:
    """Whoever may make tables names them: with what speaks to a terminal, or looks like another statement."""
    with synced.instance.superuser() as root:
        for number, odd in enumerate(
            ("\x1b[31m", "\u202e", "\nDROP TABLE foo.event;\n", ";\nDROP TABLE foo.event", "##[")
        ):
            rows(root, f"CREATE TABLE foo.`{odd}{number}` (id INT)")
    keyed = spec(user("keyed", grant("foo", access="append_only", key_columns=["id"])))
    out = synced("plan", "--format", "sql", "--config", synced.file(keyed)).out
    assert out.replace("\n", "").isprintable() and "##[" not in out
    assert not [line for line in out.splitlines() if line.startswith("DROP TABLE")]
    commented = [line for line in out.splitlines() if line.startswith("-- not as SQL")]
    assert len(commented) == 5 and all("GRANT SELECT (`id`) ON TABLE `foo`.`" in line for line in commented)
    assert "GRANT SELECT (`id`) ON TABLE `foo`.`event` TO " in out


def test_as_sql_it_is_what_would_be_sent(synced: Cli) -> None:
    answer = synced("plan", "--format", "sql", "--config", synced.file(WRITER))
    assert "-- declared and missing\nCREATE USER `newer`@`%`" in answer.out
    with synced.instance.connect() as master:
        rows(master, "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'")
        for statement in answer.out.split(";\n"):
            rows(master, statement) if statement else None
    assert synced("plan", "--config", synced.file(WRITER)).out == "database app: nothing to do\n"


def test_without_a_terminal_nothing_is_taken_away_unless_told_to(synced: Cli) -> None:
    before = dumped(synced.instance)
    answer = synced("sync", "--config", synced.file(spec()))
    assert (answer.status, answer.out) == (3, "")
    assert "this takes away:" in answer.err and "from reader: " in answer.err and "allowed: --yes" in answer.err
    assert dumped(synced.instance) == before
    assert synced("sync", "--yes", "--config", synced.file(spec())).status == 0
    assert can(synced.instance, "reader") is None


def test_a_proof_of_what_is_as_the_spec_says(synced: Cli) -> None:
    answer = synced("prove", "--config", synced.file(READER))
    assert (answer.status, answer.out) == (0, "database app: as the spec says\n")


def test_a_proof_finds_what_was_given_by_hand_and_changes_nothing(synced: Cli) -> None:
    with synced.instance.superuser() as root:
        rows(root, "GRANT DELETE ON foo.* TO reader@'%'")
    before = dumped(synced.instance)
    answer = synced("prove", "--config", synced.file(READER))
    assert answer.status == 2 and "violations, where the server allows something else" in answer.out
    assert "DELETE" in answer.out and dumped(synced.instance) == before
    found = synced("prove", "--json", "--config", synced.file(READER)).json["databases"][0]
    assert not found["holds"] and found["violations"] and found["drift"]
    assert synced("prove", "--format", "markdown", "--config", synced.file(READER)).out.startswith("#### Database")


def test_the_password_is_in_no_output(synced: Cli, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [
            synced("sync", "--verbose", "--yes", "--config", synced.file(WRITER)),
            synced("prove", "--config", synced.file(READER)),
        ]
        synced.env(MYSQL_PWD="s3cret-and-wrong")
        answers.append(synced("prove", "--config", synced.file(READER)))
    assert answers[-1].status == 1 and "the password is wrong" in answers[-1].err
    shown = caplog.text + "".join(answer.out + answer.err for answer in answers)
    assert synced.instance.password not in shown and "s3cret-and-wrong" not in shown


def test_a_server_that_proves_nothing_gets_no_password(cli: Cli, tmp_path: Path) -> None:
    cli.env(MYSQL_SSL_CA="")
    answer = cli("prove", "--config", cli.file(READER))
    assert answer.status == 1 and "'localhost' is not the name of an RDS endpoint" in answer.err


def test_without_a_password_a_person_is_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    del cli.variables["MYSQL_PWD"]
    assert (
        "no password for 'admin' at 'localhost'; allowed: MYSQL_PWD" in cli("prove", "--config", cli.file(spec())).err
    )
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return cli.instance.password

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", typed)
    monkeypatch.setattr(connection, "_prompted", {})
    assert cli("sync", "--yes", "--config", cli.file(READER)).status == 0
    assert asked == ["Password of admin at localhost: "]


@pytest.mark.parametrize("command", ["sync --dry-run", "sync --yes", "plan", "prove"])
def test_two_servers_said_at_once_are_refused(cli: Cli, command: str) -> None:
    cli.env(PGHOST="localhost")
    answer = cli(*command.split(), "--config", cli.file(READER))
    assert answer.status == 1
    assert "MYSQL_HOST says a MySQL server and PGHOST a PostgreSQL one, and nothing was done" in answer.err


@pytest.mark.parametrize("password", ["a password", None], ids=["told", "to be asked for"])
def test_a_server_that_nothing_vouches_for_is_refused_before_a_password_is_asked_for(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, password: str | None
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("asked for a password"))
    for name in ("MYSQL_SSL_CA", "MYSQL_PWD"):
        del cli.variables[name]
    cli.env(**({"MYSQL_PWD": password} if password else {}))
    answer = cli("prove", "--config", cli.file(READER))
    assert answer.status == 1 and "in MYSQL_SSL_CA the file with the roots" in answer.err


@pytest.mark.parametrize("command", ["sync --dry-run", "sync --yes", "plan", "prove"])
def test_a_single_database_of_a_server_is_refused(cli: Cli, command: str) -> None:
    answer = cli(*command.split(), "--database", "app", "--config", cli.file(READER))
    assert answer.status == 1 and "a run is about all of the spec's databases; allowed: without" in answer.err


@pytest.mark.parametrize(
    "command",
    [
        "adopt --database app --to NEW",
        "report --to NEW --config SPEC",
        "doctor --database app",
        "grants --config SPEC",
        "who can SELECT app.foo.event",
        "what can reader --database app",
        "matrix --database app",
        "token",
    ],
)
def test_what_is_for_postgresql_alone_says_so(cli: Cli, command: str) -> None:
    files = {"NEW": cli.folder / "new", "SPEC": cli.file(READER)}
    answer = cli(*(files.get(word, word) for word in command.split()))
    assert (
        answer.status == 1 and "MYSQL_HOST says a MySQL server, and this is for PostgreSQL alone so far" in answer.err
    )
