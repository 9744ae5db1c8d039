"""The custom resource of a whole server of the MySQL family: made, changed and deleted with its stack, by the deployed
spec alone."""

import logging
from typing import Any

import pytest

from db_access import handler
from db_access.errors import AccessError, LockHeldError, UnreachableError
from db_access.families import family
from db_access.spec import AccessSpec
from db_access.spec.deployed import SETTING, Deployed, ForeignEventError, as_sent
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, spec, user
from tests.mysql.functions.deploying import CLUSTER, MASTER_SECRET, Function, as_text, dumped, event
from tests.mysql.servers import Instance, rows

READER = spec(user("reader", grant("foo", access="read_only")))
WRITER = spec(user("reader", grant("foo", access="read_write")))
SELECT = frozenset({("SELECT", "foo.event"), ("key", "foo.event")})


@pytest.fixture
def function(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Function:
    tables(instance)
    made = Function(instance, monkeypatch)
    made.deploy(READER)
    return made


@pytest.fixture
def deployed(function: Function) -> Function:
    handler.on_event(event("Create", READER), None)
    return function


def test_a_create_makes_the_server_what_the_spec_says(function: Function) -> None:
    answer = handler.on_event(event("Create", READER), None)
    assert answer["PhysicalResourceId"] == f"{CLUSTER}:server" and answer["Data"]["Changes"] > 0
    assert can(function.instance, "reader") == SELECT and evidence(function.instance, READER).holds


def test_its_physical_id_is_never_that_of_a_database() -> None:
    """Which has a slash after the cluster's, whatever its name is."""
    assert family({"DB_ENGINE_FAMILY": "mysql"}).subject({}).suffix == ":server"
    database = family({}).subject({"Database": ":server"})
    assert database.suffix == "/:server"


def test_an_update_carries_the_new_spec_out_and_a_second_one_finds_nothing_to_do(deployed: Function) -> None:
    deployed.deploy(WRITER)
    assert handler.on_event(event("Update", WRITER), None)["Data"]["Changes"] > 0
    assert ("DELETE", "foo.event") in (can(deployed.instance, "reader") or ())
    assert handler.on_event(event("Update", WRITER), None)["Data"]["Changes"] == 0


def test_an_event_may_have_every_scalar_as_a_text(deployed: Function) -> None:
    """As CloudFormation sends it."""
    sent: Any = as_sent(event("Update", READER))
    assert handler.on_event(sent, None)["Data"]["Changes"] == 0


def test_an_update_to_another_server_has_another_physical_id(deployed: Function) -> None:
    """So that CloudFormation deletes the old one, which this function leaves alone."""
    deployed.set(DB_CLUSTER_RESOURCE_ID="db-NEWER")
    moved = event("Update", READER)
    moved["ResourceProperties"]["Cluster"] = "db-NEWER"
    assert handler.on_event(moved, None)["PhysicalResourceId"] == "db-NEWER:server"
    before = dumped(deployed.instance)
    assert handler.on_event(event("Delete", READER), None)["Data"] == {}
    assert dumped(deployed.instance) == before


def test_a_delete_takes_every_access(deployed: Function) -> None:
    answer = handler.on_event(event("Delete", READER), None)
    assert answer["PhysicalResourceId"] == f"{CLUSTER}:server" and answer["Data"]["Changes"] > 0
    assert can(deployed.instance, "reader") is None


def test_a_delete_of_a_protected_environment_changes_nothing(
    deployed: Function, caplog: pytest.LogCaptureFixture
) -> None:
    deployed.deploy(READER, protected=True)
    before = dumped(deployed.instance)
    assert handler.on_event(event("Delete", READER), None)["Data"] == {}
    assert dumped(deployed.instance) == before
    assert "protected" in caplog.text and "databases of this server" in caplog.text


def forged(kind: str = "Update", wanted: AccessSpec = READER, **properties: Any) -> dict[str, Any]:
    genuine = event(kind, wanted)
    return {**genuine, "ResourceProperties": {**genuine["ResourceProperties"], **properties}}


FORGED: dict[str, dict[str, Any]] = {
    "a reader that writes": event("Update", WRITER),
    "a Create of another spec": event("Create", WRITER),
    "one that is about a database": forged(Database="foo"),
    "a Delete of a database": {**forged("Delete", Database="foo"), "PhysicalResourceId": f"{CLUSTER}/foo"},
    "a Delete of a database's name": {**event("Delete", READER), "PhysicalResourceId": f"{CLUSTER}/:server"},
    "a Delete of another server": {**event("Delete", READER), "PhysicalResourceId": "db-OTHER:server"},
    "a Delete by another spec": forged("Delete", spec(managed_by="theirs")),
    "a Delete by a name alone": forged("Delete", ManagedBy="theirs", Spec=None),
    "a Delete of nothing": {"RequestType": "Delete", "ResourceProperties": {}},
    "no spec": forged(Spec=None),
    "a digest that is a path": forged(SpecDigest="../../tmp/evil"),
    "no such request": {**event("Update", READER), "RequestType": "Drop"},
    "an empty event": {},
    "what only PostgreSQL has": {"EndExpired": "over", "Cluster": CLUSTER, "Spec": READER.as_properties()},
}


@pytest.mark.parametrize("wrong", FORGED.values(), ids=FORGED)
def test_a_forged_event_changes_nothing(deployed: Function, wrong: dict[str, Any]) -> None:
    before = dumped(deployed.instance)
    try:
        assert handler.on_event(wrong, None)["Data"] == {}
    except AccessError as error:
        assert "nothing was " in str(error) or "allowed: " in str(error)
    assert dumped(deployed.instance) == before


def test_without_the_check_of_the_spec_the_same_event_gives_more(
    deployed: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployed, "check", lambda *_: None)
    handler.on_event(FORGED["a reader that writes"], None)
    assert ("DELETE", "foo.event") in (can(deployed.instance, "reader") or ())


def test_a_delete_of_an_engine_that_was_replaced_succeeds(deployed: Function) -> None:
    """CloudFormation deletes a database's resource when the function is a server's already, and the other way round."""
    old = {"RequestType": "Delete", "PhysicalResourceId": "cluster-OLD/app", "ResourceProperties": {"Database": "app"}}
    assert handler.on_event(old, None)["Data"] == {}
    deployed.patch.delenv("DB_ENGINE_FAMILY")
    assert handler.on_event({**event("Delete", READER), "PhysicalResourceId": "db-OLD:server"}, None)["Data"] == {}


def test_without_the_setting_the_function_does_nothing(deployed: Function) -> None:
    deployed.patch.delenv(SETTING)
    with pytest.raises(ForeignEventError, match=f"no environment variable {SETTING}"):
        handler.on_event(event("Update", READER), None)


def test_an_approval_is_refused_before_anything_is_changed(deployed: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed.deploy(WRITER)
    monkeypatch.setattr("db_access.spec.transport.approved", lambda *_: object())
    before = dumped(deployed.instance)
    with pytest.raises(AccessError, match="no server of the MySQL family is deployed by an approval yet"):
        handler.on_event(event("Update", WRITER), None)
    assert dumped(deployed.instance) == before


def test_a_family_that_nobody_knows_is_refused(deployed: Function) -> None:
    deployed.set(DB_ENGINE_FAMILY="oracle")
    with pytest.raises(AccessError, match="DB_ENGINE_FAMILY is 'oracle', so nothing was done; allowed: postgresql"):
        handler.on_event(event("Update", READER), None)


def test_a_lock_that_another_run_holds_is_waited_for_and_named(deployed: Function) -> None:
    with deployed.instance.connect() as other:
        rows(other, "SELECT GET_LOCK('keyless-aurora', 0)")
        with pytest.raises(LockHeldError, match=r"In the way: session .* of 'admin'"):
            handler.on_event(event("Update", READER), None)


def test_the_master_s_secret_is_read_again_when_rds_has_changed_the_password(deployed: Function) -> None:
    with deployed.instance.superuser() as root:
        rows(root, "ALTER USER admin@'%%' IDENTIFIED BY %s", "a newer one")
    deployed.secrets[MASTER_SECRET] = as_text("admin", "a newer one")
    assert handler.on_event(event("Update", READER), None)["Data"]["Changes"] == 0


def test_a_password_that_is_refused_is_in_no_error_and_no_log(
    deployed: Function, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "s3cret-and-wrong"
    deployed.secrets[MASTER_SECRET] = as_text("admin", wrong)
    monkeypatch.setattr("keyless_client.secret._passwords", {})
    with caplog.at_level(logging.DEBUG), pytest.raises(UnreachableError, match="nothing was changed") as refused:
        handler.on_event(event("Update", READER), None)
    assert MASTER_SECRET in str(refused.value)
    assert wrong not in caplog.text and wrong not in repr(refused.value) + str(refused.value.__cause__)


def test_a_server_whose_certificate_is_not_trusted_gets_no_password(
    deployed: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MYSQL_SSL_CA")
    with pytest.raises(UnreachableError, match="'localhost' is not the name of an RDS endpoint"):
        handler.on_event(event("Update", READER), None)


def test_a_delete_of_a_server_that_is_gone_succeeds(deployed: Function, caplog: pytest.LogCaptureFixture) -> None:
    deployed.set(MYSQL_TCP_PORT="1")
    assert handler.on_event(event("Delete", READER), None)["Data"] == {}
    assert "its access goes with it" in caplog.text
