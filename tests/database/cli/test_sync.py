"""`keyless sync` on a real server: its changes, its output, its exit status."""

import json
import re
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.sql import SQL

from db_access.postgresql import apply, catalog, target
from db_access.postgresql.answer import Answer
from db_access.postgresql.ddl import statements as ddl_statements
from db_access.postgresql.planning import Planned
from db_access.postgresql.state import Current
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.cli import runner
from tests.database.cli.runner import CONFIG, Cli
from tests.database.engine import SAMPLE, allowed, converge, fingerprint, make_tables, run, with_user
from tests.database.written import least_written


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def statements(answer: runner.Answer) -> Mapping[str, list[str]]:
    return {
        entry["database"]: [change["statement"] for change in entry["changes"]] for entry in answer.json["databases"]
    }


def two_databases(cli: Cli) -> Path:
    run(cli.database, "master", "CREATE DATABASE second")
    document = SAMPLE.as_properties()
    document["databases"].append({"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]})
    document["users"][1]["grants"].append({"database": "second", "schemas": ["foo"], "access": "write_only"})
    return cli.write(AccessSpec.parse(document))


@pytest.mark.parametrize(("options", "statuses"), [(["--detailed-exitcode"], [2, 0]), ([], [0, 0])])
def test_the_first_sync_converges_and_the_second_finds_nothing_to_do(
    cli: Cli, options: list[str], statuses: list[int]
) -> None:
    first, second = cli.sync(*options), cli.sync(*options)
    assert [first.status, second.status] == statuses
    assert "+ role lambda_writer (login, at most 50 sessions)  -- declared and missing" in first.out
    assert second.out.splitlines()[0] == "database app: nothing to do"
    assert converge(cli.database).changes == 0


def test_a_sync_says_how_much_it_left_to_others_and_its_json_says_what(cli: Cli) -> None:
    clean = cli.sync("--json")
    assert clean.err.endswith("made; proven\n") and clean.json["databases"][0]["left"] == []
    tables = [f"CREATE TABLE foo.theirs{n} ()" for n in range(60)]
    run(cli.database, "rdsadmin", *tables, "CREATE ROLE stranger")
    run(cli.database, "rdsadmin", *(f"ALTER TABLE foo.theirs{n} OWNER TO stranger" for n in range(30)))
    run(cli.database, "rdsadmin", "ALTER DATABASE app OWNER TO app_owner", "GRANT CONNECT ON DATABASE app TO master")
    answer = cli.sync("--json")
    (found,) = answer.json["databases"]
    left = found["left"]
    assert answer.status == 0 and answer.err.endswith(f"nothing to do; proven but for {len(left)} left to others\n")
    assert left[0].startswith("database 'app' belongs to 'app_owner'") and set(left) <= set(found["warnings"])
    assert left == cli.prove("--json").json["databases"][0]["left"]
    assert cli.sync("--dry-run", "--json").json["databases"][0]["left"] == left


def test_a_dry_run_writes_nothing(cli: Cli) -> None:
    def dry() -> None:
        assert [cli.sync("--dry-run").status, cli.sync("--dry-run", "--detailed-exitcode").status] == [0, 2]

    with cli.database.superuser() as connection:
        before = fingerprint(connection)
        assert least_written(connection, dry) == (0, 0)
        assert fingerprint(connection) == before


@pytest.mark.parametrize("command", [["sync", "--dry-run"], ["prove"]])
def test_a_dry_run_and_a_proof_run_in_read_only_transactions(
    cli: Cli, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def writing(connection: Connection[Any], scope: catalog.Scope, ask: Any = catalog.ask) -> Answer[Current]:
        connection.execute("CREATE ROLE written")
        answer: Answer[Current] = ask(connection, scope)
        return answer

    monkeypatch.setattr(catalog, "ask", writing)
    answer = cli(*command, "--config", CONFIG)
    assert (answer.status, answer.out) == (1, "")
    assert "read-only transaction" in answer.err


def test_a_dry_run_shows_what_the_sync_then_does(cli: Cli) -> None:
    pending, made = cli.sync("--dry-run", "--json"), cli.sync("--json")
    assert pending.json == made.json
    assert len(statements(made)["app"]) > 20


def test_a_dry_run_shows_a_change_of_a_shared_role_for_the_first_database_only(cli: Cli) -> None:
    config = two_databases(cli)
    pending, made = cli.sync("--dry-run", "--json", config=config), cli.sync("--json", config=config)
    assert pending.json == made.json
    assert set(statements(made)) == {"app", "second"}
    assert cli.sync("--detailed-exitcode", config=config).status == 0


def test_a_dry_run_shows_settings_and_losses_of_a_shared_role_once(cli: Cli) -> None:
    document = AccessSpec.load(two_databases(cli)).as_properties()
    document["users"] += [
        {"username": "leaver"},
        {"username": "u", "auth_method": "none", "settings": {"work_mem": "4MB"}},
    ]
    config = cli.folder / "by_hand.json"
    config.write_text(json.dumps(document))
    assert cli.sync(config=config).status == 0
    document["users"] = [*document["users"][:-2], {"username": "u", "settings": {"work_mem": "8MB"}}]
    config.write_text(json.dumps({**document, "retired": [{"username": "leaver", "drop": True}]}))
    pending, made = cli.sync("--dry-run", "--json", config=config), cli.sync("--json", config=config)
    assert pending.json == made.json
    assert {"configure", "clear_password", "drop_role"} <= {
        change["kind"] for change in made.json["databases"][0]["changes"]
    }
    assert statements(made)["second"] == []


def test_what_is_pending_is_in_every_format_and_is_not_a_difference(cli: Cli) -> None:
    grant = {"database": "app", "schemas": ["foo"], "tables": ["SELECT"], "only": ["foo.later"]}
    config = cli.write(with_user(username="u", grants=[grant]))
    says = "foo.later, which `only` names, doesn't exist yet: run again when it does"
    assert says in cli.sync("--dry-run", config=config).out
    assert says in cli.sync(config=config).out
    for chosen in ("text", "sql", "json", "markdown"):
        answer = cli.sync("--format", chosen, "--detailed-exitcode", config=config)
        assert (answer.status, answer.out.count(says)) == (0, 1), chosen
        assert says not in answer.err
    assert [entry["pending"] for entry in cli.sync("--json", config=config).json["databases"]] == [[says]]
    text, found = cli.prove(config=config), cli.prove("--json", config=config)
    assert (text.status, text.out.count(says), found.json["databases"][0]["pending"]) == (0, 1, [says])


def test_only_the_named_database_is_touched(cli: Cli) -> None:
    config = two_databases(cli)
    assert set(statements(cli.sync("--json", "--database", "second", config=config))) == {"second"}
    assert allowed(Database(cli.database.server, name="second"), "lambda_writer", "SELECT 1")
    assert run(cli.database, "rdsadmin", "SELECT count(*) FROM pg_namespace WHERE nspname = 'foo'") == [(0,)]


@pytest.mark.parametrize(
    ("chosen", "start"),
    [("text", "database app: "), ("sql", "-- database app: "), ("json", "{"), ("markdown", "#### Database ` app `: ")],
)
def test_the_result_is_on_stdout_in_the_chosen_format_and_progress_on_stderr(cli: Cli, chosen: str, start: str) -> None:
    answer = cli.sync("--dry-run", "--format", chosen)
    assert answer.out.startswith(start)
    assert "connecting" in answer.err
    assert "connecting" not in answer.out


def test_verbose_shows_the_statements_on_stderr_before_a_run_and_as_they_run(cli: Cli) -> None:
    said = 'CREATE SCHEMA "foo" AUTHORIZATION "app_owner"  -- declared and missing'
    assert said not in cli("plan", "--config", CONFIG).err
    for command in (["sync", "--dry-run"], ["plan"], ["sync", "--yes"]):
        answer = cli(*command, "--config", CONFIG, "--verbose", "--json")
        assert answer.status == 0 and said in answer.err
        assert statements(answer)["app"]


@dataclass(frozen=True)
class DropSchema:
    reason: str = "not declared"


def test_a_plan_that_would_destroy_is_refused_before_anything_runs(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    converge(cli.database)
    make_tables(cli.database)
    monkeypatch.setattr(target, "plan", lambda *states, **options: Planned((DropSchema(),), ()))  # type: ignore[arg-type]
    monkeypatch.setattr(ddl_statements, "statement", lambda change: SQL("DROP SCHEMA foo CASCADE").format())
    for answer in (cli.sync("--dry-run"), cli.sync()):
        assert (answer.status, answer.out) == (1, "")
        assert "DropSchema is planned (not declared), which may lose data; allowed: " in answer.err
    assert run(cli.database, "rdsadmin", "SELECT to_regclass('foo.event')::text") == [("foo.event",)]


def test_the_command_runs_as_a_process(cli: Cli) -> None:
    with cli.process("sync", "--yes", "--config", CONFIG, "--detailed-exitcode") as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out.splitlines()[0]) == (
        2,
        "database app: 26 changes (21 to add, 1 to change, 4 to take away)",
    ), err


def test_a_closed_pipe_gives_no_traceback(cli: Cli) -> None:
    with cli.process("sync", "--config", CONFIG, "--dry-run") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 1
    assert "Traceback" not in err and "BrokenPipe" not in err


def test_a_sync_that_waits_for_a_lock_is_heard_of(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.cli.progress.EVERY_SECONDS", 0.2)
    with psycopg.connect(cli.database.master_conninfo) as other:
        apply.lock(other, 1)
        released = threading.Timer(2, other.rollback)
        released.start()
        answer = cli.sync()
        released.join()
    assert answer.status == 0
    assert re.search(r"^database app: still at work after \d+ s; it may wait for another", answer.err, re.MULTILINE)


def test_an_interrupted_sync_changes_nothing_and_says_so(cli: Cli) -> None:
    with psycopg.connect(cli.database.master_conninfo) as other, cli.database.superuser() as connection:
        before = fingerprint(connection)
        apply.lock(other, 1)
        with cli.process("sync", "--yes", "--config", CONFIG) as process:
            deadline = time.monotonic() + 20
            while not connection.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (130, "")
        assert err.splitlines()[-1] == "keyless: interrupted; the changes of the database in progress were rolled back"
        assert "Traceback" not in err
        assert fingerprint(connection) == before
