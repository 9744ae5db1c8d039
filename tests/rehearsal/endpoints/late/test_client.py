"""A client waits for what was granted a moment ago, and for what isn't ready; it doesn't for what is refused for good."""

from collections.abc import Callable
from pathlib import Path

import pytest

from keyless.rehearsal.delays import Delays
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless_client import ConnectError, Waits
from tests.conftest import Database
from tests.database.engine import run
from tests.rehearsal.endpoints.late.calling import PATIENT, client
from tests.rehearsal.endpoints.roles import USER, grant
from tests.rehearsal.endpoints.world import KEEPER, World, running_world

ENDPOINTS: dict[str, Callable[[World], Endpoint]] = {
    "the database": lambda world: world.cluster,
    "the proxy": lambda world: world.proxy,
}
LATE = {
    "rds_iam takes a while": (Delays(iam_login=1.2), "takes effect up to a minute or so after it was given"),
    "nothing answers yet": (Delays(database=1.2, seed=7), "aren't ready yet"),
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", LATE)
def test_a_first_login_waits_and_one_that_does_not_wait_says_why_it_failed(
    database: Database, tmp_path: Path, name: str, endpoint: str
) -> None:
    delays, why = LATE[name]
    with running_world(database, tmp_path, delays) as world:
        there = ENDPOINTS[endpoint](world)
        with pytest.raises(ConnectError, match=why):
            client(world, there, Waits())
        assert client(world, there, PATIENT)


def test_a_proxy_without_capacity_is_waited_for_and_named(database: Database, tmp_path: Path) -> None:
    with running_world(database, tmp_path, Delays(proxy_capacity=2)) as world:
        world.proxy_settings = type(world.proxy_settings)(require_tls=True, borrow_seconds=0.5)
        with pytest.raises(ConnectError, match="describe-db-proxy-targets: PENDING_PROXY_CAPACITY passes"):
            client(world, world.proxy, Waits())
        assert client(world, world.proxy, PATIENT)


def test_each_attempt_has_a_token_of_its_own(database: Database, tmp_path: Path) -> None:
    tokens: list[str] = []
    with running_world(database, tmp_path, Delays(iam_login=2.5)) as world:
        judge = world.judge

        def noting(**login: str) -> Verdict:
            tokens.append(login["token"])
            return judge(**login)  # type: ignore[arg-type]

        world.judge = noting  # type: ignore[assignment]
        client(world, world.cluster, PATIENT)
    assert len(set(tokens)) > 1  # of seconds that differ


def test_a_wrong_policy_is_refused_within_the_bound_with_how_long_it_was_tried(world: World) -> None:
    world.writer.resources[:] = [grant(world.cluster, "another")]
    with pytest.raises(
        ConnectError, match=r"allowed rds-db:connect on dbuser:prx-….*gave up after \d+ seconds and \d+ attempts"
    ):
        client(world, world.proxy, Waits(settling=0.8, ready=600))


REFUSED_FOR_GOOD = {
    "may not log in": ("ALTER ROLE lambda_writer NOLOGIN", USER, "app", "enabled or can_login to false"),
    "may not connect": ("REVOKE CONNECT ON DATABASE app FROM PUBLIC", USER, "app", "lacks CONNECT on database app"),
    "no such database": ("SELECT", USER, "another", "there is no such database"),
    "not in rds_iam": ("SELECT", KEEPER, "app", "is not a member of rds_iam"),
    "never in from here": ("SELECT", "rdsadmin", "app", "by no way from here"),
}


@pytest.mark.parametrize("name", REFUSED_FOR_GOOD)
def test_what_no_waiting_can_mend_is_refused_at_once(world: World, name: str) -> None:
    statement, user, dbname, why = REFUSED_FOR_GOOD[name]
    run(world.database, "rdsadmin", statement)
    with pytest.raises(ConnectError, match=why) as refused:
        client(world, world.cluster, Waits(settling=2, ready=2), user, dbname)
    assert "gave up after" not in str(refused.value)
