"""What a thread leaves open at the end of an invocation is an error of that invocation, and not lost without a word."""

import contextvars
import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from keyless_client import ConnectError, OpenTransactionError, connect, invocation
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import begin, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table, next_invocation = test_invocations.table, test_invocations.next_invocation
Step = Callable[[], object]


def half() -> None:
    begin(connect())
    write(connect())


def whole() -> None:
    with connect():
        write(connect())


class Worker:
    """A thread that takes steps until it is left."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="worker")

    def does(self, step: Step, *, marked: bool = False) -> object:
        context = contextvars.copy_context() if marked else contextvars.Context()
        return self.pool.submit(context.run, step).result()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.does(client_endpoint.end_invocations)
    worker.pool.shutdown()


def in_a_thread(step: Step) -> None:
    thread = threading.Thread(target=step, name="worker_0")
    thread.start()
    thread.join()


def in_a_marked_thread(step: Step) -> None:
    context = contextvars.copy_context()
    in_a_thread(lambda: context.run(step))


@pytest.mark.parametrize("way", [in_a_thread, in_a_marked_thread])
def test_what_a_thread_has_lost_with_its_end_is_an_error(way: Callable[[Step], None], endpoint: Endpoint) -> None:
    with pytest.raises(
        OpenTransactionError, match=r"returned with a transaction open in thread worker_0: it is rolled"
    ):
        invocation(lambda: way(half))()
    assert written(endpoint) == []


@pytest.mark.parametrize("way", [in_a_thread, in_a_marked_thread])
def test_what_a_thread_has_ended_is_fine(way: Callable[[Step], None], endpoint: Endpoint) -> None:
    invocation(lambda: way(whole))()
    assert written(endpoint) == [1]


def test_a_pools_thread_with_the_mark_is_the_invocations(worker: Worker, endpoint: Endpoint) -> None:
    with pytest.raises(OpenTransactionError, match="in thread worker_0"):
        invocation(lambda: worker.does(half, marked=True))()
    assert written(endpoint) == []


def test_in_lambda_any_thread_is(worker: Worker, endpoint: Endpoint, next_invocation: Step) -> None:
    with pytest.raises(OpenTransactionError, match="in thread worker_0"):
        invocation(lambda: worker.does(half))()
    next_invocation()
    worker.does(whole)
    assert written(endpoint) == [1]


def test_who_goes_on_in_it_has_an_error_too(worker: Worker, endpoint: Endpoint) -> None:
    """It would write outside of the transaction that it believes to be in."""
    connections: list[psycopg.Connection] = []

    def keeps_it() -> None:
        half()
        connections.append(connect())

    with pytest.raises(OpenTransactionError):
        invocation(lambda: worker.does(keeps_it, marked=True))()
    with pytest.raises(psycopg.OperationalError):
        worker.does(lambda: write(connections[0], 2))
    assert written(endpoint) == []


def test_a_helper_that_goes_on_in_it_has_one(worker: Worker, endpoint: Endpoint) -> None:
    contexts: list[contextvars.Context] = []

    def handler() -> None:
        contexts.append(contextvars.copy_context())
        worker.pool.submit(contexts[0].run, half).result()

    with pytest.raises(OpenTransactionError):
        invocation(handler)()
    with pytest.raises((ConnectError, psycopg.OperationalError)):
        worker.pool.submit(contexts[0].run, lambda: write(connect(), 2)).result()
    assert written(endpoint) == []


def test_a_thread_beside_is_left_alone(worker: Worker, endpoint: Endpoint) -> None:
    """It began outside of any invocation, or without a mark where nothing stops at the end of one."""
    worker.does(half)
    invocation(lambda: None)()
    worker.does(lambda: connect().commit())
    invocation(lambda: worker.does(half))()
    worker.does(lambda: connect().commit())
    assert written(endpoint) == [1, 1]


def test_an_error_of_the_handler_stays_its_own(endpoint: Endpoint) -> None:
    def handler() -> None:
        in_a_thread(half)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        invocation(handler)()


def test_one_is_not_blamed_for_the_thread_of_another(worker: Worker, endpoint: Endpoint) -> None:
    def outer() -> None:
        worker.does(lambda: invocation(lambda: in_a_marked_thread(whole))())
        in_a_marked_thread(half)

    def beside() -> None:
        with pytest.raises(OpenTransactionError):
            contextvars.Context().run(invocation(outer))

    invocation(beside)()


def test_without_the_decorator_the_log_has_it(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    in_a_thread(half)
    assert "thread worker_0 ended with a transaction open: it is rolled back" in caplog.text


def test_many_threads_leave_no_connection(endpoint: Endpoint) -> None:
    @invocation
    def handler() -> None:
        for _ in range(5):
            in_a_thread(whole)
        gc.collect()
        assert len(sessions()) <= 1  # the last one may still be ending

    def sessions() -> list[int]:
        return endpoint.sessions(test_invocations.WRITER)

    handler()
