"""Who may invoke the bootstrap function, beside CloudFormation, gets nothing out of it: an event that asks for anything
else than what was deployed changes nothing in the database, whatever it says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access import handler
from db_access.errors import AccessError
from db_access.postgresql import connection as engine_connection
from db_access.spec import AccessSpec
from db_access.spec.deployed import SETTING, Deployed, ForeignEventError
from db_access.spec.transport import FOLDER, SpecFile
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, converge, fingerprint, make_tables, run
from tests.deployed import deploy

DEPLOYED = SAMPLE.as_properties()
THERE = {"Database": "app", "Cluster": "cluster-1"}
GENUINE = {
    "RequestType": "Update",
    "PhysicalResourceId": "cluster-1/app",
    "ResourceProperties": {**THERE, "Spec": DEPLOYED},
}
Event = dict[str, Any]


@pytest.fixture
def function(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    return _set_up(database, monkeypatch, DEPLOYED)


def _set_up(database: Database, monkeypatch: pytest.MonkeyPatch, raw: dict[str, Any]) -> Database:
    """The function of a protected environment, in which `raw` has been deployed."""
    for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1"}.items():
        monkeypatch.setenv(name, value)

    def connect(name: str, *, patience: object) -> "psycopg.Connection[Any]":
        return psycopg.connect(database.server.conninfo(MASTER, name))

    monkeypatch.setattr(engine_connection, "with_token", connect)
    deploy(monkeypatch, raw, protected=True)
    converge(database, AccessSpec.parse(raw))
    make_tables(database)
    converge(database, AccessSpec.parse(raw))
    return database


def asking(kind: str = "Update", **properties: Any) -> Event:
    return {**GENUINE, "RequestType": kind, "ResourceProperties": {**THERE, **properties}}


def other_spec(change: Callable[[dict[str, Any]], None]) -> Event:
    raw = SAMPLE.as_properties()
    change(raw)
    return asking(Spec=raw)


def _owner(raw: dict[str, Any]) -> None:
    raw["users"][1]["grants"][0]["access"] = "owner"


FORGED: dict[str, Event] = {
    "a writer becomes owner": other_spec(_owner),
    "a user more": other_spec(lambda raw: raw["users"].append({"username": "intruder", "databases": ["app"]})),
    "everybody retired": other_spec(lambda raw: raw.update(users=[])),
    "another's roles adopted": other_spec(lambda raw: raw["users"][0].update(adopt=True)),
    "another manager's roles": other_spec(lambda raw: raw.update(managed_by="theirs", take_over=["keyless-aurora"])),
    "PUBLIC let in": other_spec(lambda raw: raw["databases"][0].update(public="open")),
    "a Create": {**other_spec(_owner), "RequestType": "Create"},
    "no spec": asking(),
    "a spec of no shape": asking(Spec=["owner"]),
    "a spec beside a digest": asking(Spec=DEPLOYED, SpecDigest="0" * 64),
    "a file elsewhere": asking(SpecDigest="../../tmp/evil"),
    "a file with a root": asking(SpecDigest="/tmp/evil"),
    "a digest that is no text": asking(SpecDigest=["0" * 64]),
    "a name that a connection string ends in": asking(Database="app\0sslmode=disable", Spec=DEPLOYED),
    "a digest with a line's end": asking(SpecDigest="0" * 64 + "\n"),
    "another database": asking(Database="postgres", Spec=DEPLOYED),
    "no database": {**GENUINE, "ResourceProperties": {"Cluster": "cluster-1", "Spec": DEPLOYED}},
    "a secret for a user that takes none": asking(Spec=DEPLOYED, Secrets={"migrator": "arn:aws:secretsmanager:x"}),
    "secrets of no shape": asking(Spec=DEPLOYED, Secrets=["reporting"]),
    "properties of no shape": {**GENUINE, "ResourceProperties": "app"},
    "old properties of no shape": {**GENUINE, "OldResourceProperties": ["app"]},
    "a Delete": asking("Delete", Spec=DEPLOYED),
    "a Delete by another spec": asking("Delete", Spec={**DEPLOYED, "managed_by": "theirs"}),
    "a Delete by a name alone": asking("Delete", ManagedBy="theirs"),
    "a Delete elsewhere": {**asking("Delete", Spec=DEPLOYED), "PhysicalResourceId": "cluster-1/postgres"},
    "a Delete of nothing": {"RequestType": "Delete", "ResourceProperties": {}},
    "no such request": asking("Drop", Spec=DEPLOYED),
    "an empty event": {},
    "what was taken is given back": {
        **GENUINE,
        "OldResourceProperties": {**THERE, "ManagedBy": "theirs", "TakeOver": ["keyless-aurora"]},
    },
}


@pytest.mark.parametrize("event", FORGED.values(), ids=FORGED)
def test_a_forged_event_changes_nothing(function: Database, event: Event) -> None:
    run(function, "rdsadmin", "SET ROLE master; CREATE ROLE report", "COMMENT ON ROLE report IS '[managed by theirs]'")
    with function.superuser() as connection:
        before = fingerprint(connection)
        try:
            answer = handler.on_event(event, None)
        except AccessError as error:
            assert "nothing was " in str(error) or "allowed: " in str(error)
        else:
            assert answer["Data"] in ({}, {"Changes": 0, "Digest": answer["Data"].get("Digest")})
        assert fingerprint(connection) == before


def test_a_genuine_event_is_carried_out_also_with_every_scalar_as_a_text(function: Database) -> None:
    """As CloudFormation sends it."""
    run(function, "migrator", "GRANT SELECT ON foo.event TO lambda_writer")
    assert handler.on_event(as_text(GENUINE), None)["Data"]["Changes"] == 1


def as_text(value: Any) -> Any:
    match value:
        case dict():
            return {key: as_text(item) for key, item in value.items()}
        case list():
            return [as_text(item) for item in value]
        case bool():
            return str(value).lower()
    return str(value)


def test_a_file_in_a_layer_that_was_not_deployed_is_refused(
    function: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may add layers; the settings say which spec it is."""
    raw = SAMPLE.as_properties()
    _owner(raw)
    file = SpecFile.of(spec := AccessSpec.parse(raw))
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / file.name).write_bytes(file.content)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ForeignEventError, match="is not the one that was deployed"):
        handler.on_event(asking(**file.announcement(spec)), None)


