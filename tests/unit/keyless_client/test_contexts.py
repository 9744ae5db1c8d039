"""An invocation is the same one wherever it asks for its connection, with the decorator's mark in the context or not."""

import contextvars
import itertools
from collections.abc import Callable

import pytest

from keyless_client import OpenTransactionError, connect, invocation
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import begin, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table, way = test_invocations.table, test_invocations.way
Step = Callable[[], object]
Way = Callable[[Step], object]


def with_the_mark(work: Step) -> object:
    return contextvars.copy_context().run(work)


def without_it(work: Step) -> object:
    return contextvars.Context().run(work)


@pytest.mark.parametrize("ways", [*itertools.product([with_the_mark, without_it], repeat=3)])
def test_an_invocation_goes_on_in_contexts_that_do_not_have_its_mark(endpoint: Endpoint, ways: tuple[Way, ...]) -> None:
    """As in a thread of a pool, which gets it from `asyncio.to_thread` and not from `submit`."""

    @invocation
    def handler() -> None:
        steps: list[Step] = [lambda: begin(connect()), lambda: write(connect()), lambda: connect().commit()]
        for way, step in zip(ways, steps, strict=True):
            way(step)

    handler()
    assert written(endpoint) == [1]


def test_what_began_without_the_mark_is_left_open_all_the_same(endpoint: Endpoint) -> None:
    @invocation
    def handler() -> None:
        without_it(lambda: begin(connect()))

    with pytest.raises(OpenTransactionError):
        handler()


def test_what_is_open_outside_of_any_invocation_lasts(endpoint: Endpoint) -> None:
    """As in a thread of its own, which invocations come and go beside."""
    begin(connect())
    invocation(lambda: None)()
    write(connect())
    invocation(lambda: None)()
    connect().commit()
    assert written(endpoint) == [1]
