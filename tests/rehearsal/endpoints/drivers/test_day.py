"""A day of each pool and each driver against endpoints that check a token's age: none connects with a stale one."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.auth
import psycopg
import pytest
from ministack.core import iam_evaluator, rds_iam
from ministack.services import sts

from keyless_client import Login, token
from tests.rehearsal.endpoints.drivers.ways import WAYS
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import World

DAY, STEP = 24 * 3600, 3600


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
    monkeypatch.setattr(botocore.auth, "get_current_datetime", now)  # which the proxy's own tokens are signed by
    for role in (world.writer, world.proxy_role):
        sts._sessions[role.credentials.access_key]["Expiration"] = time.time() + 2 * DAY
    return clock


@pytest.fixture(params=["proxy", "cluster"])
def host(
    world: World, clock: Clock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """Where the environment points; its name resolves to the stand-in's address, for drivers that aren't libpq too."""
    endpoint = getattr(world, request.param)
    key = world.writer.credentials
    variables = {"HOST": endpoint.host, "HOSTADDR": endpoint.address, "PORT": "5432", "USER": USER}
    variables |= {"DATABASE": world.database.name, "SSLROOTCERT": str(world.authority.root)}
    for name, value in variables.items():
        monkeypatch.setenv(f"PG{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):  # which ministack would take for its root's
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    file = tmp_path / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id={key.access_key}\naws_secret_access_key={key.secret_key}\n"
        f"aws_session_token={key.token}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    real = socket.getaddrinfo

    def resolve(name: Any, *args: Any, **options: Any) -> Any:
        return real(endpoint.address if name in (endpoint.host, endpoint.host.encode()) else name, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield endpoint.host


def logins(world: World, host: str) -> list[bool]:
    return [event.allowed for event in world.events.all() if event.endpoint == host]


@pytest.mark.parametrize("host", ["proxy"], indirect=True)
@pytest.mark.parametrize("way", WAYS)
def test_no_connection_of_a_day_has_a_stale_token(world: World, host: str, clock: Clock, way: str) -> None:
    with WAYS[way]() as ask:
        for clock.ahead in range(0, DAY, STEP):
            assert ask() == (USER, 0)
    assert len(logins(world, host)) >= DAY / STEP
    assert all(event.allowed for event in world.events.all())


def test_a_token_that_is_kept_is_refused_after_a_quarter_of_an_hour(world: World, host: str, clock: Clock) -> None:
    given = Login.from_environment().parameters()
    psycopg.connect(**given).close()
    clock.ahead = 15 * 60 + 1
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**given)
    assert logins(world, host) == [True, False]
    psycopg.connect(**Login.from_environment().parameters()).close()
