"""Every way that the client offers to log in to MySQL, as an application uses it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pymysql
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from keyless_client.drivers import aiomysql as for_aiomysql
from keyless_client.drivers import asyncmy as for_asyncmy
from keyless_client.drivers import mysql_connector as for_mysql_connector
from keyless_client.drivers import pymysql as for_pymysql
from keyless_client.drivers.sqlalchemy import attach
from keyless_client.mysql import Login
from tests.unclosed import collect_unclosed

Way = Callable[[Login, str], tuple[Any, ...]]
"""Logs in, asks the query, returns its first row, closes."""


def by(connect: Callable[..., Any]) -> Way:
    def ask(login: Login, query: str) -> tuple[Any, ...]:
        return _asked(connect(login=login), query)

    return ask


def by_parameters(login: Login, query: str) -> tuple[Any, ...]:
    return _asked(pymysql.connect(**login.parameters()), query)


def _asked(connection: Any, query: str) -> tuple[Any, ...]:
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
        cursor.close()
        return row
    finally:
        connection.close()


def by_async(connect: Callable[..., Awaitable[Any]]) -> Way:
    async def asked(login: Login, query: str) -> tuple[Any, ...]:
        connection = await connect(login=login)
        try:
            return await _asked_async(connection, query)
        finally:
            await connection.ensure_closed()

    return lambda login, query: _run(asked(login, query))


def _run(asked: Coroutine[Any, Any, tuple[Any, ...]]) -> tuple[Any, ...]:
    try:
        return asyncio.run(asked)
    finally:
        collect_unclosed()  # the drivers end their TLS in the loop, which is over


async def _asked_async(connection: Any, query: str) -> tuple[Any, ...]:
    async with connection.cursor() as cursor:
        await cursor.execute(query)
        row: tuple[Any, ...] = await cursor.fetchone()
        return row


def by_pool(create_pool: Callable[..., Awaitable[Any]]) -> Way:
    async def asked(login: Login, query: str) -> tuple[Any, ...]:
        pool = await create_pool(login=login)
        try:
            async with pool.acquire() as connection:
                return await _asked_async(connection, query)
        finally:
            pool.close()
            await pool.wait_closed()

    return lambda login, query: _run(asked(login, query))


def by_engine(driver: str) -> Way:
    def ask(login: Login, query: str) -> tuple[Any, ...]:
        engine = attach(create_engine(f"mysql+{driver}://nobody:nothing@localhost:1/nowhere"), login=login)
        try:
            with engine.connect() as connection:
                return tuple(connection.execute(text(query)).one())
        finally:
            engine.dispose()

    return ask


def by_async_engine(driver: str) -> Way:
    async def asked(login: Login, query: str) -> tuple[Any, ...]:
        engine = attach(create_async_engine(f"mysql+{driver}://nobody:nothing@localhost:1/nowhere"), login=login)
        try:
            async with engine.connect() as connection:
                return tuple((await connection.execute(text(query))).one())
        finally:
            await engine.dispose()

    return lambda login, query: _run(asked(login, query))


WAYS: dict[str, Way] = {
    "PyMySQL": by(for_pymysql.connect),
    "PyMySQL, by parameters": by_parameters,
    "Connector/Python": by(for_mysql_connector.connect),
    "aiomysql": by_async(for_aiomysql.connect),
    "aiomysql, pool": by_pool(for_aiomysql.create_pool),
    "asyncmy": by_async(for_asyncmy.connect),
    "asyncmy, pool": by_pool(for_asyncmy.create_pool),
    "SQLAlchemy, PyMySQL": by_engine("pymysql"),
    "SQLAlchemy, Connector/Python": by_engine("mysqlconnector"),
    "SQLAlchemy, aiomysql": by_async_engine("aiomysql"),
    "SQLAlchemy, asyncmy": by_async_engine("asyncmy"),
}
DRIVERS = ("PyMySQL", "Connector/Python", "aiomysql", "asyncmy")
"""Of which the others are made."""
BARE = (*DRIVERS, "PyMySQL, by parameters")
"""For what pools and engines, which connect as these do, can't make different."""
