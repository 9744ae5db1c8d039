"""Applications hear of logins and repetitions, and a hook that fails breaks nothing."""

import psycopg
import pytest

from keyless_client import ConnectError, connect, events, on_event, run
from keyless_client.session import Session
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def heard(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, str]]:
    endpoint.create(WRITER)
    monkeypatch.setattr(events, "_hooks", [])
    heard: list[tuple[str, float, str]] = []
    on_event(lambda name, ms, reason: heard.append((name, ms, reason)))
    return heard


def said(heard: list[tuple[str, float, str]]) -> list[tuple[str, str]]:
    assert all(0 < ms < 60_000 for _, ms, _ in heard)
    return [(name, reason) for name, _, reason in heard]


def test_a_login_and_its_replacement_are_told(endpoint: Endpoint, heard: list[tuple[str, float, str]]) -> None:
    endpoint.end(connect().info.backend_pid)
    connect()
    connect()
    assert said(heard) == [("login", "first"), ("login", "replaced")]


def test_a_refused_login_is_told_with_whether_it_passes(
    endpoint: Endpoint, heard: list[tuple[str, float, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.accept_no_token(WRITER)
    with pytest.raises(ConnectError):
        connect()
    monkeypatch.setenv("PGPORT", "1")
    with pytest.raises(ConnectError):
        connect()
    assert said(heard) == [("login_failed", "never"), ("login_failed", "ready")]


def test_each_repetition_is_told_with_its_cause(heard: list[tuple[str, float, str]]) -> None:
    causes = ["RAISE SQLSTATE '40001'", "PERFORM pg_terminate_backend(pg_backend_pid())", "NULL"]

    def work(connection: Session) -> None:
        connection.execute(f"DO $$ BEGIN {causes.pop(0)}; END $$".encode())

    run(work)
    assert said(heard)[1:] == [("retry", "40001"), ("retry", "57P01"), ("login", "replaced")]


def test_a_hook_that_fails_is_a_line_in_the_log(
    heard: list[tuple[str, float, str]], caplog: pytest.LogCaptureFixture
) -> None:
    @on_event
    def broken(name: str, ms: float, reason: str) -> None:
        raise psycopg.Error("metrics are down")

    assert connect().execute("SELECT 1").fetchone() == (1,)
    assert "a hook for events failed at login" in caplog.text
    assert said(heard) == [("login", "first")]
