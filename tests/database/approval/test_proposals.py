"""An approval is the same whoever looks: the drift watch, which may connect and nothing else and reads no secret, or the
master."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access import watch
from db_access.postgresql import effects, reconcile
from db_access.postgresql.family import PostgreSQL
from db_access.secrets import Secret
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import digest
from tests.conftest import MASTER, Database
from tests.database.approval.deploying import Function
from tests.database.approval.facts import facts
from tests.database.approval.test_first import TWO
from tests.database.approval.worlds import BASE, CHANGES, by_hand, prepared
from tests.database.engine import connect_as_master, converge, run

WATCH = {"username": "drift_watch", "databases": ["app"], "connection_limit": 5}
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:{}-AbCdEf"


def with_watch(spec: AccessSpec, *more: dict[str, Any]) -> AccessSpec:
    raw = spec.as_properties()
    return AccessSpec.parse({**raw, "users": [*raw["users"], WATCH, *more]})


def reporter(name: str) -> dict[str, Any]:
    return {"username": name, "auth_method": "password", "databases": ["app"], "password_secret": ARN.format(name)}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(with_watch(spec), None))
    monkeypatch.setenv("MASTER", MASTER)
    as_watch = PostgreSQL(lambda name, _: lambda: psycopg.connect(database.server.conninfo("drift_watch", name)))
    monkeypatch.setattr(watch, "family", lambda _: as_watch)
    return made


def proposed(spec: AccessSpec) -> Approved:
    answer = watch.handler({"Propose": spec.as_properties()}, None)
    return Approved.parse(answer["Approval"], "the function's answer")


@pytest.mark.parametrize("spec", [*CHANGES.values(), TWO], ids=[*CHANGES, "a database more"])
def test_what_the_watch_sees_is_what_the_master_sees(function: Function, spec: AccessSpec) -> None:
    by_hand(function.database, "GRANT DELETE ON bar.audit TO lambda_writer", "ALTER ROLE migrator CONNECTION LIMIT 1")
    by_master = function.approve(with_watch(spec))
    assert proposed(with_watch(spec)).model_copy(update={"made": by_master.made}) == by_master


def test_what_the_watch_proposed_is_carried_out(function: Function) -> None:
    spec = with_watch(CHANGES["a user more"])
    assert function.deploy(spec, proposed(spec))["Changes"] > 0


def test_a_proposal_changes_nothing_whatever_is_proposed(function: Function) -> None:
    with function.database.superuser() as connection:
        before = facts(connection)
        for change in CHANGES.values():
            proposed(change)
        assert facts(connection) == before


@pytest.mark.parametrize("raw", [{"databases": []}, "a spec", None, {"databases": [{"name": "nowhere"}], "users": 7}])
def test_a_proposal_that_is_no_spec_is_refused_and_is_no_error_of_the_watch(function: Function, raw: object) -> None:
    assert "the access spec has" in watch.handler({"Propose": raw}, None)["errorMessage"]


def test_a_proposal_that_a_deploy_would_refuse_is_refused_and_is_no_error_of_the_watch(function: Function) -> None:
    by_hand(function.database, "CREATE ROLE auditor")
    answer = watch.handler({"Propose": with_watch(CHANGES["a user more"]).as_properties()}, None)
    assert "role 'auditor' exists and was made by somebody else" in answer["errorMessage"]


def test_nothing_of_a_secret_is_in_an_approval_and_a_rotation_before_the_deploy_changes_nothing(
    function: Function,
) -> None:
    database, versions = function.database, {ARN.format(name): f"first-{name}" for name in ("report", "later")}

    def read(arn: str) -> Secret:
        return Secret(f"password-{arn}", versions[arn])

    def deploy(spec: AccessSpec, approved: Approved | None) -> int:
        return converge(database, spec, read_secret=read, approved=approved).changes

    one, two = with_watch(BASE, reporter("report")), with_watch(BASE, reporter("report"), reporter("later"))
    for spec in (one, two):
        approved = proposed(spec)
        assert f'ALTER ROLE "{spec.users[-1].username}" PASSWORD <redacted>' in approved.databases[0].shared
        assert "first-" not in approved.text and "password-" not in approved.text
        assert approved.databases == _by_master(database, spec, read).databases
        versions = {arn: f"{version}-rotated" for arn, version in versions.items()}
        assert deploy(spec, approved) > 0
    approved, versions = proposed(two), {arn: f"{version}-once-more" for arn, version in versions.items()}
    assert approved.databases[0].shared == approved.databases[0].effects == ()
    assert deploy(two, approved) == 4, "of each user the password and the comment that names its version"
    assert run(database, "later", "SELECT 1") == [(1,)]


def _by_master(database: Database, spec: AccessSpec, read: Any) -> Approved:
    summary = reconcile.preview(connect_as_master(database), spec, "app", read_secret=read, around=True)
    _, here = reconcile.observe(connect_as_master(database), spec, "app")
    return effects.approval(digest(spec.as_properties()), {"app": (summary, here)})
