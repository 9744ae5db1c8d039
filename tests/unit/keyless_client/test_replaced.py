"""A connection that takes the place of another within an invocation behaves as that one was told to."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader

from keyless_client import ConnectError, connect, kept
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import WRITER, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table, next_invocation = test_invocations.table, test_invocations.next_invocation
Patch = pytest.MonkeyPatch


def killed(endpoint: Endpoint, patch: Patch) -> None:
    for pid in endpoint.sessions(WRITER):
        endpoint.end(pid)


def idle(endpoint: Endpoint, patch: Patch) -> None:
    patch.setattr(kept, "IDLE_LIMIT_SECONDS", 0)


def old(endpoint: Endpoint, patch: Patch) -> None:
    patch.setattr(kept, "LIFETIME_SECONDS", 0)


@pytest.mark.parametrize("gone", [killed, idle, old])
def test_what_is_to_be_rolled_back_is_not_committed_by_a_helper(
    gone: Callable[[Endpoint, Patch], Any], endpoint: Endpoint, monkeypatch: Patch
) -> None:
    first = connect()
    first.autocommit = False
    gone(endpoint, monkeypatch)
    assert connect() is not first
    write(connect())
    connect().rollback()
    assert written(endpoint) == []
    first.close()


def test_it_reads_and_writes_as_it_was_told_to(endpoint: Endpoint, monkeypatch: Patch) -> None:
    first = connect()
    first.row_factory = dict_row  # type: ignore[assignment]
    first.read_only = True
    first.adapters.register_loader("int4", TextLoader)
    killed(endpoint, monkeypatch)
    row: object = connect().execute("SELECT 1 AS a").fetchone()
    assert row == {"a": "1"}
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connect():
        write(connect())


def test_another_invocations_is_as_after_a_login(
    endpoint: Endpoint, monkeypatch: Patch, next_invocation: Callable[[], None]
) -> None:
    connect().autocommit = False
    killed(endpoint, monkeypatch)
    next_invocation()
    assert connect().autocommit


def test_a_login_that_fails_loses_nothing_of_it(endpoint: Endpoint, monkeypatch: Patch) -> None:
    """The next attempt of the same invocation would commit what its caller means to roll back."""
    first = connect()
    first.autocommit = False
    notices: list[str | None] = []
    first.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    killed(endpoint, monkeypatch)
    endpoint.accept_no_token(WRITER)
    for _ in range(2):
        with pytest.raises(ConnectError):
            connect()
    endpoint.accept(WRITER)
    write(connect())
    connect().execute("DO $$ BEGIN RAISE NOTICE 'here'; END $$")
    connect().rollback()
    assert written(endpoint) == []
    assert "here" in notices


def test_nor_does_the_next_invocation_get_it_then(
    endpoint: Endpoint, monkeypatch: Patch, next_invocation: Callable[[], None]
) -> None:
    connect().autocommit = False
    killed(endpoint, monkeypatch)
    endpoint.accept_no_token(WRITER)
    with pytest.raises(ConnectError):
        connect()
    next_invocation()
    with pytest.raises(ConnectError):
        connect()
    endpoint.accept(WRITER)
    assert connect().autocommit
