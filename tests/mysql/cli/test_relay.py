"""The relay's socket gives each client a session of its own, whatever the client would log in with."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

import pymysql
import pytest
from pymysql.connections import Connection

from db_access.mysql.logins import PasswordLogin
from keyless.cli.mysql.relay.listening import relayed
from keyless.cli.mysql.relay.packets import ASKED
from keyless_client.drivers import pymysql as driver
from tests.mysql.servers import Instance, rows

PLUGINS = ["mysql_native_password", "caching_sha2_password"]


@pytest.fixture(params=PLUGINS)
def relay(request: pytest.FixtureRequest, instance: Instance) -> Iterator[Path]:
    with listening(instance, instance.password, request.param) as socket:
        yield socket


def listening(instance: Instance, password: str, plugin: str = PLUGINS[0]) -> AbstractContextManager[Path]:
    server = instance.server
    login = PasswordLogin(
        "localhost", server.port, instance.master, instance.name, "eu-west-1", "keyless", password=password
    )
    return relayed(partial(driver.connect, login=login, autocommit=None, client_flag=ASKED), plugin)


@pytest.fixture(autouse=True)
def trusted(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_SSL_CA", str(instance.server.root_certificate))
    monkeypatch.setenv("DB_LOGIN_SECONDS", "0")


def at(socket: Path, password: str = "") -> "closing[Connection]":
    return closing(pymysql.connect(unix_socket=str(socket), user="whoever", password=password, autocommit=None))


@pytest.mark.parametrize("password", ["", "left in an option file"])
def test_a_client_has_the_session_whatever_it_says_it_is(relay: Path, instance: Instance, password: str) -> None:
    with at(relay, password) as client:
        told = rows(client, "SELECT CURRENT_USER(), DATABASE(), @@session.autocommit")
        assert told == [(f"{instance.master}@%", instance.name, 1)]
        ((_, version),) = rows(client, "SHOW SESSION STATUS LIKE 'Ssl_version'")
        assert version == "TLSv1.3"


def test_its_number_is_the_sessions_by_which_another_one_ends_a_query(relay: Path) -> None:
    with at(relay) as client, at(relay) as other:
        assert rows(client, "SELECT CONNECTION_ID()") == [(client.thread_id(),)]
        assert client.thread_id() != other.thread_id()


def test_what_is_sent_at_once_comes_through_as_it_is(relay: Path) -> None:
    text = "ü😀" * 500_000
    with at(relay) as client, client.cursor() as cursor:
        cursor.execute("SELECT %s", (text,))
        assert cursor.fetchone() == (text,)


def test_why_there_is_no_session_is_said_and_the_password_is_not(instance: Instance) -> None:
    with listening(instance, "not this one") as socket, pytest.raises(pymysql.OperationalError) as refused:
        at(socket)
    number, words = refused.value.args
    assert (number, "the password is wrong, or the user isn't there" in words) == (1045, True)
    assert "not this one" not in words


def test_of_a_server_that_is_not_verified_no_session_is_given(instance: Instance) -> None:
    with pytest.MonkeyPatch.context() as patched, listening(instance, instance.password) as socket:
        patched.setenv("MYSQL_SSL_CA", os.devnull)
        with pytest.raises(pymysql.MySQLError) as refused:
            at(socket)
    assert refused.value.args[0] == 1105, "a server's number: clients take one of their own for a broken packet"


def test_nobody_else_can_open_the_socket_and_nothing_of_it_is_left(instance: Instance) -> None:
    with listening(instance, instance.password) as socket:
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert not socket.parent.exists()
