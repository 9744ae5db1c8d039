"""A peer that swallows what it is sent costs no more than the deadline, and one dead address of several costs a share."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from keyless.rehearsal.endpoints.addresses import free_loopback_addresses
from keyless_client import ConnectError, InDoubtError, aio, connect, invocation, run
from keyless_client.session import Session
from tests.unit.keyless_client import client_endpoint, test_invocations, test_unfinished
from tests.unit.keyless_client.client_endpoint import HOST, Endpoint
from tests.unit.keyless_client.relay import Relay
from tests.unit.keyless_client.test_deadline import Context
from tests.unit.keyless_client.test_invocations import write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table = test_invocations.table
bound = test_unfinished.bound  # a test that hangs is a test that fails
LATE = "the server didn't answer before the deadline"
LARGE = b"x" * 30_000_000
"""More than all buffers on the way hold."""


@pytest.fixture
def relay(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    relay = Relay(endpoint.proxy.server.address, endpoint.port)
    monkeypatch.setenv("PGHOSTADDR", relay.address)
    yield relay
    relay.close()


@pytest.fixture
def dead(endpoint: Endpoint) -> Iterator[str]:
    """An address that answers nobody: who knocks there isn't even refused."""
    [address] = free_loopback_addresses(1, endpoint.port)
    with ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind((address, endpoint.port))
        listener.listen(0)
        for _ in range(3):
            knocking = sockets.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex((address, endpoint.port))
        yield address


def led_to(*addresses: str, patch: pytest.MonkeyPatch) -> None:
    """The name's addresses, in this order."""
    real = socket.getaddrinfo

    def found(name: Any, *arguments: Any, **options: Any) -> Any:
        names = addresses if name in (HOST, HOST.encode()) else [name]
        return [one for each in names for one in real(each, *arguments, **options)]

    patch.setattr(socket, "getaddrinfo", found)
    patch.delenv("PGHOSTADDR")


def by_connect(seconds: float) -> object:
    return connect(deadline=seconds).execute("SELECT 1").fetchone()


def by_aio(seconds: float) -> object:
    async def asked() -> object:
        async with await aio.connect(deadline=seconds) as connection:
            return await (await connection.execute("SELECT 1")).fetchone()

    return asyncio.run(asked())


WAYS: list[Callable[[float], object]] = [by_connect, by_aio]


@pytest.mark.parametrize("way", WAYS)
def test_one_dead_address_leaves_time_for_the_others(
    way: Callable[[float], object], dead: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of its seconds went to the first one, and the others had none."""
    monkeypatch.setenv("DB_LOGIN_SECONDS", "60")
    led_to(dead, endpoint.proxy.server.address, patch=monkeypatch)
    assert way(3) == (1,)


@pytest.mark.parametrize("way", WAYS)
def test_dead_addresses_end_with_the_deadline(
    way: Callable[[float], object], dead: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    led_to(dead, dead, patch=monkeypatch)
    with pytest.raises(ConnectError, match="security group"):
        way(1)


@pytest.mark.parametrize("way", WAYS)
def test_a_login_that_trickles_ends_with_the_deadline(way: Callable[[float], object], relay: Relay) -> None:
    relay.trickle()
    with pytest.raises(ConnectError, match="there was no login within 1 seconds"):
        way(1)


@pytest.mark.parametrize("way", WAYS)
def test_a_login_that_stops_half_way_ends_with_the_deadline(way: Callable[[float], object], relay: Relay) -> None:
    relay.stop()
    with pytest.raises(ConnectError, match="there was no login within 1 seconds"):
        way(1)


@pytest.mark.parametrize("way", WAYS)
def test_a_name_that_is_not_resolved_ends_with_the_deadline(
    way: Callable[[float], object], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """asyncio.run() waits for the threads of its loop."""
    answered = threading.Event()
    request.addfinalizer(answered.set)
    monkeypatch.delenv("PGHOSTADDR")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait())
    with pytest.raises(ConnectError, match="there was no login within 1 seconds"):
        way(1)


def test_asyncio_in_an_invocation_ends_a_second_before_it(relay: Relay) -> None:
    @invocation
    def handler(event: object, context: object) -> object:
        return asyncio.run(aio.connect())

    relay.stop()
    with pytest.raises(ConnectError, match=r"there was no login within 0\.5 seconds"):
        handler({}, Context(1500))


STATEMENTS: list[Callable[[Session], object]] = [
    lambda connection: connection.execute("SELECT 1"),
    lambda connection: connection.execute("SELECT %s::bytea", [LARGE]),
    lambda connection: connection.cursor().copy("COPY public.written FROM STDIN").__enter__(),
    lambda connection: connection.transaction().__enter__(),
    lambda connection: next(connection.notifies()),
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_ends_with_the_invocation(statement: Callable[[Session], object], relay: Relay) -> None:
    @invocation
    def handler(event: object, context: object) -> None:
        connection = connect()
        relay.stop()
        statement(connection)

    with pytest.raises(psycopg.OperationalError, match=LATE):
        handler({}, Context(2500))


def test_what_works_in_the_last_second_is_not_refused(endpoint: Endpoint) -> None:
    @invocation
    def handler(event: object, context: object) -> None:
        write(connect())

    connect()
    handler({}, Context(700))
    assert written(endpoint) == [1]


def test_a_whole_transaction_ends_with_its_deadline_and_nothing_of_it_is_committed(
    relay: Relay, endpoint: Endpoint
) -> None:
    def work(connection: Session) -> None:
        write(connection)
        relay.stop()
        write(connection, 2)

    with pytest.raises(psycopg.OperationalError, match=LATE):
        run(work, deadline=1.5)
    assert written(endpoint) == []


def test_a_commit_that_is_not_answered_is_in_doubt(relay: Relay) -> None:
    def work(connection: Session) -> None:
        write(connection)
        relay.stop()

    with pytest.raises(InDoubtError):
        run(work, deadline=1.5)


def test_without_a_deadline_a_statement_takes_its_time() -> None:
    assert run(lambda connection: connection.execute("SELECT 1 FROM pg_sleep(1.2)").fetchone()) == (1,)


def test_outside_of_run_its_deadline_is_over() -> None:
    def work(connection: Session) -> None:
        connection.execute("SELECT 1")

    run(work, deadline=1)
    assert connect().execute("SELECT 1 FROM pg_sleep(2.2)").fetchone() == (1,)


def test_a_shorter_bound_of_the_callers_own_stays(relay: Relay) -> None:
    """`notifies(timeout=)` ends without an error."""

    @invocation
    def handler(event: object, context: object) -> list[object]:
        return list(connect().notifies(timeout=0.1))

    assert handler({}, Context(60_000)) == []
