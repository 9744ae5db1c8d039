"""Clients that people use log in through the gate and through the proxy by token, and by nothing less."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keyless.rehearsal.servers.certificates import Authority
from tests.rehearsal.endpoints.mysql.clients.programs import PROGRAMS, VERIFYING, RefusedError, Visit
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER

STALE = timedelta(seconds=901)
CERTIFICATE = "(?i)certificate"


@pytest.fixture(params=["cluster", "proxy"])
def visit(world: World, request: pytest.FixtureRequest) -> Visit:
    return Visit(world, getattr(world, request.param), world.authority.root)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_logs_in_with_a_token_and_is_refused_with_one_of_more_than_fifteen_minutes(visit: Visit, name: str) -> None:
    assert PROGRAMS[name](visit) == USER
    assert visit.world.last_event(visit.endpoint).allowed
    with pytest.raises(RefusedError, match=f"Access denied for user '{USER}'"):
        PROGRAMS[name](replace(visit, age=STALE))
    event = visit.world.last_event(visit.endpoint)
    assert (event.allowed, "expired" in event.reason.lower()) == (False, True)


@pytest.mark.parametrize("name", VERIFYING)
def test_it_sends_no_token_to_a_server_of_another_name(visit: Visit, name: str) -> None:
    elsewhere = replace(visit.endpoint, host="other.a1b2c3.eu-central-1.rds.amazonaws.com")
    with pytest.raises(RefusedError, match=CERTIFICATE):
        PROGRAMS[name](replace(visit, endpoint=elsewhere))
    assert visit.world.events.all() == ()


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_sends_no_token_to_a_server_of_another_authority(visit: Visit, name: str, tmp_path: Path) -> None:
    (tmp_path / "impostor").mkdir()
    with pytest.raises(RefusedError, match=CERTIFICATE):
        PROGRAMS[name](replace(visit, root=Authority(tmp_path / "impostor", "rds").root))
    assert visit.world.events.all() == ()
