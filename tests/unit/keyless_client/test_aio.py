"""asyncio's connections, and the pools, log in as connect() does: a token for each."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest

from keyless_client import ConnectError, aio, pool
from tests.unit.keyless_client import client_endpoint, secrets_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint, in_frames

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def writer(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)


async def user(connection: "psycopg.AsyncConnection[Any]") -> object:
    cursor = await connection.execute("SELECT current_user::text")
    return (await cursor.fetchone() or [None])[0]


def test_a_connection_is_a_transaction_and_closes(endpoint: Endpoint) -> None:
    async def work() -> "psycopg.AsyncConnection[Any]":
        async with await aio.connect() as connection:
            assert await user(connection) == WRITER
            assert connection.prepare_threshold is None
            return connection

    assert asyncio.run(work()).closed


def test_a_refusal_says_what_to_check_and_shows_no_token(endpoint: Endpoint) -> None:
    endpoint.accept_no_token(WRITER)
    with pytest.raises(ConnectError, match=f"{WRITER} does not exist or is not a member of rds_iam") as refused:
        asyncio.run(aio.connect())
    assert "X-Amz" not in in_frames(refused.value)


def test_it_waits_as_long_as_the_environment_says(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_LOGIN_SECONDS", "1")
    monkeypatch.setenv("PGPORT", "1")
    with pytest.raises(ConnectError, match=r"(?s)nothing listens.*gave up after \d seconds and \d attempts"):
        asyncio.run(aio.connect())


def test_its_deadline_bounds_all_of_it(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(silent.getsockname()[1]))
        with pytest.raises(ConnectError, match=r"there was no login within 0\.5 seconds"):
            asyncio.run(aio.connect(deadline=0.5))


def test_a_pool_logs_in_with_the_token_of_the_moment(endpoint: Endpoint) -> None:
    with pool(max_size=2, timeout=30) as connections:
        with connections.connection() as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == (WRITER,)
            endpoint.tick(60)
            endpoint.accept(WRITER)  # the first one's is refused from now on
            with connections.connection() as other:
                assert other.info.backend_pid != connection.info.backend_pid
        for pid in endpoint.sessions(WRITER):
            endpoint.end(pid)
        with connections.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_asynchronous_pool_does(endpoint: Endpoint) -> None:
    @asynccontextmanager
    async def lent(connections: Any) -> AsyncIterator[Any]:
        async with connections.connection() as connection:
            assert await user(connection) == WRITER
            yield connection

    async def work() -> None:
        async with aio.pool(max_size=2, timeout=30) as connections, lent(connections):
            endpoint.tick(60)
            endpoint.accept(WRITER)
            async with lent(connections):
                pass

    asyncio.run(work())


def test_a_pool_reads_a_rotated_secret_again(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """One reading for all that are refused at the same time."""
    with secrets_endpoint.serving() as secrets:
        monkeypatch.setattr("keyless_client.secret._passwords", {})
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url)
        monkeypatch.setenv("DB_SECRET_ARN", secrets_endpoint.ARN)
        for password in ("first", "rotated"):
            secrets.hold(password)
            endpoint._set_password(WRITER, password)
            for pid in endpoint.sessions(WRITER):
                endpoint.end(pid)
            with pool(timeout=30, min_size=4) as connections, connections.connection() as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            assert asyncio.run(_through_aio()) == WRITER
        assert len(secrets.asked) == 2


async def _through_aio() -> object:
    async with await aio.connect() as connection:
        return await user(connection)
