"""The sample's migrator and writer on MySQL and MariaDB, on real servers behind an endpoint that judges their tokens."""

from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from keyless_client.drivers.pymysql import connect
from sample.mysql.migrator import handler as migrator
from sample.mysql.migrator.handler import Migration, MigrationError, parse
from sample.mysql.writer import handler as writer
from tests.mysql.servers import Instance, rows
from tests.yours.sample.mysql_app import reached

EVENTS = {"events": [{"name": "one", "payload": {"ä": 1}}, {"name": "two", "payload": {}}]}


@pytest.fixture
def app(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """With the schemas, and a user that may create, read and write in them."""
    schemas = ("foo", "bar", "ops")
    with instance.superuser() as owner:
        for schema in schemas:
            rows(owner, f"CREATE DATABASE {schema}")
    rights = (f"SELECT, INSERT, CREATE ON {schema}.*" for schema in schemas)
    with reached(instance, tmp_path, monkeypatch, *rights, database="foo"):
        yield instance


def found(app: Instance, query: str) -> list[tuple[object, ...]]:
    with app.superuser() as owner:
        return rows(owner, query)


def test_the_first_run_applies_every_migration_and_the_second_none(app: Instance) -> None:
    assert migrator.handler({}, None) == {"applied": [1, 2], "version": 2}
    assert migrator.handler({}, None) == {"applied": [], "version": 2}
    assert found(app, "SELECT version FROM ops.migration ORDER BY 1") == [(1,), (2,)]


def test_after_a_failing_migration_the_next_run_goes_on_with_it(app: Instance) -> None:
    steps = [Migration(1, "CREATE TABLE foo.one (id INT)"), Migration(2, "CREATE TABLE nowhere.two (id INT)")]
    with connect(autocommit=True) as connection:
        with pytest.raises(MigrationError, match=r"^migration 2, .* those before it stay: "):
            migrator.migrate(connection, steps)
        mended = [steps[0], Migration(2, "CREATE TABLE foo.two (id INT)")]
        assert migrator.migrate(connection, mended) == {"applied": [2], "version": 2}


def test_a_second_migrator_waits_for_the_first(app: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrator, "LOCK_SECONDS", 0)
    with app.superuser() as other:
        rows(other, "SELECT GET_LOCK(%s, 0)", migrator.LOCK)
        with pytest.raises(TimeoutError, match="another migrator has held the lock 'migrator' for 0 seconds"):
            migrator.handler({}, None)
    assert migrator.handler({}, None)["applied"] == [1, 2]


@pytest.mark.parametrize("numbers", [[2], [1, 3], [2, 1], [1, 1]])
def test_migrations_out_of_order_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"are numbered \[.*\]; allowed: 1, 2, 3 and so on"):
        parse("".join(f"-- migration {number}: title\nSELECT 1;\n" for number in numbers))


def test_the_writer_writes_all_of_an_event_and_who_wrote_it(app: Instance) -> None:
    migrator.handler({}, None)
    assert writer.handler(EVENTS, None) == {"written": 2}
    assert found(app, "SELECT name FROM foo.event ORDER BY id") == [("one",), ("two",)]
    ((who, count),) = found(app, "SELECT written_by, events FROM bar.audit")
    assert str(who).endswith("@%") and count == 2


def test_the_writer_writes_all_or_none(app: Instance) -> None:
    migrator.handler({}, None)
    with app.superuser() as owner:
        rows(owner, "DROP TABLE bar.audit")
    with pytest.raises(pymysql.err.ProgrammingError):
        writer.handler(EVENTS, None)
    assert found(app, "SELECT count(*) FROM foo.event") == [(0,)]


def test_what_is_wrong_with_events_is_listed_and_nothing_is_written(app: Instance) -> None:
    with pytest.raises(ValueError, match="2 problem"):
        writer.handler({"events": [{"name": "", "payload": {}}, {"name": "x", "payload": []}]}, None)
