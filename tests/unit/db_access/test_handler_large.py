"""The handler with more than a thousand users: a short answer, the statements in the log, nothing secret there, and a spec that
comes as a file.

Only the way to the database differs from AWS: by the server's socket instead of an IAM token.
"""

import json
import logging
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db_access import handler
from db_access.errors import AccessError, SpecError
from db_access.postgresql import connection as engine_connection
from db_access.spec import AccessSpec
from db_access.spec.transport import FOLDER, SpecFile, SpecFileError
from tests.conftest import MASTER, Database
from tests.database.engine import fingerprint
from tests.deployed import deploy

USERS = 1_500
SIGNATURE, TOKEN = "a1b2c3d4e5f6", "FwoGZXIvYXdzEBc"
SPEC = AccessSpec.parse(
    {
        "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}],
        "users": [
            {"username": f"tenant_{number:04}", "auth_method": "none", "description": "a tenant"}
            for number in range(USERS)
        ],
    }
)


@pytest.fixture
def function(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The bootstrap function's environment, and `database` where it connects to."""
    for name, value in {"PGUSER": MASTER, "DB_CLUSTER_RESOURCE_ID": "cluster-1", "AWS_SESSION_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        engine_connection, "with_token", lambda name, *, patience: psycopg.connect(database.conninfo(MASTER))
    )
    deploy(monkeypatch, SPEC.as_properties())
    return database


def event(kind: str = "Create", **spec: Any) -> dict[str, Any]:
    """As CloudFormation sends it."""
    url = f"https://cloudformation-custom-resource-response.s3.amazonaws.com/x?X-Amz-Security-Token={TOKEN}&X-Amz-Signature={SIGNATURE}"
    known = {} if kind == "Create" else {"PhysicalResourceId": "cluster-1/app"}
    return {
        "RequestType": kind,
        "ResponseURL": url,
        "ResourceProperties": {"Database": "app", "Cluster": "cluster-1", **spec},
        **known,
    }


def published(spec: AccessSpec, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, dict[str, Any]]:
    """The layer's file, on the import path as Lambda puts it, and the properties that announce it."""
    file = SpecFile.of(spec)
    path = folder / FOLDER / file.name
    path.parent.mkdir()
    path.write_bytes(file.content)
    monkeypatch.syspath_prepend(folder)
    deploy(monkeypatch, spec.as_properties())
    return path, file.announcement(spec)


def roles(database: Database) -> int:
    with database.superuser() as connection:
        row = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'tenant%'").fetchone()
    assert row is not None
    return int(row[0])


def test_thousands_of_changes_are_answered_in_a_few_bytes_and_logged_one_by_one(
    function: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """CloudFormation takes 4,096 bytes, of which the framework needs up to a kilobyte for names of its own."""
    with caplog.at_level(logging.INFO):
        answer = handler.on_event(event(Spec=SPEC.as_properties()), None)
    assert len(json.dumps(answer)) < 500
    assert answer["Data"]["Changes"] > USERS
    assert len(answer["Data"]["Digest"]) == 64
    assert roles(function) == USERS
    assert sum("CREATE ROLE" in record.getMessage() for record in caplog.records) >= USERS


@pytest.mark.parametrize(
    "spec",
    [{"users": []}, {"users": [{"username": "rds_iam"}]}, {"databases": [{"name": "other"}]}, {}],
    ids=["done", "refused", "undeclared", "no spec"],
)
def test_neither_the_event_nor_a_token_is_logged_whatever_comes_of_it(
    function: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, spec: dict[str, Any]
) -> None:
    raw = {**SPEC.as_properties(), **spec} if spec else {}
    deploy(monkeypatch, raw)
    with caplog.at_level(logging.DEBUG):
        try:
            handler.on_event(event(Spec=raw), None)
        except AccessError as error:
            logging.getLogger("lambda").error("the runtime logs what the function raises: %s", error)
    assert caplog.text
    assert [word for word in (SIGNATURE, TOKEN, "ResponseURL", "X-Amz") if word in caplog.text] == []


def test_a_refusal_of_all_those_users_is_as_short_as_cloudformation_takes(
    function: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {
        **SPEC.as_properties(),
        "users": [{"username": f"tenant_{number}", "acess": "all"} for number in range(USERS)],
    }
    deploy(monkeypatch, raw)
    with pytest.raises(AccessError, match=f"the access spec has {USERS} problems") as refused:
        handler.on_event(event(Spec=raw), None)
    assert len(str(refused.value).encode()) < 2_100
    assert isinstance(refused.value.__cause__, SpecError)


def test_a_spec_from_a_file_does_what_it_does_from_the_properties(
    function: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, announced = published(SPEC, tmp_path, monkeypatch)
    assert "Spec" not in announced
    assert handler.on_event(event(**announced), None)["Data"]["Changes"] > USERS
    assert handler.on_event(event("Update", Spec=SPEC.as_properties()), None)["Data"]["Changes"] == 0


def test_a_file_whose_content_is_not_what_it_is_named_after_is_refused(
    function: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, announced = published(SPEC, tmp_path, monkeypatch)
    path.write_bytes(path.read_bytes().replace(b"tenant_0001", b"tenant_9999"))
    with function.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(
            SpecFileError, match=r"doesn't match the digest in its name \(sha256 [0-9a-f]{64}\), so nothing was changed"
        ):
            handler.on_event(event(**announced), None)
        assert fingerprint(connection) == before


def test_a_spec_that_is_not_there_is_refused_with_what_is_there_and_what_to_do(
    function: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback that asks before the function has its former layer back."""
    path, announced = published(SPEC, tmp_path, monkeypatch)
    with pytest.raises(SpecFileError) as refused:
        handler.on_event(event("Update", **{**announced, "SpecDigest": "0" * 64}), None)
    assert f"the digest {'0' * 64} (it has {path.stem}), so nothing was changed" in str(refused.value)
    assert "`aws cloudformation continue-update-rollback`" in str(refused.value)


def test_a_delete_needs_no_file(function: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = AccessSpec.parse(
        {**SPEC.as_properties(), "managed_by": "tenants", "users": [{"username": "tenant", "databases": ["app"]}]}
    )
    path, announced = published(small, tmp_path, monkeypatch)
    handler.on_event(event(**announced), None)
    path.unlink()
    assert handler.on_event(event("Delete", **announced), None)["Data"]["Changes"] > 0
    with function.superuser() as connection:
        assert connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'tenant'").fetchone() == (False,)
