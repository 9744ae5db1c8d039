"""What a caller or a framework may say beside the login, and how long a driver tries."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from keyless.rehearsal.servers.certificates import Authority
from keyless_client import events
from keyless_client.drivers import aiomysql, asyncmy, mysql_connector, pymysql
from keyless_client.drivers.sqlalchemy import attach
from keyless_client.mysql import ConnectError, Login, attempts
from tests.mysql.client import test_lying
from tests.mysql.client.lying import CLEAR, OK, Lie, lying
from tests.mysql.client.test_lying import HOST
from tests.mysql.client.ways import DRIVERS, WAYS
from tests.unclosed import collect_unclosed
from tests.unit.keyless_client.client_endpoint import in_frames

authority = test_lying.authority
every_driver = pytest.mark.parametrize("way", DRIVERS)
CONNECTS: dict[str, Callable[..., Any]] = {
    "PyMySQL": pymysql.connect,
    "Connector/Python": mysql_connector.connect,
    "aiomysql": lambda **given: asyncio.run(aiomysql.connect(**given)),
    "asyncmy": lambda **given: asyncio.run(asyncmy.connect(**given)),
}


@pytest.fixture
def login(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Login:
    monkeypatch.setattr(attempts, "_in_trouble_since", {})
    return Login(HOST, 3306, "app_user", "app", "us-east-1", login_seconds=0)


@every_driver
@pytest.mark.parametrize(
    "given",
    [
        {"ssl": None},
        {"ssl_disabled": True},
        {"ssl_ca": "/tmp/other.pem"},
        {"unix_socket": "/tmp/other.sock"},
        {"read_default_file": "/tmp/my.cnf"},
        {"local_infile": True},
        {"allow_local_infile": True},
        {"auth_plugin": "mysql_clear_password"},
        {"auth_plugin_map": {}},
        {"server_public_key": b""},
    ],
    ids=lambda given: next(iter(given)),
)
def test_what_weakens_the_login_is_refused(login: Login, way: str, given: dict[str, Any]) -> None:
    with pytest.raises(ConnectError, match=rf"cannot connect with {next(iter(given))}, which the login decides; allow"):
        CONNECTS[way](login=login, **given)


def test_a_frameworks_settings_weaken_nothing(login: Login) -> None:
    for driver, name in (("pymysql", "ssl_disabled"), ("mysqlconnector", "ssl_disabled")):
        engine = attach(create_engine(f"mysql+{driver}://", connect_args={name: True}), login=login)
        with pytest.raises(DBAPIError, match="cannot connect with ssl_disabled, which the login decides"):
            engine.connect()


@every_driver
def test_a_refusal_that_may_pass_is_tried_again_for_as_long_as_the_environment_says(
    login: Login, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    patient = replace(login, login_seconds=1, address=("127.0.0.1", 1))
    with caplog.at_level(logging.WARNING), pytest.raises(ConnectError, match=r"gave up after \d+ seconds and"):
        WAYS[way](patient, "SELECT 1")
    assert "trying for up to" in caplog.text
    caplog.clear()
    with pytest.raises(ConnectError) as second:
        WAYS[way](patient, "SELECT 1")
    assert "gave up after" not in str(second.value), "a process pays for it once"


@every_driver
def test_a_refusal_that_does_not_pass_is_not(login: Login, way: str, authority: Authority) -> None:
    with lying(Lie(asks=(CLEAR,))) as liar:
        with pytest.raises(ConnectError):
            WAYS[way](replace(login, login_seconds=30, address=("127.0.0.1", liar.port)), "SELECT 1")
        collect_unclosed()
        assert liar.logins == 1


@pytest.fixture
def silent() -> Iterator[int]:
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@every_driver
def test_a_server_that_says_nothing_is_not_waited_for(
    login: Login, way: str, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "CONNECT_TIMEOUT_SECONDS", 1)
    with pytest.raises(ConnectError, match=r"nothing answered in time|aren't ready yet"):
        WAYS[way](replace(login, address=("127.0.0.1", silent)), "SELECT 1")
    collect_unclosed()


@every_driver
def test_no_debug_line_holds_what_is_sent(
    login: Login, way: str, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    lie = Lie(tls=True, certificate=authority.server(HOST), asks=(CLEAR, OK))
    with caplog.at_level(logging.DEBUG), lying(lie) as liar:
        test_lying.refused_or_not(way, login, liar)
    assert b"X-Amz-Signature" in liar.inside
    assert "X-Amz" not in caplog.text


@pytest.mark.parametrize("way", sorted({*WAYS} - {"PyMySQL, by parameters"}))  # whose caller's own frame has them
def test_an_errors_frames_hold_nothing_that_is_sent(login: Login, way: str, authority: Authority) -> None:
    lie = Lie(tls=True, certificate=authority.server(HOST), asks=(CLEAR,))
    with lying(lie) as liar, pytest.raises((ConnectError, DBAPIError)) as refused:
        WAYS[way](replace(login, address=("127.0.0.1", liar.port)), "SELECT 1")
    collect_unclosed()
    assert b"X-Amz-Signature" in liar.inside
    assert "X-Amz" not in in_frames(refused.value)
    if way in DRIVERS:
        assert (refused.value.__cause__, refused.value.__context__) == (None, None)


@every_driver
def test_a_hook_hears_of_each_login(
    login: Login, way: str, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(events, "_hooks", [lambda name, ms, reason: heard.append((name, reason))])
    with lying(Lie(asks=(CLEAR,))) as liar, pytest.raises(ConnectError):
        WAYS[way](replace(login, address=("127.0.0.1", liar.port)), "SELECT 1")
    collect_unclosed()
    lie = Lie(tls=True, certificate=authority.server(HOST), asks=(CLEAR,), on_query=b"\xfbfile")
    with lying(lie) as liar:
        test_lying.refused_or_not(way, login, liar)
    assert heard == [("login_failed", "never"), ("login", "first")]
