"""Tasks of asyncio on one thread have one connection: who would write into another one's transaction is told so."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import psycopg
import pytest

from keyless_client import connect, run, transaction
from keyless_client.session import Session
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import begin, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table = test_invocations.table
REFUSED = "another task of this thread has a transaction open"
Task = Callable[[], Coroutine[Any, Any, object]]


def together(*tasks: Task) -> list[object]:
    """What each returned or raised: they take turns at their sleeps."""

    async def all_of_them() -> list[object]:
        return await asyncio.gather(*(task() for task in tasks), return_exceptions=True)

    return asyncio.run(all_of_them())


async def fails_half_way() -> None:
    with connect():
        write(connect())
        await asyncio.sleep(0)
        raise ZeroDivisionError


async def works_half_way() -> None:
    with connect():
        write(connect())
        await asyncio.sleep(0)


WRITES: list[Callable[[], object]] = [
    lambda: write(connect(), 2),
    lambda: connect().commit(),
    lambda: connect().rollback(),
    lambda: connect().transaction().__enter__(),
    lambda: connect().__enter__(),
    lambda: transaction().__enter__(),
    lambda: run(lambda connection: write(connection, 2)),
    lambda: setattr(connect(), "autocommit", False),
]


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_nobody_meets_the_transaction_of_another_task(number: int, endpoint: Endpoint) -> None:
    async def beside() -> None:
        WRITES[number]()

    _, refused = together(works_half_way, beside)
    assert isinstance(refused, psycopg.Error)
    assert written(endpoint) == [1]


def test_what_a_task_wrote_is_not_lost_with_another_ones_rollback(endpoint: Endpoint) -> None:
    async def beside() -> None:
        write(connect(), 2)

    failed, refused = together(fails_half_way, beside)
    assert isinstance(failed, ZeroDivisionError)
    assert isinstance(refused, psycopg.InterfaceError)
    assert REFUSED in str(refused)
    assert written(endpoint) == []


def test_nor_into_one_without_a_block(endpoint: Endpoint) -> None:
    async def begins() -> None:
        begin(connect())
        await asyncio.sleep(0)
        connect().rollback()

    async def beside() -> None:
        write(connect(), 2)

    _, refused = together(begins, beside)
    assert REFUSED in str(refused)


def test_a_connection_that_it_had_before_is_no_way_around(endpoint: Endpoint) -> None:
    given: list[Session] = [connect()]

    async def beside() -> None:
        write(given[0], 2)

    _, refused = together(works_half_way, beside)
    assert REFUSED in str(refused)


def test_a_task_that_was_started_within_is_a_part_of_it(endpoint: Endpoint) -> None:
    """As asyncio.wait_for() starts one."""

    async def helper() -> None:
        write(connect(), 2)

    async def whole() -> None:
        with connect():
            write(connect())
            await asyncio.wait_for(helper(), 10)

    assert together(whole) == [None]
    assert written(endpoint) == [1, 2]


def test_one_that_was_started_before_is_not(endpoint: Endpoint) -> None:
    async def helper(go: asyncio.Event) -> None:
        await go.wait()
        write(connect(), 2)

    async def whole() -> None:
        go = asyncio.Event()
        with connect():
            write(connect(), 0)
        task = asyncio.create_task(helper(go))
        with connect():
            write(connect())
            go.set()
            with pytest.raises(psycopg.InterfaceError, match=REFUSED):
                await task

    assert together(whole) == [None]
    assert written(endpoint) == [0, 1]


def test_they_take_turns_without_a_word(endpoint: Endpoint) -> None:
    async def turn() -> None:
        for _ in range(3):
            with connect():
                write(connect())
            await asyncio.sleep(0)
            write(connect())
            await asyncio.sleep(0)

    assert together(turn, turn) == [None, None]
    assert written(endpoint) == [1] * 12


def test_what_a_task_has_left_is_open_for_the_next(endpoint: Endpoint) -> None:
    async def leaves_it() -> None:
        begin(connect())
        write(connect())

    async def ends_it() -> None:
        connect().commit()

    asyncio.run(leaves_it())
    asyncio.run(ends_it())
    assert written(endpoint) == [1]


def test_a_transaction_around_the_loop_is_everybodys(endpoint: Endpoint) -> None:
    async def inside() -> None:
        write(connect())

    with connect():
        assert together(inside, inside) == [None, None]
    assert written(endpoint) == [1, 1]
