"""The sample's writer, against a real server: it writes with a write-only user's rights, and refuses what it can't
store."""

import re
from typing import Any

import psycopg
import pytest

from sample.migrator import handler as migrator
from sample.writer import handler as writer
from tests.unit.keyless_client import client_endpoint
from tests.yours.sample import sample_app
from tests.yours.sample.sample_app import App

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
app, app_superuser = sample_app.app, sample_app.app_superuser
TWO = {
    "events": [
        {"name": "signed up", "payload": {"id": 1, "tags": ["a", None]}},
        {"name": "'); DROP TABLE foo.event; --", "payload": {}},
    ]
}


@pytest.fixture
def migrated(app: App) -> App:
    app.invoke(migrator.handler, {}, user="migrator")
    return app


def write(app: App, event: Any) -> Any:
    return app.invoke(writer.handler, event, user="lambda_writer")


def test_events_are_stored_as_they_came_and_counted(migrated: App) -> None:
    assert write(migrated, TWO) == {"written": 2}
    stored = migrated.query("SELECT name, payload FROM foo.event ORDER BY id")
    assert [{"name": name, "payload": payload} for name, payload in stored] == TWO["events"]
    assert migrated.query("SELECT written_by, events FROM bar.audit") == [("lambda_writer", 2)]


def test_the_writer_cannot_read_what_it_wrote(migrated: App) -> None:
    write(migrated, TWO)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        migrated.connect("lambda_writer").execute("SELECT name FROM foo.event")


def test_events_and_their_count_are_written_together_or_not_at_all(migrated: App) -> None:
    migrated.superuser.execute("REVOKE INSERT ON bar.audit FROM lambda_writer")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        write(migrated, TWO)
    assert migrated.query("SELECT count(*) FROM foo.event") == [(0,)]


def test_an_invocation_after_a_failed_one_works(migrated: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "lambda_writer")
    migrated.superuser.execute("ALTER TABLE bar.audit ADD CONSTRAINT few CHECK (events < 2)")
    with pytest.raises(psycopg.errors.CheckViolation):
        writer.handler(TWO, None)
    assert writer.handler({"events": TWO["events"][:1]}, None) == {"written": 1}
    assert migrated.query("SELECT count(*) FROM foo.event") == [(1,)]


@pytest.mark.parametrize("event", [{}, {"events": []}, {"events": {"name": "a"}}, [], None, {"events": [{}] * 1001}])
def test_an_event_without_a_list_of_events_is_refused(event: Any) -> None:
    with pytest.raises(ValueError, match=re.escape('the event must be {"events": [...]} with 1 to 1000 events')):
        writer.valid_events(event)


def test_every_problem_of_the_events_is_named_with_its_place() -> None:
    wrong = [
        {"name": "", "payload": {}},
        "text",
        {"name": "fine", "payload": {}},
        {"name": "a\0", "payload": [], "id": 1},
    ]
    with pytest.raises(ValueError, match="nothing written") as refused:
        writer.valid_events({"events": wrong})
    assert str(refused.value).splitlines() == [
        "nothing written: the events have 5 problem(s):",
        "  - events[0]: name must be a string of 1 to 200 characters without NUL",
        '  - events[1]: must be an object {"name": string, "payload": object}',
        "  - events[3]: unknown field 'id'; allowed: name, payload",
        "  - events[3]: name must be a string of 1 to 200 characters without NUL",
        "  - events[3]: payload must be an object",
    ]


def test_a_refused_event_opens_no_connection(migrated: App) -> None:
    migrated.endpoint.accept_no_token("lambda_writer")
    with pytest.raises(ValueError, match="nothing written"):
        write(migrated, {"events": [{"name": 1}]})
