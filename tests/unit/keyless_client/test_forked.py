"""A process that is forked within a transaction neither ends its parent's session nor writes on it."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from keyless_client import Login, aio, connect, pool
from keyless_client.drivers import dbapi
from keyless_client.drivers.sqlalchemy import attach
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table = test_invocations.table


def go_wrong(connection: psycopg.Connection) -> None:
    raise SystemExit


def close(connection: psycopg.Connection) -> None:
    connection.close()


def use(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.InterfaceError, match="the parent process's"):
        write(connection, 2)
    write(connect(), 3)


@pytest.mark.parametrize(
    ("act", "end"), [(go_wrong, SystemExit), (close, psycopg.InterfaceError), (use, psycopg.InterfaceError)]
)
def test_a_forked_process_leaves_the_parents_transaction_alone(
    act: Callable[[Any], None], end: type[BaseException], endpoint: Endpoint
) -> None:
    """Its own way out of the block commits nothing, so that is an error to it."""
    child = -1
    try:
        with connect() as connection:
            write(connection)
            child = os.fork()
            if child == 0:
                act(connection)
            else:
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                write(connection, 4)
    except BaseException as error:
        if child == 0:
            os._exit(not isinstance(error, end))
        raise
    if child == 0:
        os._exit(2)
    assert written(endpoint) == ([1, 3, 4] if act is use else [1, 4])


@contextmanager
def by_pool() -> Iterator[Any]:
    with pool(max_size=1, min_size=1) as connections, connections.connection() as connection:
        yield connection


@contextmanager
def by_sqlalchemy() -> Iterator[Any]:
    engine = attach(create_engine("postgresql+psycopg://"))
    with engine.begin() as connection:
        yield connection.connection.dbapi_connection
    engine.dispose()


@contextmanager
def by_dbapi() -> Iterator[Any]:
    connection = dbapi.connect(Login.from_environment())
    with connection:
        yield connection


@pytest.mark.parametrize("act", [lambda connection: connection.close(), lambda connection: write(connection, 2)])
@pytest.mark.parametrize("way", [by_pool, by_sqlalchemy, by_dbapi])
def test_so_it_is_with_what_pools_and_frameworks_keep(
    way: Callable[[], Any], act: Callable[[Any], None], endpoint: Endpoint
) -> None:
    with way() as connection:
        write(connection)
        child = os.fork()
        if child == 0:
            try:
                act(connection)
                connection.close()
            except psycopg.InterfaceError as error:
                os._exit("the parent process's" not in str(error))
            os._exit(0)
        os.waitpid(child, 0)
        write(connection, 4)
    assert written(endpoint) == [1, 4]


def test_so_it_is_with_asyncio(endpoint: Endpoint) -> None:
    async def work() -> None:
        async with await aio.connect() as connection:
            await connection.execute("INSERT INTO public.written VALUES (1)")
            child = os.fork()
            if child == 0:
                try:
                    await connection.close()
                    await connection.execute("INSERT INTO public.written VALUES (2)")
                except psycopg.InterfaceError:
                    os._exit(0)
                os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            await connection.execute("INSERT INTO public.written VALUES (4)")

    asyncio.run(work())
    assert written(endpoint) == [1, 4]
