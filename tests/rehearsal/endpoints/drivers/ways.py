"""Every way that the client offers to connect, as an application uses it: who am I, on a new connection each time."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import sqlalchemy
from django import setup
from django.conf import settings
from django.db import ConnectionHandler
from sqlalchemy.ext.asyncio import create_async_engine

import keyless_client
from keyless_client import aio
from keyless_client.drivers import asyncpg as for_asyncpg
from keyless_client.drivers import pg8000 as for_pg8000
from keyless_client.drivers.django import database
from keyless_client.drivers.sqlalchemy import attach
from tests.unit.keyless_client.client_endpoint import end_invocations

Ask = Callable[[], object]
QUERY = "SELECT session_user::text, (SELECT count(*) FROM pg_prepared_statements)"


@contextmanager
def kept() -> Iterator[Ask]:
    def ask() -> object:
        end_invocations()
        return keyless_client.connect().execute(QUERY).fetchone()

    yield ask
    end_invocations()


@contextmanager
def pool() -> Iterator[Ask]:
    with keyless_client.pool(max_size=1, timeout=60) as connections:

        def ask() -> object:
            with connections.connection() as connection:
                answer = _ended(connection.execute(QUERY).fetchone(), connection)
            while _filling(connections):
                time.sleep(0.02)
            return answer

        yield ask


def _ended(answer: object, connection: Any) -> object:
    """What has been closed is not lent again."""
    connection.close()
    return answer


def _filling(connections: Any) -> bool:
    """Whether a pool is about to log in, in place of what was closed: when the clock jumps, that would be late. One that
    grows would be, too: each has one connection."""
    return bool(connections.get_stats().get("pool_available", 0) < 1)


@contextmanager
def asynchronous(make: Callable[[], Any]) -> Iterator[Ask]:
    """`make` is a coroutine that returns what answers, and what ends it."""
    with asyncio.Runner() as runner:
        ask, end = runner.run(make())
        try:
            yield lambda: runner.run(ask())
        finally:
            runner.run(end())


async def _aio_pool() -> Any:
    connections = aio.pool(max_size=1, timeout=60)
    await connections.open()

    async def ask() -> object:
        async with connections.connection() as connection:
            answer = await (await connection.execute(QUERY)).fetchone()
            await connection.close()
        while _filling(connections):
            await asyncio.sleep(0.02)
        return answer

    return ask, connections.close


async def _asyncpg() -> Any:
    connections = await asyncpg.create_pool(**for_asyncpg.arguments(), min_size=1, max_size=2)

    async def ask() -> object:
        await connections.expire_connections()
        async with connections.acquire() as connection:
            return tuple(await connection.fetchrow(QUERY))

    return ask, connections.close


def _engine_of(driver: str) -> Callable[[], Any]:
    async def make() -> Any:
        engine = attach(create_async_engine(f"postgresql+{driver}://"))

        async def ask() -> object:
            await engine.dispose()
            async with engine.connect() as connection:
                return tuple((await connection.execute(sqlalchemy.text(QUERY))).one())

        return ask, engine.dispose

    return make


def engine_of(driver: str) -> Callable[[], Any]:
    @contextmanager
    def engine() -> Iterator[Ask]:
        made = attach(sqlalchemy.create_engine(f"postgresql+{driver}://"))

        def ask() -> object:
            made.dispose()
            with made.connect() as connection:
                return tuple(connection.execute(sqlalchemy.text(QUERY)).one())

        yield ask
        made.dispose()

    return engine


@contextmanager
def pg8000() -> Iterator[Ask]:
    def ask() -> object:
        connection = for_pg8000.connect()
        cursor = connection.cursor()
        cursor.execute(QUERY)
        return _ended(tuple(cursor.fetchone()), connection)

    yield ask


def django(**options: Any) -> Callable[[], Any]:
    @contextmanager
    def handler() -> Iterator[Ask]:
        if not settings.configured:
            settings.configure(USE_TZ=True, TIME_ZONE="UTC")
            setup()
        connections = ConnectionHandler({"default": database(**options)})
        connection = connections["default"]

        def ask() -> object:
            with connection.cursor() as cursor:
                cursor.execute(QUERY)
                answer = tuple(cursor.fetchone())
            if connection.pool:
                connection.connection.close()
            connection.close()
            while connection.pool and _filling(connection.pool):
                time.sleep(0.02)
            return answer

        yield ask
        connection.close()
        if connection.pool:
            connection.close_pool()

    return handler


WAYS: dict[str, Callable[[], Any]] = {
    "connect": kept,
    "pool": pool,
    "aio.pool": lambda: asynchronous(_aio_pool),
    "asyncpg": lambda: asynchronous(_asyncpg),
    "pg8000": pg8000,
    "SQLAlchemy, psycopg": engine_of("psycopg"),
    "SQLAlchemy, pg8000": engine_of("pg8000"),
    "SQLAlchemy, psycopg, asyncio": lambda: asynchronous(_engine_of("psycopg")),
    "SQLAlchemy, asyncpg": lambda: asynchronous(_engine_of("asyncpg")),
    "Django": django(),
    "Django, pool": django(OPTIONS={"pool": {"min_size": 1, "max_size": 1}}),
}
