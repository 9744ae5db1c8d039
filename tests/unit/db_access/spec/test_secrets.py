"""Secrets for password users, created by a stack or named by an operator: how they are added to a spec, and for whom."""

from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.deployed import Deployed, digest
from db_access.spec.transport import FOLDER, SpecFile, received
from tests.spec_problems import bare

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:keyless/report-a1b2c3"
USERS = [
    {"username": "report", "auth_method": "password"},
    {"username": "own", "auth_method": "password", "password_secret": ARN + "x"},
    {"username": "writer"},
    {"username": "nobody", "auth_method": "none"},
]
RAW = {"databases": [{"name": "app"}], "users": USERS}


def secrets_of(spec: AccessSpec) -> dict[str, str | None]:
    return {user.username: user.password_secret for user in spec.users}


def properties(**more: Any) -> dict[str, Any]:
    """As CloudFormation delivers them."""
    return {"Database": "app", "Cluster": "cluster-1", "Spec": AccessSpec.parse(RAW).as_properties(), **more}


def taken(asked: dict[str, Any]) -> object:
    """As a function takes it that it was deployed with."""
    return received(
        asked,
        Deployed(
            digest(asked.get("Spec", AccessSpec.parse(RAW).as_properties())),
            ("keyless-aurora",),
            ("app",),
            protected=False,
        ),
    )


def test_a_secret_of_the_stack_becomes_the_users() -> None:
    spec = AccessSpec.parse(taken(properties(Secrets={"report": ARN})))
    assert secrets_of(spec) == {"report": ARN, "own": ARN + "x", "writer": None, "nobody": None}


def test_a_secret_is_added_to_a_spec_in_a_layer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = AccessSpec.parse(RAW)
    file = SpecFile.of(spec)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / file.name).write_bytes(file.content)
    monkeypatch.syspath_prepend(tmp_path)
    assert secrets_of(AccessSpec.parse(taken({**file.announcement(spec), "Secrets": {"report": ARN}})))["report"] == ARN


@pytest.mark.parametrize("secrets", [{}, None])
def test_without_secrets_the_spec_is_unchanged(secrets: Any) -> None:
    assert taken(properties(Secrets=secrets)) == taken(properties()) == AccessSpec.parse(RAW).as_properties()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("own", "the spec already names a secret for it"),
        ("writer", "its auth_method is iam"),
        ("nobody", "its auth_method is none"),
        ("reprt", "the spec has no user of that name"),
    ],
)
def test_a_secret_for_a_user_that_takes_none_is_refused_with_those_that_do(name: str, why: str) -> None:
    with pytest.raises(SpecError) as refused:
        taken(properties(Secrets={"report": ARN, name: ARN}))
    assert bare(refused.value) == (
        f"secret for user {name!r}: {why}; allowed: report (auth_method password, no password_secret)",
    )


def test_what_is_not_the_arn_of_a_secret_is_refused() -> None:
    with pytest.raises(SpecError, match=r"users\[0\]\.password_secret"):
        AccessSpec.parse(taken(properties(Secrets={"report": "arn:aws:s3:::bucket"})))


@pytest.mark.parametrize("spec", [None, [], "text", {"users": 7}, {"users": [7, {"username": [1]}]}])
def test_a_secret_for_what_is_not_a_spec_is_refused_without_a_crash(spec: Any) -> None:
    with pytest.raises(SpecError):
        taken(properties(Spec=spec, Secrets={"report": ARN}))


def test_a_password_user_may_lack_a_secret_at_synth(caplog: pytest.LogCaptureFixture) -> None:
    """The stacks create one, and a run without one warns."""
    assert secrets_of(AccessSpec.parse(RAW))["report"] is None
    assert caplog.text == ""


def test_an_operator_names_a_secret_for_a_user_file(tmp_path: Path) -> None:
    path = tmp_path / "users.yaml"
    path.write_text("users:\n  - {username: report, auth_method: password, groups: [readers], databases: [app]}\n")
    spec = AccessSpec.load(path, {"report": ARN})
    assert secrets_of(spec) == {"report": ARN}
    assert [group.name for group in spec.groups] == ["readers"]
