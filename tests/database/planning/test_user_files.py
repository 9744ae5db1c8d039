"""The user files of the PostgreSQL user manager, word for word from its guide: they load, converge and hold."""

import json
from pathlib import Path

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge, run

IAM_USER = """\
{
  "username": "iam_app_user",
  "groups": ["app_group"],
  "privileges": ["CONNECT"],
  "databases": ["myapp"],
  "enabled": true,
  "description": "Application user with IAM authentication",
  "auth_method": "iam",
  "iam_role": "arn:aws:iam::123456789012:role/RDSAccessRole",
  "can_login": true,
  "connection_limit": 20
}
"""
MIXED = """\
{
  "users": [
    {
      "username": "admin_user",
      "password": "secure_password",
      "auth_method": "password",
      "groups": ["admin_group"],
      "can_login": true,
      "description": "Admin user with password auth"
    },
    {
      "username": "app_user_iam",
      "auth_method": "iam",
      "groups": ["app_group"],
      "can_login": true,
      "description": "App user with IAM auth"
    }
  ]
}
"""
LIMITED = """\
{
  "username": "iam_user",
  "auth_method": "iam",
  "connection_limit": 10
}
"""
SERVICE = """\
{
  "username": "service_account",
  "auth_method": "iam",
  "can_login": false,
  "groups": ["app_group"]
}
"""
ROOM_LEFT = 242
"""What a user without a limit has on a server with 250 connections."""
ROLES = """SELECT rolname, rolcanlogin, rolconnlimit, pg_has_role(r.oid, 'rds_iam', 'MEMBER'),
    ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname <> 'rds_iam')
    FROM pg_roles r WHERE rolname IN ('iam_app_user', 'admin_user', 'app_user_iam', 'iam_user', 'service_account', 'app_group', 'admin_group') ORDER BY 1"""


def load(folder: Path, text: str) -> AccessSpec:
    path = folder / "config.json"
    path.write_text(text)
    return AccessSpec.load(path)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (IAM_USER, [("app_group", False, -1, False, []), ("iam_app_user", True, 20, True, ["app_group"])]),
        (
            MIXED,
            [
                ("admin_group", False, -1, False, []),
                ("admin_user", True, ROOM_LEFT, False, ["admin_group"]),
                ("app_group", False, -1, False, []),
                ("app_user_iam", True, ROOM_LEFT, True, ["app_group"]),
            ],
        ),
        (LIMITED, [("iam_user", True, 10, True, [])]),
        (SERVICE, [("app_group", False, -1, False, []), ("service_account", False, -1, True, ["app_group"])]),
    ],
    ids=["one IAM user", "users of both kinds", "a limit", "a service account"],
)
def test_the_guides_user_files_load_and_converge(
    database: Database, tmp_path: Path, text: str, roles: list[tuple[object, ...]]
) -> None:
    spec = load(tmp_path, text)
    name = spec.databases[0].name
    if name != "postgres":
        run(database, "master", f"CREATE DATABASE {name}")
    there = Database(database.server, name=name)
    converge(there, spec)
    assert run(there, "rdsadmin", ROLES) == roles
    assert converge(there, spec).changes == 0


def test_what_a_user_file_names_is_declared_and_nothing_in_it_is_locked(tmp_path: Path) -> None:
    spec = load(tmp_path, IAM_USER)
    assert [(d.name, d.public, d.schemas) for d in spec.databases] == [("myapp", "open", ())]
    assert [group.name for group in spec.groups] == ["app_group"]
    assert [d.name for d in load(tmp_path, MIXED).databases] == ["postgres"]


def test_the_password_in_a_user_file_is_warned_of_and_goes_nowhere(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spec = load(tmp_path, MIXED)
    assert "users[0].password (admin_user)" in caplog.text
    assert ": a password in the spec is ignored; remove it, and name a secret in password_secret" in caplog.text
    converge(Database(database.server, name="postgres"), spec)
    assert run(database, "rdsadmin", "SELECT rolpassword FROM pg_authid WHERE rolname = 'admin_user'") == [(None,)]
    assert not [
        text for text in (caplog.text, repr(spec), json.dumps(spec.as_properties())) if "secure_password" in text
    ]


def test_a_user_file_survives_the_way_through_properties(tmp_path: Path) -> None:
    for text in (IAM_USER, LIMITED, SERVICE):
        spec = load(tmp_path, text)
        assert AccessSpec.parse(spec.as_properties()) == spec


def test_in_a_spec_with_databases_nothing_is_declared_by_being_named() -> None:
    with pytest.raises(Exception, match="no group is named 'app_group'"):
        AccessSpec.parse({"databases": [{"name": "myapp"}], "users": [json.loads(IAM_USER)]})
