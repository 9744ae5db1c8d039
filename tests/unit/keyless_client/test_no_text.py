"""What isn't text is refused by its name, by `ConnectError`, and never shows a token or a password."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest
from psycopg import pq

from keyless_client import ConnectError, Login, aio, connect, open_connection, secret
from tests.unit.keyless_client import client_endpoint, secrets_endpoint
from tests.unit.keyless_client.client_endpoint import CREDENTIALS, HOST, REGION, Endpoint, in_frames
from tests.unit.keyless_client.test_aio import user

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"
BYTES = b"a\xffb"
HALF = "a\udcffb"
OURS = ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME"]
OURS += ["DB_SECRET_ARN", "DB_ROLE_ARN", "DB_LOGIN_SECONDS"]
OF_LIBPQ = sorted({one.envvar.decode() for one in pq.Conninfo.get_defaults() if one.envvar} - {*OURS, "PGPASSWORD"})


@pytest.fixture(autouse=True)
def impatient(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.create(WRITER)
    monkeypatch.setenv("DB_LOGIN_SECONDS", "60")  # and nothing of this is waited for


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets a variable to bytes that are no text."""

    def change(name: str) -> None:
        monkeypatch.setenv(name, os.fsdecode(BYTES))
        assert os.environb[name.encode()] == BYTES

    return change


def by_connect() -> object:
    return connect().execute("SELECT current_user::text").fetchone()


def by_aio() -> object:
    async def asked() -> object:
        async with await aio.connect() as connection:
            return (await user(connection),)

    return asyncio.run(asked())


@pytest.mark.parametrize("name", OURS)
def test_a_variable_of_ours_is_named(name: str, environment: Callable[[str], None]) -> None:
    environment(name)
    with pytest.raises(ConnectError, match=rf"{name} is 'a\\udcffb'; allowed: ") as refused:
        connect()
    str(refused.value).encode()


@pytest.mark.parametrize("way", [by_connect, by_aio])
@pytest.mark.parametrize("name", OF_LIBPQ)
def test_one_of_libpqs_is_not_read_or_a_refusal(
    way: Callable[[], object], name: str, environment: Callable[[str], None]
) -> None:
    environment(name)
    try:
        assert way() == (WRITER,)
    except ConnectError as error:
        assert "gave up after" not in str(error)
        assert "X-Amz" not in repr(error) + in_frames(error)
        str(error).encode()


@pytest.mark.parametrize("name", CREDENTIALS)
def test_credentials_are_said_to_be_none_and_not_shown(name: str, environment: Callable[[str], None]) -> None:
    environment(name)
    with pytest.raises(ConnectError, match="the AWS credentials hold bytes that aren't text; allowed: ") as refused:
        connect()
    assert "udcff" not in str(refused.value)


@pytest.mark.parametrize("text", [HALF, "a\0b"])
@pytest.mark.parametrize("field", ["host", "user", "dbname", "region", "application_name"])
def test_what_is_said_is_checked_too(field: str, text: str) -> None:
    """A NUL would end libpq's parameters, and the demand for TLS comes after it."""
    given: dict[str, Any] = {"host": HOST, "port": 1, "user": WRITER, "dbname": "postgres", "region": REGION}
    with pytest.raises(ConnectError, match=f"{field} is .*; allowed: text in UTF-8"):
        open_connection(**{**given, field: text})
    with pytest.raises(ConnectError, match="; allowed: text in UTF-8"):
        Login.from_environment(**{field: text})  # type: ignore[arg-type]


def test_whatever_else_is_given_shows_no_token() -> None:
    with pytest.raises(ConnectError, match="isn't text in UTF-8") as refused:
        open_connection(
            host=HOST,
            port=int(os.environ["PGPORT"]),
            user=WRITER,
            dbname="postgres",
            region=REGION,
            options=HALF,
        )
    seen: BaseException | None = refused.value
    while seen:
        assert "X-Amz" not in repr(vars(seen)) + repr(seen.args) + in_frames(seen)
        seen = seen.__context__


@pytest.mark.parametrize("password", [HALF, "a\0b"])
def test_a_secret_whose_password_is_none_is_named(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_passwords", {})
    with secrets_endpoint.serving() as secrets:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.url)
        monkeypatch.setenv("DB_SECRET_ARN", secrets_endpoint.ARN)
        secrets.hold(password)
        with pytest.raises(ConnectError, match=r"secret .* has a password that isn't text in UTF-8"):
            connect()


def test_text_of_any_language_is_fine(endpoint: Endpoint) -> None:
    endpoint.create("größe")
    assert connect(login=Login.from_environment(user="größe")).execute("SELECT current_user::text").fetchone() == (
        "größe",
    )
