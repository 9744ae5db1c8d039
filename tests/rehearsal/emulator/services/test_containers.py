"""No container is started of a service that is rehearsed, also where this machine has Docker."""

import sys
from unittest.mock import Mock

import pytest
from ministack.services import ecs

from keyless.rehearsal.emulator.services import containers


def test_docker_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    docker = Mock()
    monkeypatch.setitem(sys.modules, "docker", docker)
    monkeypatch.setattr(ecs, "_docker", None)
    monkeypatch.setattr(ecs, "_get_docker", ecs._get_docker)
    assert ecs._get_docker() is docker.from_env.return_value
    containers.install()
    assert ecs._get_docker() is None
    docker.from_env.assert_called_once()
