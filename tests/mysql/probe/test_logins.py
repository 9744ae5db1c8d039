"""A probe's logins to MySQL and MariaDB: let in and refused at the endpoint of the database and at RDS Proxy's, by whom
and in whose words; and nothing that it tells is a secret."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless_client import secret
from keyless_probe import places
from keyless_probe.by_hand import NoRightError
from keyless_probe.handler import handler
from keyless_probe.question import QuestionError
from tests.mysql.servers import fresh, rows
from tests.rehearsal.endpoints.mysql.world import KEEPER, KEEPERS_PASSWORD, LOCKED, World, running_world
from tests.rehearsal.endpoints.roles import USER, grant

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keeper"
DENIED = "Access denied for user 'lambda_writer'"


class Context:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def standing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with fresh(request.getfixturevalue(request.param)) as instance, running_world(instance, folder) as world:
        with instance.superuser() as owner:
            rows(owner, "CREATE TABLE app.event (id INT PRIMARY KEY, v INT)")
            rows(owner, f"GRANT SELECT (id), INSERT ON app.event TO {USER}@'%'")
        yield world


@pytest.fixture
def world(standing: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    key, file = standing.writer.credentials, tmp_path / "credentials"
    named = {"access_key_id": key.access_key, "secret_access_key": key.secret_key, "session_token": key.token}
    file.write_text("[default]\n" + "".join(f"aws_{name}={value}\n" for name, value in named.items()))
    for name in named:  # which ministack would take for its root's
        monkeypatch.delenv(f"AWS_{name.upper()}", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("MYSQL_SSL_CA", str(standing.authority.root))
    monkeypatch.setenv("MYSQL_HOST", standing.proxy.host)
    monkeypatch.setenv(places.VARIABLE, f"{standing.cluster.host}:{standing.cluster.port}")
    standing.writer.resources[:] = [grant(standing.cluster), grant(standing.proxy)]
    return standing


def asked(endpoint: Endpoint, **given: Any) -> dict[str, Any]:
    where = {"host": endpoint.host, "port": endpoint.port, "hostaddr": endpoint.address}
    question = {"id": "1", "user": USER, "database": "app", **where, **given}
    (found,) = handler({"questions": [question]}, Context)["answers"]
    json.dumps(found)
    return dict(found)


@pytest.fixture(params=["the database", "the proxy"])
def endpoint(world: World, request: pytest.FixtureRequest) -> Endpoint:
    return world.cluster if request.param == "the database" else world.proxy


def test_its_own_token_opens_a_session_of_its_user(world: World, endpoint: Endpoint) -> None:
    found = asked(endpoint, about=USER)
    assert (found["connected"], found["user"], found["message"]) == (True, USER, "")
    assert found["facts"]["encrypted"]


@pytest.mark.parametrize("token", ["expired", "tampered", "other region", "other host", "text"])
def test_a_bad_token_is_refused_by_the_number_of_a_wrong_password(world: World, endpoint: Endpoint, token: str) -> None:
    found = asked(endpoint, token=token, token_host=f"{places.OTHER}{endpoint.host}" if token == "other host" else "")
    assert (found["connected"], found["sqlstate"]) == (False, "1045")
    assert DENIED in found["message"]
    assert "X-Amz" not in json.dumps(found)


def test_a_role_without_the_right_is_refused_and_the_reason_is_the_judges(world: World, endpoint: Endpoint) -> None:
    world.writer.resources[:] = [grant(world.proxy if endpoint == world.cluster else world.cluster)]
    found = asked(endpoint)
    assert (found["connected"], found["sqlstate"]) == (False, "1045")
    assert "ImplicitDeny" in world.last_event(endpoint).reason


@pytest.mark.parametrize("user", ["admin", KEEPER, "nobody_there"])
def test_nobody_else_is_to_be_had_with_a_token_of_its_own(world: World, user: str) -> None:
    found = asked(world.cluster, user=user)
    assert (found["connected"], found["sqlstate"]) == (False, "1045")


def test_a_locked_account_is_refused_by_the_server(world: World) -> None:
    world.writer.resources[:] = [grant(world.cluster, LOCKED)]
    found = asked(world.cluster, user=LOCKED)
    assert not found["connected"]
    assert found["sqlstate"] in ("3118", "4151")
    assert "locked" in found["message"]


def test_without_tls_nothing_is_let_in_and_a_server_of_another_root_gets_nothing(
    world: World, endpoint: Endpoint
) -> None:
    plain = asked(endpoint, tls="none", token="text")
    assert (plain["connected"], plain["sqlstate"]) == (False, "3159")
    before = len(world.events.all())
    wrong = asked(endpoint, tls="other roots")
    assert not wrong["connected"]
    assert "certificate verify failed" in wrong["message"]
    assert len(world.events.all()) == before


def test_a_secrets_password_opens_a_session_and_another_does_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_SECRET_ARN", ARN)
    monkeypatch.setattr(secret, "password", lambda arn, user: KEEPERS_PASSWORD)
    monkeypatch.setattr(secret, "renewed", lambda arn, user: False)
    assert asked(world.cluster, user=KEEPER, database="", token="secret")["user"] == KEEPER
    wrong = asked(world.cluster, user=KEEPER, token="text")
    assert (wrong["connected"], wrong["sqlstate"]) == (False, "1045")
    assert KEEPERS_PASSWORD not in json.dumps(wrong)


def test_what_it_holds_is_told_without_anybodys_hash(world: World) -> None:
    found = asked(world.cluster, look=True, schemas=["app"])["facts"]
    (held,) = found["told"]["granted"]
    assert (held["privileges"], held["columns"], held["schema"], held["name"]) == (
        ["INSERT"],
        [("SELECT", "id")],
        "app",
        "event",
    )
    assert [(row[1], row[2], set(row[3].split(","))) for row in found["columns"]] == [
        ("event", "id", {"select", "insert"}),
        ("event", "v", {"insert"}),
    ]


def test_it_changes_nothing_and_goes_nowhere_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYLESS_VERIFY_RIGHT", '{"schema": "app", "user": "admin"}')
    with pytest.raises(NoRightError, match="changes nothing"):
        asked(world.cluster, change="give")
    with pytest.raises(QuestionError, match=r"no place of this probe; allowed: app\.proxy"):
        asked(world.cluster, host="elsewhere.example")
