"""The function marks a deployment's roles anew when its spec takes them over, and back when CloudFormation rolls that
back."""

from typing import Any

import psycopg
import pytest

from db_access import handler
from db_access.errors import AccessError
from db_access.postgresql import connection as engine_connection
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, fingerprint, run
from tests.deployed import deploy

OLD = SAMPLE.as_properties()
NEW = AccessSpec.parse({**OLD, "take_over": ["keyless-aurora"]}).named("stack").as_properties()


@pytest.fixture
def function(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        engine_connection, "with_token", lambda name, *, patience: psycopg.connect(database.conninfo(MASTER))
    )
    return database


def call(spec: dict[str, Any], before: dict[str, Any] | None = None) -> int:
    """CloudFormation changes the function first, forwards and back."""
    with pytest.MonkeyPatch.context() as patch:
        deploy(patch, spec)
        return _called(spec, before)


def _called(spec: dict[str, Any], before: dict[str, Any] | None) -> int:
    there = {"Database": "app", "Cluster": "cluster-1"}
    update = {"OldResourceProperties": {**there, "Spec": before}, "PhysicalResourceId": "cluster-1/app"}
    event = {"RequestType": "Create", "ResourceProperties": {**there, "Spec": spec}}
    answer = handler.on_event({**event, **({"RequestType": "Update", **update} if before else {})}, None)
    return int(answer["Data"]["Changes"])


def marks(database: Database) -> set[str]:
    rows = run(database, "rdsadmin", "SELECT description FROM pg_shdescription WHERE description LIKE '%[managed by %'")
    return {text.rpartition("by ")[2].rstrip("]") for (text,) in rows}


def test_an_update_that_takes_over_can_be_rolled_back_and_made_again(function: Database) -> None:
    call(OLD)
    with function.superuser() as connection:
        before = fingerprint(connection)
        assert (call(NEW, before=OLD), marks(function)) == (3, {"stack"})
        assert (call(OLD, before=NEW), marks(function)) == (3, {"keyless-aurora"})
        assert fingerprint(connection) == before
    assert (call(NEW, before=OLD), call(NEW, before=NEW), marks(function)) == (3, 0, {"stack"})


def test_an_update_that_only_gets_another_name_is_refused_and_its_rollback_is_not(function: Database) -> None:
    call(OLD)
    renamed = SAMPLE.named("stack").as_properties()
    with pytest.raises(AccessError, match=r"take_over: \[keyless-aurora\].*`managed_by: keyless-aurora`"):
        call(renamed, before=OLD)
    assert (call(OLD, before=renamed), marks(function)) == (0, {"keyless-aurora"})
