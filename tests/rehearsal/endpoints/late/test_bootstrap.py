"""The bootstrap function reaches a database that is late, and ends a run that a failover breaks off: all or nothing."""

import logging
from pathlib import Path

import pytest

from db_access.errors import AccessError
from keyless.rehearsal.delays import Delays
from tests.conftest import Database
from tests.database.engine import fingerprint, run
from tests.rehearsal.endpoints.late.calling import PATIENT, bootstrap, client
from tests.rehearsal.endpoints.roles import USER, grant
from tests.rehearsal.endpoints.world import running_world

LATE: dict[str, tuple[Delays, set[str]]] = {
    "a database that is being made": (Delays(database=1.5, seed=3), {"starting up", "closed unexpectedly"}),
    "a master whose token isn't accepted yet": (Delays(iam_login=1.2), {"PAM authentication failed"}),
    "a failover in the middle of the run": (Delays(failover=1.2, seed=5), {"aren't ready yet", "(25006)"}),
    "express mode: all of it, one after the other": (
        Delays(database=1, iam_login=1, failover=0.5, seed=11),
        {"aren't ready yet", "PAM authentication failed", "(25006)"},
    ),
}
"""How late, and what the log says meanwhile."""
IMPATIENT = {"CONNECT_SECONDS": "0"}


@pytest.mark.parametrize("name", LATE)
def test_a_deploy_succeeds_and_leaves_nothing_to_do(
    database: Database, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    delays, said = LATE[name]
    with running_world(database, tmp_path, delays) as world:
        assert bootstrap(world)["Data"]["Changes"] > 0
        warnings = " ".join(record.getMessage() for record in caplog.records if record.levelno == logging.WARNING)
        assert {text for text in said if text not in warnings} == set()
        assert bootstrap(world, "Update")["Data"]["Changes"] == 0
    assert run(database, "rdsadmin", "SELECT has_schema_privilege('report', 'foo', 'USAGE')") == [(True,)]


@pytest.mark.parametrize("name", LATE)
def test_one_that_cannot_wait_changes_nothing_and_says_so(database: Database, tmp_path: Path, name: str) -> None:
    with running_world(database, tmp_path, LATE[name][0]) as world, database.superuser() as looking:
        before = fingerprint(looking)
        with pytest.raises(AccessError, match=r"(?i)nothing was changed"):
            bootstrap(world, **IMPATIENT)
    with database.superuser() as looking:
        assert fingerprint(looking) == before


def test_a_stack_of_a_database_that_is_gone_is_deleted(database: Database, tmp_path: Path) -> None:
    with running_world(database, tmp_path, Delays(database=600)) as world:
        assert bootstrap(world, "Delete", CONNECT_SECONDS="0.5")["Data"] == {}


def test_after_a_deploy_in_express_mode_the_first_invocation_works(database: Database, tmp_path: Path) -> None:
    delays = Delays(database=0.5, iam_login=0.8, proxy_capacity=1, express=True, seed=13)
    with running_world(database, tmp_path, delays) as world:
        bootstrap(world)
        world.writer.resources[:] = [grant(world.proxy, "report")]
        world.proxy_role.resources[:] = [grant(world.cluster, "report"), grant(world.cluster, USER)]
        assert client(world, world.proxy, PATIENT, user="report")
