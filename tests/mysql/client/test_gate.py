"""Every driver gets in by a real token that the endpoint of the database, or of RDS Proxy, judges, whenever it connects."""

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.auth
import pytest
from ministack.core import iam_evaluator, rds_iam
from ministack.services import sts

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless_client import token
from keyless_client.drivers import aiomysql, asyncmy, mysql_connector
from keyless_client.mysql import ConnectError, Login
from keyless_client.mysql.refusals import Said
from tests.mysql.client.accounts import ARN
from tests.mysql.client.ways import BARE, WAYS
from tests.mysql.servers import fresh, rows
from tests.rehearsal.endpoints.mysql.world import KEEPER, World, running_world
from tests.rehearsal.endpoints.roles import USER, grant
from tests.unclosed import collect_unclosed

REGION = "eu-central-1"
WHO = "SELECT CURRENT_USER(), DATABASE()"
every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with fresh(request.getfixturevalue(request.param)) as instance, running_world(instance, folder) as world:
        with instance.superuser() as owner:
            rows(owner, f"GRANT SELECT ON app.* TO {USER}@'%'")
        yield world


@pytest.fixture
def world(standing: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    key = standing.writer.credentials
    file = tmp_path / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id={key.access_key}\naws_secret_access_key={key.secret_key}\n"
        f"aws_session_token={key.token}\n"
    )
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):  # which ministack would take for its root's
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("MYSQL_SSL_CA", str(standing.authority.root))
    standing.writer.resources[:] = [grant(standing.cluster), grant(standing.proxy)]
    return standing


def resolve(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the endpoint's name lead to its stand-in."""
    real = socket.getaddrinfo
    names = (endpoint.host, endpoint.host.encode())
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, *a, **o: real(endpoint.address if name in names else name, *a, **o)
    )


def login_at(endpoint: Endpoint) -> Login:
    at = (endpoint.address, endpoint.port)
    return Login(endpoint.host, endpoint.port, USER, "app", REGION, login_seconds=0, address=at)


@pytest.fixture
def login(world: World) -> Login:
    return login_at(world.cluster)


@every_way
@pytest.mark.parametrize("at", ["cluster", "proxy"])
def test_a_token_gets_in_and_its_owner_is_on_record(world: World, at: str, way: str) -> None:
    endpoint: Endpoint = getattr(world, at)
    assert WAYS[way](login_at(endpoint), WHO) == (f"{USER}@%", "app")
    event = world.last_event(endpoint)
    assert (event.allowed, event.user) == (True, USER)
    assert event.principal
    assert ":assumed-role/writer/" in event.principal


@pytest.mark.parametrize("way", BARE)
@pytest.mark.parametrize("at", ["cluster", "proxy"])
def test_a_role_without_the_right_is_refused_by_a_sentence(world: World, at: str, way: str) -> None:
    endpoint, other = (getattr(world, name) for name in (at, "proxy" if at == "cluster" else "cluster"))
    world.writer.resources[:] = [grant(other)]
    with pytest.raises(Exception, match="Access denied") as error:
        WAYS[way](login_at(endpoint), WHO)
    said = str(error.value)
    del error
    collect_unclosed()
    assert f"the role is allowed rds-db:connect on dbuser:…/{USER}" in said or "by parameters" in way
    assert "X-Amz" not in said
    assert not world.last_event(endpoint).allowed


@pytest.mark.parametrize("secret", [None, ARN])
def test_a_proxy_that_can_not_log_in_as_the_user(world: World, secret: str | None) -> None:
    said = login_at(world.proxy)
    heard = Said(1045, f"This RDS proxy has no credentials for the role {USER}. Check the credentials for this role")
    advice = "its Auth names secret arn:" if secret else "its DefaultAuthScheme is IAM_AUTH"
    assert advice in str(replace(said, secret_arn=secret).refusal(heard))
    try:
        world.writer.resources.append(grant(world.proxy, KEEPER))
        world.proxy_role.resources[:] = [grant(world.cluster, KEEPER)]
        with pytest.raises(ConnectError, match="the proxy cannot log in to the database as keeper"):
            WAYS["PyMySQL"](replace(said, user=KEEPER, dbname="app"), WHO)
    finally:
        world.proxy_role.resources[:] = [grant(world.cluster)]


class Clock:
    """The signer's and the verifier's; everything else goes by the real one."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(token, "time", clock)
    for module in (rds_iam, iam_evaluator):
        monkeypatch.setattr(module, "time", SimpleNamespace(**{**vars(time), "time": clock}))
    now = lambda remove_tzinfo=True: datetime.fromtimestamp(clock(), UTC).replace(tzinfo=None)  # noqa: E731
    monkeypatch.setattr(botocore.auth, "get_current_datetime", now)
    sts._sessions[world.writer.credentials.access_key]["Expiration"] = time.time() + 2 * 24 * 3600
    return clock


@pytest.mark.parametrize("way", WAYS)
def test_no_connection_has_a_stale_token(world: World, login: Login, clock: Clock, way: str) -> None:
    for clock.ahead in (0, 901, 23 * 3600):
        assert WAYS[way](login, WHO) == (f"{USER}@%", "app")
        assert world.last_event(world.cluster).allowed


def test_a_token_that_is_kept_is_refused_after_a_quarter_of_an_hour(
    world: World, login: Login, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = login.token()
    monkeypatch.setattr(Login, "token", lambda _: kept)
    assert WAYS["PyMySQL"](login, WHO) == (f"{USER}@%", "app")
    clock.ahead = 15 * 60 + 1
    with pytest.raises(ConnectError, match="Access denied"):
        WAYS["PyMySQL"](login, WHO)


def test_a_connection_that_is_made_again_has_a_token_of_its_own(login: Login, clock: Clock) -> None:
    connection = mysql_connector.connect(login=login)
    clock.ahead = 3600
    connection.reconnect()
    clock.ahead = 7200
    connection.reset_session()
    assert connection.info_query(WHO) == (f"{USER}@%", "app")
    connection.close()

    async def again() -> None:
        for driver in (aiomysql, asyncmy):
            clock.ahead += 3600
            lasting: Any = await driver.connect(login=login)
            clock.ahead += 3600
            await lasting.ensure_closed()
            await lasting.ping(reconnect=True)
            await lasting.ensure_closed()

    asyncio.run(again())
    collect_unclosed()
