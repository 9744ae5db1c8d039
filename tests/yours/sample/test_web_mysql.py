"""The sample's web application on MySQL, against real servers behind an endpoint that judges its tokens."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from sample.web_mysql import application
from tests.mysql.servers import Instance
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER
from tests.yours.sample.mysql_app import reached

WEB: Final = Path(application.__file__).parent


@pytest.fixture
def served(instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with reached(instance, tmp_path, monkeypatch, "SELECT ON app.*") as world:
        yield world
        application.engine().dispose()
        application.engine.cache_clear()


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


def said(file: str, pattern: str) -> str:
    found = re.search(pattern, (WEB / file).read_text(), re.MULTILINE)
    assert found, f"{file} says nothing like {pattern}"
    return found[1]


def test_image_and_unit_start_the_same() -> None:
    folder, program = said("web.service", r"^WorkingDirectory=(.+)$"), said("web.service", r"^ExecStart=(.+)$")
    assert json.loads(said("Dockerfile", r"^CMD (.+)$")) == ["python", "application.py"]
    assert program == f"{folder}/.venv/bin/python application.py"
    assert said("Dockerfile", r"^WORKDIR (.+)$") == folder


def test_the_image_has_all_of_the_code() -> None:
    copied = said("Dockerfile", r"^COPY (application.+) \./$").split()
    assert sorted(copied) == sorted(path.name for path in WEB.glob("*.py"))


def test_the_unit_reads_the_file_that_user_data_writes() -> None:
    assert said("web.service", r"^EnvironmentFile=(.+)$") == "/etc/keyless/connection.env"
