"""A deadline bounds everything that a login waits for."""

import math
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from keyless_client import ConnectError, connect, invocation, run
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
Hang = Callable[[pytest.MonkeyPatch, "Silent"], None]
HOURS = 7200.0


class Silent:
    """Takes connections and questions for names, and answers none before the end of the test."""

    def __init__(self) -> None:
        self.socket, self.over = socket.create_server(("127.0.0.1", 0)), threading.Event()
        self.port = self.socket.getsockname()[1]

    def end(self) -> None:
        self.over.set()
        self.socket.close()

    def resolve(self, *_: object, **__: object) -> None:
        self.over.wait()
        raise OSError("the test is over")


@pytest.fixture
def silent(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    silent = Silent()
    end = threading.Timer(60, silent.end)  # for the red test: whoever waits then hears something else
    end.start()
    yield silent
    end.cancel()
    silent.end()


def _server(patch: pytest.MonkeyPatch, silent: Silent) -> None:
    patch.setenv("PGHOSTADDR", "127.0.0.1")
    patch.setenv("PGPORT", str(silent.port))


def _credentials(patch: pytest.MonkeyPatch, silent: Silent) -> None:
    for name in client_endpoint.CREDENTIALS:
        patch.delenv(name)
    patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{silent.port}/role")


def _names(patch: pytest.MonkeyPatch, silent: Silent) -> None:
    patch.delenv("PGHOSTADDR")
    patch.setattr(socket, "getaddrinfo", silent.resolve)


@pytest.mark.parametrize("hang", [_server, _credentials, _names])
@pytest.mark.parametrize("seconds", ["0", "60"])
def test_whatever_hangs_ends_with_it(hang: Hang, seconds: str, silent: Silent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_LOGIN_SECONDS", seconds)
    hang(monkeypatch, silent)
    with pytest.raises(ConnectError, match=r"security group.*there was no login within 0\.5 seconds"):
        connect(deadline=0.5)


class Context:
    def __init__(self, milliseconds: float) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> float:
        return self.milliseconds


def test_an_invocation_ends_its_login_a_second_before_its_own_end(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    _server(monkeypatch, silent)
    handler = invocation(lambda event, context: connect())
    with pytest.raises(ConnectError, match=r"there was no login within 0\.5 seconds"):
        handler({}, Context(1500))
    with pytest.raises(ConnectError, match="there was no login within 0 seconds"):
        handler({}, Context(700))


def test_a_login_within_it_works(endpoint: Endpoint) -> None:
    endpoint.create("lambda_writer")
    assert connect(deadline=HOURS).execute("SELECT 1").fetchone() == (1,)


def test_the_deadline_of_one_invocation_is_not_the_nexts(endpoint: Endpoint) -> None:
    endpoint.create("lambda_writer")
    with pytest.raises(ConnectError):
        invocation(lambda event, context: connect())({}, Context(0))
    assert connect().execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("deadline", [math.inf, 1e300])
def test_a_deadline_may_be_without_end(endpoint: Endpoint, deadline: float) -> None:
    endpoint.create("lambda_writer")
    assert run(lambda connection: connection.execute("SELECT 1").fetchone(), deadline=deadline) == (1,)
    client_endpoint.end_invocations()
    assert connect(deadline=deadline).execute("SELECT 1").fetchone() == (1,)
