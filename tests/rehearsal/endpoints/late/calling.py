"""The product's own clients at late endpoints, with the environment that their functions have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from db_access import handler
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless_client import Waits, open_connection
from tests.conftest import MASTER
from tests.database.engine import spec
from tests.deployed import deploy
from tests.rehearsal.endpoints.roles import REGION, USER, Role, grant
from tests.rehearsal.endpoints.world import KEEPER, World

PATIENT = Waits(settling=20, ready=20)
SPEC = spec(
    users=[{"username": "report", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]}],
    acknowledged=[{"username": name, "reason": "of this test's world"} for name in (KEEPER, USER)],
).as_properties()


@contextmanager
def function(world: World, role: Role, endpoint: Endpoint, **variables: str) -> Iterator[pytest.MonkeyPatch]:
    """The environment of a function at `endpoint`.

    The role's credentials come from a file: ministack's verifier, which runs in this process, takes those in the
    environment for its own.
    """
    profile, keys = world.folder / f"{role.name}.credentials", role.credentials
    profile.write_text(
        f"[default]\naws_access_key_id = {keys.access_key}\naws_secret_access_key = {keys.secret_key}\n"
        f"aws_session_token = {keys.token}\n"
    )
    settings = {
        "PGHOST": endpoint.host,
        "PGHOSTADDR": endpoint.address,
        "PGPORT": str(endpoint.port),
        "PGSSLROOTCERT": str(world.authority.root),
        "AWS_REGION": REGION,
        "AWS_SHARED_CREDENTIALS_FILE": str(profile),
        "DB_CLUSTER_RESOURCE_ID": world.cluster.resource_id,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**settings, **variables}.items():
            patch.setenv(name, value)
        yield patch


def client(world: World, endpoint: Endpoint, waits: Waits, user: str = USER, dbname: str = "app") -> list[str]:
    """What the client's owner is told while it logs in as the writer's role, once it has. Raises ConnectError."""
    told: list[str] = []
    with (
        function(world, world.writer, endpoint),
        open_connection(
            host=endpoint.host,
            port=endpoint.port,
            user=user,
            dbname=dbname,
            region=REGION,
            waits=waits,
            told=told.append,
            autocommit=True,
        ) as connection,
    ):
        assert connection.execute("SELECT session_user").fetchone() == (user,)
    return told


def bootstrap(world: World, request: str = "Create", **variables: str) -> dict[str, Any]:
    """What the bootstrap function answers to CloudFormation's request. Raises AccessError."""
    role = Role("bootstrap", [grant(world.cluster, MASTER)])
    with function(world, role, world.cluster, PGUSER=MASTER, **variables) as patch:
        deploy(patch, SPEC)
        properties = {"Database": "app", "Cluster": world.cluster.resource_id, "Spec": SPEC}
        event = {
            "RequestType": request,
            "PhysicalResourceId": f"{world.cluster.resource_id}/app",
            "ResourceProperties": properties,
        }
        return handler.on_event(event, Lambda())


class Lambda:
    """The context of a function with the deployed timeout."""

    def get_remaining_time_in_millis(self) -> int:
        return 840_000
