"""The sample's web application on MySQL, against real servers behind an endpoint that judges its tokens."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from sample.web_mysql import application
from tests.mysql.servers import Instance, rows
from tests.rehearsal.endpoints.mysql.world import World, running_world
from tests.rehearsal.endpoints.roles import REGION, USER

WEB: Final = Path(application.__file__).parent


@pytest.fixture
def served(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with running_world(instance, tmp_path) as world:
        with instance.superuser() as owner:
            rows(owner, f"GRANT SELECT ON app.* TO {USER}@'%'")
        for name, value in _environment(world, tmp_path).items():
            monkeypatch.setenv(name, value)
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
            monkeypatch.delenv(f"AWS_{name}", raising=False)
        monkeypatch.delenv("DB_SECRET_ARN", raising=False)
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda name, *a, **o: real(world.cluster.address if name == world.cluster.host else name, *a, **o),
        )
        yield world
        application.engine().dispose()
        application.engine.cache_clear()


def _environment(world: World, folder: Path) -> dict[str, str]:
    """The grant's settings, and where the instance's role is."""
    key = world.writer.credentials
    file = folder / "credentials"
    file.write_text(
        f"[default]\naws_access_key_id={key.access_key}\naws_secret_access_key={key.secret_key}\n"
        f"aws_session_token={key.token}\n"
    )
    return {
        "MYSQL_HOST": world.cluster.host,
        "MYSQL_TCP_PORT": str(world.cluster.port),
        "MYSQL_USER": USER,
        "MYSQL_DATABASE": "app",
        "MYSQL_SSL_CA": str(world.authority.root),
        "AWS_REGION": REGION,
        "AWS_SHARED_CREDENTIALS_FILE": str(file),
        "DB_LOGIN_SECONDS": "0",
    }


def asked(method: str, path: str) -> tuple[str, dict[str, Any]]:
    said: list[str] = []
    (body,) = application.application(
        {"REQUEST_METHOD": method, "PATH_INFO": path}, lambda status, headers: said.append(status)
    )
    return said[0], json.loads(body)


def test_health_says_how_it_is_connected_and_has_no_secret(served: World) -> None:
    status, answer = asked("GET", "/health")
    assert (status, answer.pop("tls")) == ("200 OK", "TLSv1.3")
    assert answer == {
        "user": USER,
        "database": "app",
        "host": served.cluster.host,
        "encrypted": True,
        "credentials": "shared-credentials-file",
    }
    assert served.last_event(served.cluster).allowed


def test_without_a_connection_health_says_why(served: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_TCP_PORT", "1")
    status, answer = asked("GET", "/health")
    assert status == "503 Service Unavailable"
    assert answer["type"] == "OperationalError"
    assert "check MYSQL_TCP_PORT" in answer["error"]
    assert "X-Amz" not in json.dumps(answer)
    assert asked("GET", "/alive") == ("200 OK", {"alive": True})


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/health"), ("GET", "/health/more")])
def test_there_is_no_other_page(method: str, path: str) -> None:
    assert asked(method, path) == ("404 Not Found", {"error": "no such page"})


def said(pattern: str) -> str:
    found = re.search(pattern, (WEB / "web.service").read_text(), re.MULTILINE)
    assert found, f"the unit says nothing like {pattern}"
    return found[1]


def test_the_unit_starts_it_with_the_file_that_user_data_writes() -> None:
    assert said(r"^ExecStart=(.+)$") == f"{said(r'^WorkingDirectory=(.+)$')}/.venv/bin/python application.py"
    assert said(r"^EnvironmentFile=(.+)$") == "/etc/keyless/connection.env"
