"""Who may connect where, as the stacks take it from the spec, is what PostgreSQL says when the spec is carried out."""

from typing import Any

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import converge, run

GRANT = {"database": "app", "schemas": ["foo"], "access": "read_only"}
GROUPS: list[dict[str, Any]] = [
    {"name": "outer", "databases": ["app"]},
    {"name": "inner", "groups": ["outer"]},
    {"name": "mute", "databases": ["app"], "privileges": ["TEMPORARY"]},
]
USERS: list[dict[str, Any]] = [
    {"username": "nobody"},
    {"username": "named", "databases": ["app"]},
    {"username": "without", "databases": ["app"], "privileges": []},
    {"username": "temporary", "grants": [GRANT], "privileges": ["TEMPORARY"]},
    {"username": "by_grant", "grants": [{**GRANT, "database_privileges": ["CONNECT"]}], "privileges": []},
    {"username": "owning", "grants": [{**GRANT, "access": "owner"}]},
    {"username": "member", "groups": ["outer"]},
    {"username": "inner_member", "groups": ["inner"]},
    {"username": "silent", "groups": ["mute"]},
    {"username": "all_data", "groups": ["pg_read_all_data"]},
]
NOT_INHERITED: list[dict[str, Any]] = [{"username": "apart", "groups": [{"name": "outer", "inherit": False}]}]


@pytest.mark.parametrize("public", ["locked", "open"])
@pytest.mark.parametrize("grants", ["direct", "through_groups"])
def test_the_spec_and_postgresql_agree_on_who_may_connect(database: Database, public: str, grants: str) -> None:
    (version,) = run(database, "rdsadmin", "SHOW server_version_num")[0]
    users = [*USERS, *(NOT_INHERITED if int(version) >= 160000 else [])]
    app = {"name": "app", "public": public, "grants": grants, "schemas": [{"name": "foo", "owner": "app_owner"}]}
    spec = AccessSpec.parse({"databases": [app], "groups": GROUPS, "users": users})
    converge(database, spec)
    asked = "SELECT rolname FROM pg_roles WHERE rolname = ANY('{%s}') AND has_database_privilege(oid, 'app', 'CONNECT')"
    names = ",".join(user.username for user in spec.users)
    found = {name for (name,) in run(database, "rdsadmin", asked % names)}
    assert found == {user.username for user in spec.users if spec.connectable(user)}
