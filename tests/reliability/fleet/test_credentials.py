"""Credentials of a fleet: each role is assumed once for all its clusters, the token is the role's, and none is shown."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MASTER, Database
from tests.database.cli.runner import CONFIG
from tests.database.engine import converge
from tests.rehearsal.endpoints.roles import ACCOUNT, USER, Role, grant
from tests.rehearsal.endpoints.world import World
from tests.reliability.fleet.command import Running
from tests.reliability.fleet.relay import Relay
from tests.reliability.fleet.sts import Sts
from tests.reliability.fleet.world import Fleet

AUDIT, STRANGER, DENIED = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("audit", "stranger", "denied"))
SIGNED_BY = {"AWS_ACCESS_KEY_ID": "access_key", "AWS_SECRET_ACCESS_KEY": "secret_key", "AWS_SESSION_TOKEN": "token"}
OWN = {"AWS_ACCESS_KEY_ID": "AKIAOWN", "AWS_SECRET_ACCESS_KEY": "own-secret", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    converge(database)
    with world.endpoints():
        yield world


def write(fleet: Fleet, world: World, clusters: dict[str, dict[str, Any]]) -> None:
    defaults = {
        "spec": str(CONFIG),
        "host": world.cluster.host,
        "port": world.cluster.port,
        "tunnel": f"{world.cluster.address}:{world.cluster.port}",
        "root_certificates": str(world.authority.root),
        "user": USER,
        "master": MASTER,
    }
    entries = [{"name": name, **defaults, **said} for name, said in clusters.items()]
    fleet.path.write_text(json.dumps({"defaults": {"external_id": "of-the-audit"}, "clusters": entries}))


def test_each_role_is_assumed_once_and_signs_for_all_its_clusters(world: World, tmp_path: Path) -> None:
    fleet, given = Fleet(tmp_path, []), Role("audit", [grant(world.cluster)]).credentials
    other = Role("stranger", [grant(world.cluster, "another")]).credentials
    write(
        fleet,
        world,
        {
            **{f"ours-{number}": {"role_arn": AUDIT} for number in range(6)},
            "without-right": {"role_arn": STRANGER},
            **{f"denied-{number}": {"role_arn": DENIED} for number in range(3)},
            **{f"no-profile-{number}": {"profile": "gone"} for number in range(2)},
        },
    )
    with Sts({AUDIT: given, STRANGER: other}) as sts:
        ended = Running(fleet, "prove", "--json", "--jobs", "4", AWS_ENDPOINT_URL_STS=sts.url, **OWN).ended()
    assert sorted(sts.asked) == sorted((role, "of-the-audit") for role in (AUDIT, STRANGER, DENIED))
    states = {name: (one["state"], one["databases"][0]["reasons"]) for name, one in ended.clusters.items()}
    assert [states[f"ours-{number}"] for number in range(6)] == [("fine", [])] * 6
    state, (reason,) = states["without-right"]
    assert (state, "the token was refused; allowed: credentials that a policy lets rds-db:connect" in reason) == (
        "unreachable",
        True,
    )
    for number in range(3):
        state, (reason,) = states[f"denied-{number}"]
        assert (state, f"no credentials from {DENIED}: the role can't be" in reason) == ("failed", True), reason
        assert "with this `external_id` (AccessDenied)" in reason and "sts:AssumeRole" in reason
        assert "aws sso" not in reason and "of-the-audit" not in reason
    for number in range(2):
        state, (reason,) = states[f"no-profile-{number}"]
        assert (state, "profile gone" in reason and "could not be found" in reason) == ("failed", True), reason
    for secret in (given.secret_key, given.token, other.secret_key, other.token, "own-secret", "X-Amz-"):
        assert secret and secret not in ended.out + ended.err


def test_an_sts_that_is_silent_stops_nobody_else(world: World, tmp_path: Path) -> None:
    fleet, key = Fleet(tmp_path, []), Role("own", [grant(world.cluster)]).credentials.get_frozen_credentials()
    write(fleet, world, {"own": {}, "silent-1": {"role_arn": AUDIT}, "silent-2": {"role_arn": AUDIT}})
    own = {name: str(getattr(key, of)) for name, of in SIGNED_BY.items()}
    with Relay({"sts": None}) as relay:
        url = f"http://127.0.0.1:{relay.ports['sts']}"
        ended = Running(fleet, "prove", "--json", "--deadline", "25", AWS_ENDPOINT_URL_STS=url, **own).ended()
    assert {name: one["state"] for name, one in ended.clusters.items()} == {
        "own": "fine",
        "silent-1": "failed",
        "silent-2": "failed",
    }
    assert f"no credentials from {AUDIT}: no answer within 25 s" in ended.err
