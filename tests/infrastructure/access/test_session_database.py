"""What a function is told to begin its session in."""

import pytest

from db_access.spec import AccessSpec
from keyless_aurora.access.session_database import session_database
from keyless_aurora.engines.family import Family

SPEC = AccessSpec.parse(
    {
        "version": 1,
        "databases": [
            {"name": "app", "schemas": [{"name": name, "owner": "app_owner"} for name in ("foo", "bar", "ops")]},
            {"name": "other", "schemas": [{"name": "theirs", "owner": "app_owner"}]},
        ],
        "groups": [
            {"name": "outer", "grants": [{"database": "app", "schemas": ["bar"], "access": "read_only"}]},
            {"name": "inner", "groups": ["outer"]},
        ],
        "users": [
            {"username": "own", "grants": [{"database": "app", "schemas": ["ops", "bar"], "access": "read_only"}]},
            {"username": "member", "groups": ["inner"]},
            {"username": "elsewhere", "grants": [{"database": "other", "schemas": ["theirs"], "access": "read_only"}]},
        ],
    }
)


@pytest.mark.parametrize(("user", "schema"), [("own", "bar"), ("member", "bar"), ("elsewhere", "app")])
def test_on_mysql_it_is_the_first_schema_with_a_right_of_the_users(user: str, schema: str) -> None:
    found = next(each for each in SPEC.users if each.username == user)
    assert session_database(SPEC, Family.MYSQL, found, "app") == schema


def test_on_postgresql_it_is_the_specs_own() -> None:
    assert session_database(SPEC, Family.POSTGRESQL, SPEC.users[0], "app") == "app"
