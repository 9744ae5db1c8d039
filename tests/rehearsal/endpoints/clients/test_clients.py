"""Clients that people use log in through the gate and through the proxy by token, and by nothing less."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.servers.certificates import Authority
from tests.rehearsal.endpoints.clients.programs import PROGRAMS, RefusedError, Visit
from tests.rehearsal.endpoints.roles import USER
from tests.rehearsal.endpoints.world import World

STALE = timedelta(seconds=901)
REFUSAL = {"cluster": "PAM authentication failed for user", "proxy": "The IAM authentication failed for the role"}
CERTIFICATE = "certificate"


@pytest.fixture(params=["cluster", "proxy"])
def where(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(world: World, where: str) -> Visit:
    return Visit(world, getattr(world, where), world.authority.root)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_logs_in_with_a_token(visit: Visit, name: str) -> None:
    assert PROGRAMS[name](visit) == USER
    event = visit.world.last_event(visit.endpoint)
    assert (event.allowed, event.user) == (True, USER)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_refused_with_a_token_of_more_than_fifteen_minutes(visit: Visit, where: str, name: str) -> None:
    with pytest.raises(RefusedError, match=REFUSAL[where]):
        PROGRAMS[name](replace(visit, age=STALE))
    event = visit.world.last_event(visit.endpoint)
    assert (event.allowed, "expired" in event.reason.lower()) == (False, True)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_sends_nothing_to_a_server_of_another_name(visit: Visit, name: str) -> None:
    elsewhere: Endpoint = replace(visit.endpoint, host="other.cluster-a1b2c3.eu-central-1.rds.amazonaws.com")
    with pytest.raises(RefusedError, match=CERTIFICATE):
        PROGRAMS[name](replace(visit, endpoint=elsewhere))
    assert visit.world.events.all() == ()


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_sends_nothing_to_a_server_of_another_authority(visit: Visit, name: str, tmp_path: Path) -> None:
    (tmp_path / "impostor").mkdir()
    with pytest.raises(RefusedError, match=CERTIFICATE):
        PROGRAMS[name](replace(visit, root=Authority(tmp_path / "impostor", "rds").root))
    assert visit.world.events.all() == ()
