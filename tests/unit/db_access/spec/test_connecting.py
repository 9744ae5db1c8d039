"""Which databases a spec lets a user connect to; PostgreSQL is asked the same in tests/database/planning."""

from typing import Any

import pytest

from db_access.spec import AccessSpec

SCHEMA = {"name": "s", "owner": "o"}
GRANT = {"database": "app", "schemas": ["s"], "access": "read_only"}
GROUPS: list[dict[str, Any]] = [
    {"name": "outer", "databases": ["second"]},
    {"name": "inner", "groups": ["outer"]},
    {"name": "around", "groups": [{"name": "outer", "inherit": False}]},
    {"name": "mute", "databases": ["second"], "privileges": ["TEMPORARY"]},
    {"name": "granted", "grants": [GRANT]},
]
BY_ITSELF = [
    ({}, ["open"]),
    ({"databases": ["second"]}, ["second", "open"]),
    ({"databases": ["second"], "grants": [GRANT]}, ["app", "second", "open"]),
    ({"databases": ["second"], "privileges": []}, ["open"]),
    ({"databases": ["second"], "privileges": ["TEMPORARY"]}, ["open"]),
    ({"grants": [GRANT], "privileges": []}, ["open"]),
    ({"grants": [{**GRANT, "database_privileges": ["CONNECT"]}], "privileges": []}, ["app", "open"]),
    ({"grants": [{**GRANT, "access": "owner"}]}, ["app", "open"]),
    (
        {
            "grants": [
                {"database": "app", "schemas": ["s"], "tables": ["UPDATE"], "key_columns": ["id"], "only": ["s.t"]}
            ]
        },
        ["app", "open"],
    ),
]
BY_GROUPS: list[tuple[dict[str, Any], list[str]]] = [
    ({"groups": ["outer"]}, ["second", "open"]),
    ({"groups": ["inner"]}, ["second", "open"]),
    ({"groups": ["granted", "inner"]}, ["app", "second", "open"]),
    ({"groups": [{"name": "outer", "inherit": False}]}, ["open"]),
    ({"groups": ["around"]}, ["open"]),
    ({"groups": ["mute"]}, ["open"]),
    ({"groups": ["pg_read_all_data"]}, ["open"]),
]
CASES = [*BY_ITSELF, *BY_GROUPS]


def spec(user: dict[str, Any]) -> AccessSpec:
    databases = [{"name": "app", "schemas": [SCHEMA]}, {"name": "second"}, {"name": "open", "public": "open"}]
    return AccessSpec.parse({"databases": databases, "groups": GROUPS, "users": [{"username": "u", **user}]})


@pytest.mark.parametrize(("user", "databases"), CASES)
def test_a_user_connects_by_itself_by_groups_that_it_inherits_and_by_public(
    user: dict[str, Any], databases: list[str]
) -> None:
    found = spec(user)
    assert list(found.connectable(found.users[0])) == databases


def test_groups_that_lead_back_to_each_other_end() -> None:
    found = spec({"groups": ["inner"]})
    inner, outer = found.groups[1], found.groups[0]
    looped = found.model_copy(update={"groups": (outer.model_copy(update={"groups": inner.groups}), inner)})
    assert list(looped.connectable(looped.users[0])) == ["second", "open"]
