"""What a person reviews has everything that the app and its access spec say."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from keyless_aurora.testing import texts
from tests.infrastructure.support import SPEC
from tests.infrastructure.templates import Templates

RAW: dict[str, Any] = {
    "databases": [{"name": "app", "schemas": [{"name": "foo", "owner": "app_owner"}]}, {"name": "other"}],
    "groups": [
        {"name": "readers", "grants": [{"database": "app", "schemas": ["foo"], "access": "read_only"}]},
        {"name": "staff", "groups": ["readers"], "databases": ["other"]},
    ],
    "users": [
        {"username": "u", "groups": ["staff"], "connection_limit": 7, "enabled": False},
        {"username": "p", "auth_method": "password", "databases": ["app"]},
    ],
}


def user(name: str, **raw: Any) -> list[str]:
    """The paragraph of one user."""
    text = texts.access(AccessSpec.parse({**RAW, **raw}))
    (found,) = [part.splitlines() for part in text.split("\n\n") if part.startswith(f"user {name}:")]
    return found


def test_a_users_paragraph_has_what_it_holds_through_groups() -> None:
    assert user("u") == [
        "user u: auth_method iam; enabled False; connection_limit 7",
        "  connects to other, app",
        "  member of staff",
        "  through staff: other: CONNECT",
        "  through staff: member of readers",
        "  through staff: through readers: app.foo: access read_only",
    ]


def test_a_password_is_said() -> None:
    assert user("p") == ["user p: auth_method password", "  connects to app", "  app: CONNECT"]


@pytest.mark.parametrize(
    "said",
    [
        {"access": "write_only", "key_columns": ["id"]},
        {"tables": ["SELECT"], "only": ["foo.lookup"]},
        {"schema_privileges": ["USAGE", "CREATE"], "tables": ["SELECT"]},
        {"functions": ["EXECUTE"]},
        {"tables": ["SELECT"], "database_privileges": ["CREATE"]},
    ],
)
def test_everything_that_a_grant_says_is_there(said: dict[str, Any]) -> None:
    grant = {"database": "app", "schemas": ["foo"], **said}
    (line,) = [line for line in user("g", users=[{"username": "g", "grants": [grant]}]) if line.startswith("  app.foo")]
    for field, value in said.items():
        assert f"{field} {', '.join(value) if isinstance(value, list) else value}" in line


@pytest.mark.parametrize(
    "change",
    [
        {"additive": True},
        {"retired": [{"username": "gone", "drop": True}]},
        {"owners": [{"name": "app_owner", "databases": ["other"], "privileges": ["CREATE"]}]},
        {"databases": [{**RAW["databases"][0], "public": "open"}, RAW["databases"][1]]},
        {"managed_by": "somebody"},
        {"users": [{**RAW["users"][0], "privileges": ["CONNECT", "TEMPORARY"]}, RAW["users"][1]]},
        {"users": [{**RAW["users"][0], "settings": {"role": "staff"}}, RAW["users"][1]]},
        {"users": [{**RAW["users"][0], "groups": [{"name": "staff", "admin": True}]}, RAW["users"][1]]},
    ],
)
def test_no_change_of_the_spec_goes_unseen(change: dict[str, Any]) -> None:
    assert texts.access(AccessSpec.parse({**RAW, **change})) != texts.access(AccessSpec.parse(RAW))


def test_no_user_of_the_sample_is_left_out() -> None:
    shown = texts.access(SPEC)
    assert [name for name in (user.username for user in SPEC.users) if f"user {name}:" not in shown] == []


def role(**properties: object) -> Templates:
    body = {"Type": "AWS::IAM::Role", "Properties": properties}
    return Templates({"workload": {"Resources": {"Role": body}}})


def inline(**statement: object) -> Templates:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}]}
    return role(Policies=[{"PolicyName": "x", "PolicyDocument": document}])


@pytest.mark.parametrize(
    ("templates", "line"),
    [
        (inline(), "workload/Role | s3:GetObject | *"),
        (inline(Effect="Deny"), "workload/Role | not s3:GetObject | *"),
        (
            inline(Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}),
            "workload/Role | s3:GetObject | * | when aws:SourceAccount StringEquals ACCOUNT",
        ),
        (inline(NotAction="iam:*"), "workload/Role | everything but | ['NotAction']"),
        (
            role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
            "workload/Role | managed policy | arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ],
)
def test_a_right_is_a_line(templates: Templates, line: str) -> None:
    assert line in texts.rights(templates).splitlines()
