"""`keyless create-user … --sync` and its siblings: the file and the database say the same afterwards."""

import os
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.cli.runner import CONFIG, Cli
from tests.database.engine import converge, make_tables, run


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


@pytest.fixture
def spec(cli: Cli) -> Path:
    """The sample, which the database is like."""
    path = Path(shutil.copy(CONFIG, cli.folder / "access.yaml"))
    assert cli.sync(config=path).status == 0
    make_tables(cli.database)
    assert cli.sync(config=path).status == 0
    return path


def may_log_in(database: Database, name: str) -> list[Any]:
    return run(database, "rdsadmin", f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{name}'")


def settled(cli: Cli, spec: Path) -> bool:
    """Whether the database is what the file says."""
    return converge(cli.database, AccessSpec.load(spec)).changes == 0 and cli.prove(config=spec).status == 0


def test_a_user_comes_and_goes_in_the_file_and_the_database(cli: Cli, spec: Path) -> None:
    made = cli("create-user", "reader", "--config", spec, "--databases", "app", "--sync", "--json")
    assert made.status == 0 and made.json["changed"], made.err
    assert made.json["sync"]["databases"][0]["changes"][0]["kind"] == "create_role"
    assert may_log_in(cli.database, "reader") == [(True,)] and settled(cli, spec)

    limited = cli("alter-user", "reader", "--config", spec, "--connection-limit", "3", "--sync")
    assert limited.status == 0 and "+    connection_limit: 3\n" in limited.out, limited.err
    assert run(cli.database, "rdsadmin", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'reader'") == [(3,)]

    assert cli("disable-user", "reader", "--config", spec, "--sync", "--yes").status == 0
    assert may_log_in(cli.database, "reader") == [(False,)] and settled(cli, spec)
    assert cli("alter-user", "reader", "--config", spec, "--enable", "--sync").status == 0
    assert may_log_in(cli.database, "reader") == [(True,)]

    assert cli("drop-user", "reader", "--config", spec, "--sync", "--yes").status == 0
    assert may_log_in(cli.database, "reader") == [] and settled(cli, spec)


def test_a_disabled_users_sessions_end_and_its_rights_stay(cli: Cli, spec: Path) -> None:
    with cli.database.connect("lambda_writer") as session:
        assert cli("disable-user", "lambda_writer", "--config", spec, "--sync", "--yes").status == 0
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            session.execute("SELECT 1")
    asked = "SELECT has_table_privilege('lambda_writer', 'foo.event', 'INSERT')"
    assert run(cli.database, "rdsadmin", asked) == [(True,)]
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        cli.database.connect("lambda_writer")


@pytest.mark.parametrize("command", ["disable-user", "drop-user"])
def test_without_a_yes_the_file_is_edited_and_nothing_is_taken_away(cli: Cli, spec: Path, command: str) -> None:
    answer = cli(command, "lambda_writer", "--config", spec, "--sync")
    assert answer.status == 3 and "allowed: --yes" in answer.err
    assert may_log_in(cli.database, "lambda_writer") == [(True,)] and not settled_in_file(spec)
    as_json = cli("sync", "--config", spec, "--yes", "--json")
    assert as_json.status == 0 and may_log_in(cli.database, "lambda_writer") == [(False,)] * (command == "disable-user")


def settled_in_file(spec: Path) -> bool:
    return any(user.username == "lambda_writer" and user.logs_in for user in AccessSpec.load(spec).users)


def test_a_server_that_cant_be_reached_is_an_error_and_the_file_says_what_is_wanted(cli: Cli, spec: Path) -> None:
    cli.env(PGHOST=str(cli.folder))
    answer = cli("create-user", "reader", "--config", spec, "--databases", "app", "--sync", "--json")
    assert answer.status == 1 and "no connection to database 'app'" in answer.err
    assert answer.json["sync"]["failed"][0]["database"] == "app"
    assert AccessSpec.load(spec).users[-1].username == "reader"


def test_nothing_is_connected_to_unless_it_is_asked_for(cli: Cli, spec: Path) -> None:
    cli.env(PGHOST=os.devnull)
    assert cli("create-user", "reader", "--config", spec).status == 0
