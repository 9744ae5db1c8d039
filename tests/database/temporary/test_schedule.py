"""The bootstrap function as the schedule calls it, every minute: it ends what is over and can bring about nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from db_access import handler
from db_access.errors import AccessError
from db_access.postgresql import connection as engine_connection
from db_access.spec import AccessSpec
from db_access.spec.deployed import ForeignEventError
from tests.conftest import Database
from tests.database.engine import allowed, fingerprint, run
from tests.database.temporary.world import ALICE, HOUR, SELECT, SPEC, deployed, give, moved, spec
from tests.database.watched import looked
from tests.deployed import deploy


@pytest.fixture
def given(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Alice has been a reader for an hour; the function has been deployed."""
    monkeypatch.setenv("DB_CLUSTER_RESOURCE_ID", "cluster-ABC")
    monkeypatch.setenv("PGUSER", "master")
    monkeypatch.setattr(
        engine_connection, "with_token", lambda name, *, patience: psycopg.connect(database.master_conninfo)
    )
    deploy(monkeypatch, SPEC.as_properties())
    give(deployed(database))
    yield database


def scheduled(wanted: AccessSpec = SPEC, **more: Any) -> dict[str, Any]:
    event = {"EndExpired": "yes", "Database": "app", "Cluster": "cluster-ABC", "Spec": wanted.as_properties(), **more}
    return handler.on_event(event, None)


def test_what_is_open_stays_and_nothing_is_written(given: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with given.superuser() as connection:
        before = fingerprint(connection)
        assert scheduled() == {"database": "app", "ended": 0, "grants": []}
        assert fingerprint(connection) == before
    assert capsys.readouterr().out == ""


def test_what_is_over_ends_and_the_log_says_who_and_why(given: Database, capsys: pytest.CaptureFixture[str]) -> None:
    moved(given, -HOUR)
    (grant,) = scheduled()["grants"]
    assert (grant["user"], grant["group"], grant["by"], grant["reason"]) == ("alice", "reader", "bob", "ticket 7")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"database": "app", "ended": 1, "grants": [grant]}
    assert not allowed(given, "alice", SELECT)


def test_it_puts_nothing_else_right(given: Database) -> None:
    run(given, "rdsadmin", "GRANT SELECT ON bar.audit TO lambda_writer")
    moved(given, -HOUR)
    scheduled()
    assert allowed(given, "lambda_writer", "SELECT count(*) FROM bar.audit")


@pytest.mark.parametrize(
    "forged",
    [
        {"Cluster": "cluster-OTHER"},
        {"Spec": spec(alice={**ALICE, "may_have": []}).as_properties()},
        {"Spec": spec(alice={**ALICE, "may_have": [{"group": "reader", "at_most": "24h"}]}).as_properties()},
    ],
)
def test_another_cluster_or_spec_is_refused(given: Database, forged: dict[str, Any]) -> None:
    moved(given, -HOUR)
    with pytest.raises(AccessError, match="nothing was"):
        scheduled(**forged)
    assert allowed(given, "alice", SELECT)


@pytest.mark.parametrize("event", ["EndExpired", ["EndExpired"], None, 7])
def test_what_is_no_event_is_refused(given: Database, event: Any) -> None:
    with pytest.raises(ForeignEventError, match="no JSON object, so nothing was done"):
        handler.on_event(event, None)


def test_a_deploy_that_is_on_is_waited_for_by_the_next_look(given: Database) -> None:
    moved(given, -HOUR)
    with given.connect("master") as deploy:
        deploy.execute("SELECT pg_advisory_lock(x'6B65796C657373'::bigint)")
        assert scheduled()["ended"] == 0
    assert scheduled()["ended"] == 1


def test_whoever_calls_it_ends_nothing_that_is_open(given: Database) -> None:
    """Beside what the event says it takes no word from it."""
    scheduled(User="alice", Group="reader", RequestType="Delete", PhysicalResourceId="cluster-ABC/app")
    assert allowed(given, "alice", SELECT)


def test_the_watch_tells_who_has_what_and_why_and_of_what_nobody_has_ended(given: Database) -> None:
    def look() -> dict[str, Any]:
        seen = looked(lambda: given.connect("lambda_writer"), SPEC, "app", "master")
        return seen.answer(cluster="cluster-ABC")

    found = look()
    (warning,) = [text for text in found["warnings"] if "'reader'" in text]
    assert found["drift"] == 0
    assert warning.startswith("'alice' is in 'reader' until ") and warning.endswith("given by 'bob': ticket 7")
    moved(given, -HOUR)
    found = look()
    assert found["drift"] > 0 and any("it was given until" in change for change in found["changes"])
