"""No driver is talked out of verified TLS, and a refused login is an error of the framework's own, without a token."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import django.db
import pg8000
import pytest
import sqlalchemy
from django.conf import settings
from sqlalchemy.ext.asyncio import create_async_engine

from keyless.rehearsal.servers.certificates import Authority
from keyless_client import ConnectError, Login
from keyless_client.drivers import asyncpg as for_asyncpg
from keyless_client.drivers import pg8000 as for_pg8000
from keyless_client.drivers.django import database
from keyless_client.drivers.sqlalchemy import attach
from tests.unclosed import collect_unclosed
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import HOST, Endpoint, in_frames
from tests.unit.keyless_client.secrets_endpoint import ARN

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def resolved(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """For drivers that aren't libpq."""
    endpoint.create(WRITER)
    real, address = socket.getaddrinfo, endpoint.proxy.server.address
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, *a, **o: real(address if name in (HOST, HOST.encode()) else name, *a, **o)
    )


def by_asyncpg() -> None:
    async def connect() -> None:
        await (await asyncpg.connect(**for_asyncpg.arguments())).close()

    asyncio.run(connect())


def by_pg8000() -> None:
    for_pg8000.connect().close()


def by_sqlalchemy(driver: str = "psycopg", **given: Any) -> None:
    engine = attach(sqlalchemy.create_engine(f"postgresql+{driver}://nobody@localhost:1/nothing", connect_args=given))
    try:
        with engine.connect() as connection:
            assert connection.execute(sqlalchemy.text("SELECT session_user::text")).one() == (WRITER,)
    finally:
        engine.dispose()


async def by_asynchronous_engine() -> None:
    engine = attach(create_async_engine("postgresql+asyncpg://"))
    try:
        async with engine.connect():
            pass
    finally:
        await engine.dispose()


def by_django(**options: Any) -> None:
    if not settings.configured:
        settings.configure(USE_TZ=True, TIME_ZONE="UTC")
        django.setup()
    connection = django.db.ConnectionHandler({"default": database(OPTIONS=options)})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user::text, count(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()")
            assert cursor.fetchone() == (WRITER, 1)
    finally:
        connection.close()


CONNECTS: list[Callable[[], None]] = [by_asyncpg, by_pg8000, by_sqlalchemy, by_django]


@pytest.mark.parametrize("connect", CONNECTS)
def test_each_takes_awss_server_and_no_impostor(
    endpoint: Endpoint, connect: Callable[[], None], tmp_path: Path
) -> None:
    connect()
    ours = endpoint.proxy.authority.server(HOST)
    for impostor in (Authority(tmp_path, "foreign").server(HOST), endpoint.proxy.authority.server(f"other.{HOST}")):
        endpoint.proxy.present(impostor)
        with pytest.raises(Exception, match=r"(?i)certificate"):
            connect()
    endpoint.proxy.present(ours)
    connect()


class Plain:
    """A server that refuses TLS, and hears what it is sent instead."""

    def __init__(self) -> None:
        self.heard = b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
                client.settimeout(2)
                client.recv(8)
                client.sendall(b"N")
                self.heard += client.recv(4096)
                client.close()
            except TimeoutError:
                continue
            except OSError:
                return


@pytest.mark.parametrize("connect", CONNECTS)
def test_none_goes_on_without_tls(connect: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Plain()
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(plain.socket.getsockname()[1]))
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda name, *a, **o: real("127.0.0.1" if name in (HOST, HOST.encode()) else name, *a, **o),
    )
    with pytest.raises(Exception, match=r"(?i)ssl"):
        connect()
    assert plain.heard == b""
    plain.socket.close()


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    collect_unclosed()


@pytest.mark.parametrize(
    ("connect", "error"),
    [
        (by_asyncpg, asyncpg.InvalidPasswordError),
        (by_pg8000, pg8000.DatabaseError),
        (by_sqlalchemy, sqlalchemy.exc.OperationalError),
        (by_django, django.db.OperationalError),
    ],
)
def test_a_refusal_is_the_drivers_own_error(
    endpoint: Endpoint, connect: Callable[[], None], error: type[Exception]
) -> None:
    endpoint.accept_no_token(WRITER)
    with pytest.raises(error) as refused:
        connect()
    if connect in (by_sqlalchemy, by_django):
        assert "is not a member of rds_iam" in str(refused.value)
    if connect is not by_asyncpg:  # whose own call holds it
        assert "X-Amz" not in in_frames(refused.value)


@pytest.mark.parametrize("port", ["own", "1"])
@pytest.mark.parametrize("driver", ["pg8000", "asyncpg"])
def test_an_engines_error_holds_no_token(
    endpoint: Endpoint, driver: str, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.accept_no_token(WRITER)
    if port != "own":
        monkeypatch.setenv("PGPORT", port)
    with pytest.raises((sqlalchemy.exc.DBAPIError, OSError)) as refused:
        by_sqlalchemy(driver) if driver == "pg8000" else asyncio.run(by_asynchronous_engine())
    assert "X-Amz" not in in_frames(refused.value)


@pytest.mark.parametrize("given", [{"sslmode": "disable"}, {"options": "-c work_mem=1MB"}, {"hostaddr": "10.0.0.1"}])
def test_a_frameworks_settings_weaken_nothing(given: dict[str, str]) -> None:
    for connect in (by_sqlalchemy, by_django):
        with pytest.raises(Exception, match=rf"cannot connect with {next(iter(given))}, which the login decides"):
            connect(**given)


def test_an_engines_own_url_does_not_count() -> None:
    by_sqlalchemy()
    by_sqlalchemy("pg8000")


def test_an_engine_of_another_driver_is_refused() -> None:
    with pytest.raises(ConnectError, match=r"driver 'pysqlite' is not known; allowed: psycopg"):
        attach(sqlalchemy.create_engine("sqlite://"))


@pytest.mark.parametrize("connect", [by_asyncpg, by_pg8000])
def test_a_secrets_password_is_for_libpq_only(connect: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_SECRET_ARN", ARN)
    with pytest.raises(ConnectError, match="allowed: a user with auth_method iam, or a driver that is libpq"):
        connect()


def test_an_engine_whose_connections_are_made_by_something_else_is_refused() -> None:
    engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: None)
    with pytest.raises(ConnectError, match="a creator of its own"):
        attach(engine)


def test_an_engine_has_one_login() -> None:
    own = Login.from_environment()
    engine = attach(attach(attach(sqlalchemy.create_engine("postgresql+psycopg://")), login=own), login=own)
    for same in (engine, engine.execution_options(isolation_level="SERIALIZABLE")):
        with pytest.raises(ConnectError, match="logs in as lambda_writer"):
            attach(same, login=Login.from_environment(user="another"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT session_user::text")).one() == (WRITER,)
    engine.dispose()


def test_connections_from_before_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", Login.from_environment().token())
    engine = sqlalchemy.create_engine("postgresql+psycopg://")
    with engine.connect() as connection:
        before = connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar()
    with attach(engine).connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar() != before
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "value"), [("PGTARGETSESSIONATTRS", "standby"), ("PGTARGETSESSIONATTRS", "x"), ("PGGSSLIB", "x")]
)
def test_no_variable_of_libpqs_breaks_an_asyncpg_login(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    by_asyncpg()
