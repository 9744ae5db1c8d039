"""Errors: exit status 1, one clear message each on stderr, nothing on stdout, no traceback, no secret, no change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.database.cli.runner import CONFIG, Answer, Cli
from tests.database.engine import SAMPLE, converge, fingerprint, run

SECRET = "correct horse battery"


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def spec_file(cli: Cli, text: str) -> Path:
    path = cli.folder / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def by_tcp(cli: Cli, **variables: str) -> None:
    run(cli.database, "rdsadmin", f"CREATE ROLE keeper LOGIN PASSWORD '{SECRET}'")
    cli.env(**{"PGHOST": "127.0.0.1", "PGUSER": "keeper", "PGSSLMODE": "prefer", **variables})


def missing_file(cli: Cli) -> Path:
    return cli.folder / "nowhere.yaml"


def not_yaml(cli: Cli) -> Path:
    return spec_file(cli, "users: [")


def two_mistakes(cli: Cli) -> Path:
    return spec_file(cli, "databases: [{name: app}]\nusers: [{username: rds_iam}, {username: u, databases: [ap]}]\n")


def closed_port(cli: Cli) -> None:
    cli.env(PGHOST="127.0.0.1", PGPORT="1", PGSSLMODE="prefer")


def no_such_host(cli: Cli) -> None:
    cli.env(PGHOST="nowhere.invalid", PGSSLMODE="prefer")


def wrong_password(cli: Cli) -> None:
    by_tcp(cli, PGPASSWORD=f"wrong {SECRET}")


def no_password(cli: Cli) -> None:
    by_tcp(cli, PGPASSFILE="/nonexistent")


def no_tls(cli: Cli) -> None:
    by_tcp(cli, PGPASSWORD=SECRET, PGSSLMODE="disable")


def another_authority(cli: Cli) -> None:
    """The server is not the endpoint of RDS that PGHOST names."""
    by_tcp(cli, PGPASSWORD=SECRET)
    cli.variables.pop("PGSSLMODE")
    cli.env(PGHOST="app.cluster-a1b2c3.eu-central-1.rds.amazonaws.com", PGHOSTADDR="127.0.0.1")


def not_a_number(cli: Cli) -> None:
    """psycopg reads this variable itself."""
    cli.env(PGCONNECT_TIMEOUT="soon")


def closed_database(cli: Cli) -> Path:
    run(cli.database, "rdsadmin", "CREATE DATABASE elsewhere ALLOW_CONNECTIONS false")
    return spec_file(cli, "databases: [{name: elsewhere}]\n")


def unmanaged_role(cli: Cli) -> None:
    run(cli.database, "master", "CREATE ROLE migrator LOGIN")


CASES: list[tuple[Callable[[Cli], Path | None], list[str]]] = [
    (missing_file, ["the access spec has 1 problem", "nowhere.yaml"]),
    (not_yaml, ["the access spec has 1 problem", "not valid YAML"]),
    (
        two_mistakes,
        ["the access spec has 2 problems", "users[0].username", "no database is named 'ap'; did you mean 'app'?"],
    ),
    (closed_port, ["no connection to database 'app': ", "127.0.0.1", "Connection refused"]),
    (no_such_host, ["no connection to database 'app': ", "nowhere.invalid"]),
    (
        wrong_password,
        ["no connection to database 'app' (the password is wrong", 'password authentication failed for user "keeper"'],
    ),
    (no_password, ["no connection to database 'app' (set PGPASSWORD or PGPASSFILE): ", "no password supplied"]),
    (no_tls, ["no connection to database 'app': ", "no encryption"]),
    (another_authority, ["no connection to database 'app': ", "certificate verify failed"]),
    (not_a_number, ["no connection to database 'app': bad value for connect_timeout: 'soon'"]),
    (
        closed_database,
        ["no connection to database 'elsewhere': ", 'database "elsewhere" is not currently accepting connections'],
    ),
]


@pytest.mark.parametrize("command", [["sync"], ["sync", "--dry-run", "--json"], ["prove"]], ids=" ".join)
@pytest.mark.parametrize(("broken", "parts"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_what_is_wrong_is_reported(
    cli: Cli, command: list[str], broken: Callable[[Cli], Path | None], parts: list[str]
) -> None:
    config = broken(cli) or CONFIG
    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        answer = cli(*command, "--config", config)
        assert fingerprint(connection) == before
    assert (answer.status, _has_no_result(answer)) == (1, True), answer.out
    assert all(part in answer.err for part in parts), answer.err
    assert answer.err.count("keyless: ") == 1
    assert "Traceback" not in answer.err and SECRET not in answer.err + answer.out


def _has_no_result(answer: Answer) -> bool:
    """Whether stdout is empty, or tells a program only which databases failed and why."""
    if not answer.out.startswith("{"):
        return answer.out == ""
    return answer.json["databases"] == [] and all(each["error"] in answer.err for each in answer.json["failed"])


TAKEN = (
    "role 'migrator' exists and was made by somebody else; allowed: a name that is free or managed by 'keyless-aurora'"
)


@pytest.mark.parametrize("options", [[], ["--dry-run", "--json"]], ids=" ".join)
def test_what_stands_against_a_plan_is_an_error_of_sync(cli: Cli, options: list[str]) -> None:
    unmanaged_role(cli)
    answer = cli.sync(*options)
    assert (answer.status, _has_no_result(answer), answer.err.count("keyless: ")) == (1, True, 1)
    assert TAKEN in answer.err


def test_what_stands_against_a_plan_is_a_finding_of_prove(cli: Cli) -> None:
    unmanaged_role(cli)
    answer = cli.prove()
    assert (answer.status, TAKEN in answer.out, "keyless: " in answer.err) == (2, True, False)


def test_a_database_that_the_spec_does_not_declare_is_refused_before_connecting(cli: Cli) -> None:
    answer = cli.sync("--database", "postgres")
    assert (answer.status, answer.out) == (1, "")
    assert (
        answer.err == "keyless: the access spec has 1 problem:\n  - database 'postgres' is not declared; allowed: app\n"
    )


def several(cli: Cli) -> Path:
    document = SAMPLE.as_properties()
    for name in ("lost", "gone"):
        run(
            cli.database,
            "rdsadmin",
            f"DROP DATABASE IF EXISTS {name}",
            f"CREATE DATABASE {name} ALLOW_CONNECTIONS false",
        )
    document["databases"] = [{"name": "lost"}, *document["databases"], {"name": "gone"}]
    return cli.write(SAMPLE.parse(document))


def test_every_databases_error_is_reported_and_the_others_are_done(cli: Cli) -> None:
    answer = cli.sync("--json", config=several(cli))
    assert answer.status == 1
    assert all(f'database "{name}" is not currently accepting connections' in answer.err for name in ("lost", "gone"))
    assert [entry["database"] for entry in answer.json["databases"]] == ["app"]
    assert {entry["database"] for entry in answer.json["failed"]} == {"lost", "gone"}
    assert all(entry["error"] in answer.err for entry in answer.json["failed"])
    assert converge(cli.database, SAMPLE.load(several(cli))).changes == 0


def test_a_server_that_cannot_be_reached_is_reported_once(cli: Cli) -> None:
    config = several(cli)
    closed_port(cli)
    answer = cli.sync(config=config)
    assert (answer.status, answer.err.count("no connection"), answer.out) == (1, 1, "")
    for command in (cli.sync, cli.prove):
        answer = command("--json", config=config)
        (lost, *others) = answer.json["failed"]
        assert (answer.status, answer.json["databases"], lost["database"]) == (1, [], "lost")
        assert "no connection" in lost["error"]
        assert {each["database"]: each["error"][:9] for each in others} == {"app": "not tried", "gone": "not tried"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["approve"], "missing option '--to'"),
        (["sync", "--config", "x", "--dry"], "no such option: --dry "),
        (["sync", "--config", "x", "--json", "--format", "sql"], "--json is not allowed with --format"),
        (["sync", "--config", "x", "--format", "yaml"], "'--format': 'yaml' is not one of 'text'"),
        (["snyc"], "no such command 'snyc'"),
    ],
)
def test_a_wrong_command_line_is_an_error_and_never_the_status_for_changes(
    cli: Cli, arguments: list[str], message: str
) -> None:
    answer = cli(*arguments)
    assert (answer.status, answer.out) == (1, "")
    assert message in answer.err and "--help shows what is allowed" in answer.err


def test_help_has_examples_and_is_shown_without_a_command_too(cli: Cli) -> None:
    answers: list[Answer] = [cli("--help"), cli()]
    assert [answer.status for answer in answers] == [0, 1]
    assert "keyless sync --config config/access.yaml --dry-run" in answers[0].out == answers[1].err
