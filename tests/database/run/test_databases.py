"""A declared database that isn't there is made, once, belongs to the master and is converged; a dry run shows it and
makes nothing."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access.errors import ApplyError, NoDatabaseError
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Timeouts
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.cli.runner import Cli
from tests.database.engine import connect_as_master, make_tables, run, spec

NAME = 'second "db" it\'s'
EXISTS = "SELECT count(*) FROM pg_database WHERE datname LIKE 'second%'"


def wanted(name: str = NAME) -> AccessSpec:
    document = spec().as_properties()
    database, users = {**document["databases"][0], "name": name}, document["users"]
    return spec(
        databases=[database],
        users=[{**u, "grants": [{**grant, "database": name} for grant in u["grants"]]} for u in users],
    )


@pytest.fixture
def second(database: Database) -> Database:
    return Database(database.server, name=NAME)


@pytest.fixture
def converging(database: Database, second: Database) -> Any:
    elsewhere = connect_as_master(Database(database.server, name="postgres"))
    return partial(reconcile.converge, connect_as_master(second), wanted(), NAME, elsewhere=elsewhere)


@pytest.fixture
def cli(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(database, monkeypatch, capsys, tmp_path)


def test_a_missing_database_is_made_and_converged(second: Database, converging: Any) -> None:
    summary = converging()
    assert type(summary.plan[0]).__name__ == "CreateDatabase" and summary.changes == len(summary.plan)
    assert run(
        second, "rdsadmin", "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"
    ) == [(MASTER,)]
    make_tables(second)
    run(second, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    assert converging().changes == 0


def test_concurrent_runs_make_it_once_and_all_succeed(second: Database, converging: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(converging) for _ in range(12)]:
            future.result()
    assert run(second, "rdsadmin", EXISTS) == [(1,)]
    assert converging().changes == 0


def test_a_preview_shows_what_a_run_then_does_and_makes_nothing(
    database: Database, second: Database, converging: Any
) -> None:
    pending = reconcile.preview(
        connect_as_master(second),
        wanted(),
        NAME,
        elsewhere=connect_as_master(Database(database.server, name="postgres")),
    )
    assert run(database, "rdsadmin", EXISTS) == [(0,)]
    assert pending.plan == converging().plan


def test_without_another_place_to_connect_to_a_missing_database_is_an_error_at_once(second: Database) -> None:
    with pytest.raises(NoDatabaseError, match="does not exist"):
        reconcile.converge(connect_as_master(second), wanted(), NAME)
    with pytest.raises(NoDatabaseError, match="does not exist"):
        reconcile.prove(connect_as_master(second), wanted(), NAME)


def test_a_master_that_may_make_none_gets_postgresqls_words(database: Database, converging: Any) -> None:
    run(database, "rdsadmin", f"ALTER ROLE {MASTER} NOCREATEDB")
    with pytest.raises(
        ApplyError,
        match=r"is declared and missing, and could not be made: permission denied to create database \(42501\)",
    ):
        converging()


def test_a_busy_template_is_waited_for_within_bounds(database: Database, converging: Any) -> None:
    with (
        psycopg.connect(database.server.conninfo(database="template1")),
        pytest.raises(
            ApplyError,
            match=r"could not be made: source database \"template1\" is being accessed by other users \(There is 1 "
            r"other session using the database\) \(55006\)",
        ),
    ):
        converging(timeouts=Timeouts(transient=1))
    assert converging().changes > 0


def test_a_run_that_fails_after_the_database_was_made_is_made_good_by_the_next(
    database: Database, converging: Any
) -> None:
    run(database, "rdsadmin", "CREATE ROLE app_owner")
    with pytest.raises(Exception, match="role 'app_owner' exists"):
        converging()
    run(database, "rdsadmin", "DROP ROLE app_owner")
    assert converging().changes > 0


def test_the_command_makes_every_missing_database_and_a_dry_run_shows_them(cli: Cli) -> None:
    file = cli.write(wanted("second"))
    dry = cli.sync("--dry-run", "--detailed-exitcode", config=file)
    assert (dry.status, dry.out.splitlines()[1:3]) == (
        2,
        ["  databases", "    + database second  -- declared and missing"],
    )
    assert run(cli.database, "rdsadmin", EXISTS) == [(0,)]
    assert cli.prove(config=file).status == 1
    assert [cli.sync("--detailed-exitcode", config=file).status for _ in range(2)] == [2, 0]
    assert cli.prove(config=file).status == 0
