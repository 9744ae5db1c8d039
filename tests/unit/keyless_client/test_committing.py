"""No pool, and no framework on psycopg, takes a COMMIT for one that PostgreSQL has answered with ROLLBACK."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import django.db
import psycopg
import pytest
import sqlalchemy
from django.conf import settings
from django.db import transaction
from psycopg.errors import InFailedSqlTransaction
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from keyless_client import Login, aio, connect, open_connection, pool
from keyless_client.drivers.django import database
from keyless_client.drivers.sqlalchemy import attach
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
Work = Callable[[Callable[[str], object]], None]
WRITER = "lambda_writer"
INSERT, FAILING = "INSERT INTO kept VALUES (1)", "SELECT 1 / 0"


@pytest.fixture(autouse=True)
def kept(endpoint: Endpoint) -> Iterator[None]:
    endpoint.create(WRITER)
    superuser = endpoint.proxy.superuser
    superuser.execute("CREATE TABLE kept (n integer)")
    superuser.execute("GRANT ALL ON kept TO lambda_writer")
    yield
    client_endpoint.end_invocations()
    superuser.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'lambda_writer'")
    superuser.execute("DROP TABLE kept")


def swallowing(execute: Callable[[str], object]) -> None:
    execute(INSERT)
    with pytest.raises(Exception, match="division by zero"):
        execute(FAILING)


async def aswallowing(execute: Callable[[str], Awaitable[object]]) -> None:
    await execute(INSERT)
    with pytest.raises(Exception, match="division by zero"):
        await execute(FAILING)


def by_pool(work: Work) -> None:
    with pool(max_size=1) as connections, connections.connection() as connection:
        work(connection.execute)


def by_block_of_a_pools(work: Work) -> None:
    with pool(max_size=1) as connections, connections.connection() as connection, connection.transaction():
        work(connection.execute)


def by_open_connection(work: Work) -> None:
    login = Login.from_environment()
    with open_connection(
        host=login.host, port=login.port, user=login.user, dbname=login.dbname, region=login.region
    ) as connection:
        work(connection.execute)


def by_sqlalchemy(work: Work) -> None:
    engine = attach(sqlalchemy.create_engine("postgresql+psycopg://"))
    try:
        with engine.begin() as connection:
            work(lambda statement: connection.execute(text(statement)))
    finally:
        engine.dispose()


def by_django(work: Work) -> None:
    if not settings.configured:
        settings.configure(USE_TZ=True, TIME_ZONE="UTC")
        django.setup()
    connection = django.db.ConnectionHandler({"default": database()})["default"]
    django.db.connections["default"] = connection
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            work(cursor.execute)
    finally:
        connection.close()
        del django.db.connections["default"]


def by_block_in_a_pipeline(work: Work) -> None:
    connection = connect()
    with connection.pipeline(), connection.transaction():
        work(
            lambda statement: connection.execute(
                f"{statement} RETURNING n" if statement is INSERT else statement
            ).fetchone()
        )


@pytest.mark.parametrize(
    "way", [by_pool, by_block_of_a_pools, by_open_connection, by_sqlalchemy, by_django, by_block_in_a_pipeline]
)
def test_a_commit_after_a_failure_that_was_swallowed_is_an_error(
    endpoint: Endpoint, way: Callable[[Work], None]
) -> None:
    with pytest.raises(Exception, match="nothing of it is committed"):
        way(swallowing)
    assert not endpoint.proxy.superuser.execute("SELECT FROM kept").fetchall()
    way(lambda execute: [execute(INSERT)].clear())
    assert len(endpoint.proxy.superuser.execute("SELECT FROM kept").fetchall()) == 1


async def by_aio(work: Any) -> None:
    async with await aio.connect() as connection:
        await work(connection.execute)


async def by_aio_pool(work: Any) -> None:
    async with aio.pool(max_size=1) as connections, connections.connection() as connection:
        await work(connection.execute)


async def by_asynchronous_engine(work: Any) -> None:
    engine = attach(create_async_engine("postgresql+psycopg://"))
    try:
        async with engine.begin() as connection:
            await work(lambda statement: connection.execute(text(statement)))
    finally:
        await engine.dispose()


@pytest.mark.parametrize("way", [by_aio, by_aio_pool, by_asynchronous_engine])
def test_so_it_is_with_asyncio(endpoint: Endpoint, way: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception, match="nothing of it is committed"):
        asyncio.run(way(aswallowing))
    assert not endpoint.proxy.superuser.execute("SELECT FROM kept").fetchall()
    asyncio.run(way(lambda execute: execute(INSERT)))
    assert len(endpoint.proxy.superuser.execute("SELECT FROM kept").fetchall()) == 1


def test_a_connection_whose_commit_failed_is_closed_with_its_block(endpoint: Endpoint) -> None:
    async def fail() -> psycopg.AsyncConnection[Any]:
        with pytest.raises(InFailedSqlTransaction):
            async with await aio.connect() as connection:
                await aswallowing(connection.execute)
        return connection

    assert asyncio.run(fail()).closed
