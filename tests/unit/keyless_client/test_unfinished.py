"""What an invocation has begun and not ended makes nobody wait, and a server that doesn't answer costs a new login."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from keyless_client import OpenTransactionError, connect, invocation, kept
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import WRITER, begin, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table, next_invocation, way = test_invocations.table, test_invocations.next_invocation, test_invocations.way
TOO_LONG = 20


class HangsError(Exception):
    pass


@pytest.fixture(autouse=True)
def bound() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise HangsError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TOO_LONG, 1)  # again and again: the way out of a block may hang, too
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def copy(connection: psycopg.Connection) -> object:
    block = connection.cursor().copy("COPY public.written FROM STDIN")
    block.__enter__().write_row([1])
    return block


def stream(connection: psycopg.Connection) -> object:
    rows = connection.cursor().stream("INSERT INTO public.written SELECT generate_series(1, 100000) RETURNING *")
    next(rows)
    return rows


def pipeline(connection: psycopg.Connection) -> object:
    block = connection.pipeline()
    block.__enter__()
    write(connection)
    return block


def notifications(connection: psycopg.Connection) -> object:
    connection.execute("LISTEN news; NOTIFY news")
    notes = connection.notifies()
    next(notes)
    return notes


def block(connection: psycopg.Connection) -> object:
    opened = connection.transaction()
    opened.__enter__()
    write(connection)
    return opened


UNFINISHED: list[Callable[[psycopg.Connection], Any]] = [copy, stream, pipeline, notifications, block]
WRITES = [one for one in UNFINISHED if one is not notifications]


@pytest.mark.parametrize("unfinished", UNFINISHED)
def test_the_next_invocation_waits_for_nothing_that_is_unfinished(
    unfinished: Callable[[psycopg.Connection], Any], endpoint: Endpoint, next_invocation: Callable[[], None]
) -> None:
    first = connect()
    left = unfinished(first)
    next_invocation()
    write(connect(), 7)
    assert connect() is not first
    assert 7 in written(endpoint)
    del left


@pytest.mark.parametrize("unfinished", WRITES)
def test_an_invocation_that_returns_in_the_middle_of_it_is_an_error_at_once(
    unfinished: Callable[[psycopg.Connection], Any], endpoint: Endpoint
) -> None:
    left = []

    @invocation
    def handler() -> None:
        left.append(unfinished(connect()))

    with pytest.raises(OpenTransactionError):
        handler()
    write(connect(), 7)
    assert 7 in written(endpoint)


@pytest.mark.parametrize("unfinished", UNFINISHED)
def test_a_helper_gets_the_same_connection_meanwhile(unfinished: Callable[[psycopg.Connection], Any]) -> None:
    first = connect()
    left = unfinished(first)
    assert connect() is first
    first.close()
    del left


@pytest.mark.parametrize("open_it", [begin, lambda connection: None])
def test_a_server_that_hangs_is_left_alone(
    open_it: Callable[[psycopg.Connection], Any],
    endpoint: Endpoint,
    next_invocation: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "is_proxy", lambda host: False)
    monkeypatch.setattr(kept, "_ANSWER_SECONDS", 1)
    first = connect()
    open_it(first)
    [pid] = endpoint.sessions(WRITER)
    os.kill(pid, signal.SIGSTOP)
    try:
        next_invocation()
        write(connect(), 7)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert written(endpoint) == [7]