def test_without_the_setting_the_function_does_nothing(function: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING)
    with pytest.raises(ForeignEventError, match=f"no environment variable {SETTING}"):
        handler.on_event(GENUINE, None)


def test_without_the_check_the_same_event_makes_an_owner(function: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the check is what holds it off."""
    monkeypatch.setattr(Deployed, "check", lambda *_: None)
    assert handler.on_event(FORGED["a writer becomes owner"], None)["Data"]["Changes"] > 0


@pytest.mark.parametrize(("protected", "logs_in"), [(True, True), (False, False)])
def test_a_delete_is_carried_out_where_nothing_is_protected(
    function: Database, monkeypatch: pytest.MonkeyPatch, protected: bool, logs_in: bool
) -> None:
    deploy(monkeypatch, DEPLOYED, protected=protected)
    handler.on_event(asking("Delete", Spec=DEPLOYED), None)
    assert _logs_in(function) == logs_in


def test_a_database_that_the_spec_has_no_more_loses_its_access_also_where_all_is_protected(
    function: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its users keep their logins: the runs in the other databases say who is one no more."""
    deploy(monkeypatch, {**DEPLOYED, "databases": [{"name": "other"}], "users": []}, protected=True)
    handler.on_event(asking("Delete", Spec=DEPLOYED), None)
    assert _logs_in(function)
    ((connects,),) = run(function, "rdsadmin", "SELECT has_database_privilege('lambda_writer', 'app', 'CONNECT')")
    assert not connects


def test_a_delete_elsewhere_leaves_everybody_their_logins_by_whatever_chain_of_groups(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cluster has a database `postgres`, which no spec need declare."""
    raw = SAMPLE.as_properties()
    raw["groups"] = [{"name": "readers", "databases": ["app"]}, {"name": "inner", "groups": ["readers"]}]
    raw["users"].append({"username": "through_groups", "groups": ["inner"], "privileges": []})
    _set_up(database, monkeypatch, raw)
    with database.superuser() as connection:
        before = fingerprint(connection)
        for name in ("postgres", "template1"):
            elsewhere = {**asking("Delete", Spec=raw, Database=name), "PhysicalResourceId": f"cluster-1/{name}"}
            handler.on_event(elsewhere, None)
        assert fingerprint(connection) == before


def test_a_name_that_postgresql_cuts_to_a_declared_one_is_refused(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ForeignEventError, match="at most 63 bytes"):
        monkeypatch.setenv("DB_CLUSTER_RESOURCE_ID", "cluster-1")
        deploy(monkeypatch, DEPLOYED, protected=True)
        name = "x" * 64
        cut = {**asking("Delete", Spec=DEPLOYED, Database=name), "PhysicalResourceId": f"cluster-1/{name}"}
        handler.on_event(cut, None)


def test_a_delete_in_the_name_of_whom_roles_were_taken_over_from_leaves_theirs(
    function: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(monkeypatch, {**DEPLOYED, "managed_by": "stack", "take_over": ["keyless-aurora"]}, protected=False)
    with function.superuser() as connection:
        before = fingerprint(connection)
        handler.on_event(asking("Delete", Spec=DEPLOYED), None)
        assert fingerprint(connection) == before


def _logs_in(database: Database) -> bool:
    ((may,),) = run(database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lambda_writer'")
    return bool(may)
