"""The sample's migrator, against a real server: each migration once, all or none, and everything belongs to the
owner."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sample.migrator import handler as migrator
from sample.migrator.handler import Migration, MigrationError, parse
from tests.unit.keyless_client import client_endpoint
from tests.yours.sample import sample_app
from tests.yours.sample.sample_app import App

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
app, app_superuser = sample_app.app, sample_app.app_superuser


def migrate(app: App) -> Any:
    return app.invoke(migrator.handler, {}, user="migrator")


def test_the_first_run_applies_every_migration_and_the_second_none(app: App) -> None:
    assert migrate(app) == {"applied": [1, 2], "version": 2}
    assert migrate(app) == {"applied": [], "version": 2}


def test_everything_created_belongs_to_the_schemas_owner(app: App) -> None:
    migrate(app)
    made = app.query(
        "SELECT relname, relowner::regrole::text FROM pg_class"
        " WHERE relkind IN ('r', 'S') AND relnamespace::regnamespace::text IN ('foo', 'bar', 'ops') ORDER BY 1"
    )
    assert [name for name, _ in made] == ["audit", "audit_id_seq", "event", "event_id_seq", "migration"]
    assert {owner for _, owner in made} == {"app_owner"}


def test_the_ledger_says_what_ran_and_when(app: App) -> None:
    migrate(app)
    assert app.query("SELECT version, applied_at <= now() FROM ops.migration ORDER BY 1") == [(1, True), (2, True)]


def test_a_new_migration_runs_alone(app: App) -> None:
    migrate(app)
    added = [*parse(migrator.SCHEMA.read_text()), Migration(3, "ALTER TABLE foo.event ADD COLUMN note text")]
    assert migrator.migrate(app.connect("migrator"), added) == {"applied": [3], "version": 3}


def test_a_failing_migration_leaves_nothing_behind(app: App) -> None:
    broken = [Migration(1, "CREATE TABLE foo.half ()"), Migration(2, "CREATE TABLE nowhere.other ()")]
    with pytest.raises(MigrationError, match=r'^migration 2 failed, and none was carried out: schema "nowhere"'):
        migrator.migrate(app.connect("migrator"), broken)
    assert app.query("SELECT to_regclass('foo.half'), to_regclass('ops.migration')") == [(None, None)]


def test_a_second_migrator_waits_for_the_first_and_then_finds_nothing_to_do(app: App) -> None:
    first, second = app.connect("migrator"), app.connect("migrator")
    migrations = parse(migrator.SCHEMA.read_text())
    with ThreadPoolExecutor(1) as pool, first.transaction():
        assert migrator.migrate(first, migrations)["applied"] == [1, 2]
        waiting = pool.submit(migrator.migrate, second, migrations)
        assert waits_for(app, second.info.backend_pid) == "advisory"
    assert waiting.result() == {"applied": [], "version": 2}


def waits_for(app: App, pid: int) -> str | None:
    """What kind of lock a session waits for; None when it doesn't within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        query = "SELECT wait_event FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        if row := app.superuser.execute(query, [pid]).fetchone():
            return str(row[0])
        time.sleep(0.005)
    return None


@pytest.mark.parametrize("numbers", [[2], [1, 3], [2, 1], [1, 1]])
def test_migrations_out_of_order_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"are numbered \[.*\]; allowed: 1, 2, 3 and so on"):
        parse("".join(f"-- migration {number}: title\nSELECT 1;\n" for number in numbers))


def test_a_migration_is_what_follows_its_title() -> None:
    text = (
        "-- what this file is\n\n-- migration 1: a\nSELECT 1;\n-- a remark\nSELECT 2;\n\n-- migration 2: b\nSELECT 3;\n"
    )
    assert parse(text) == [Migration(1, "SELECT 1;\n-- a remark\nSELECT 2;"), Migration(2, "SELECT 3;")]
