"""What a spec may say of its owners and creators, and what is refused with its place."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from tests.spec_problems import bare

DATABASES = [
    {
        "name": "app",
        "schemas": [
            {"name": "foo", "owner": "foo_owner"},
            {"name": "bar", "owner": "bar_owner", "creators": ["loader"]},
            {"name": "own", "owner": "foo_owner", "creators": ["foo_owner"]},
        ],
    }
]


def spec(*owners: dict[str, Any], **others: Any) -> AccessSpec:
    return AccessSpec.parse({"databases": DATABASES, "owners": list(owners), **others})


def grant(*schemas: str, **what: Any) -> dict[str, Any]:
    return {"database": "app", "schemas": list(schemas), **(what or {"access": "read_only"})}


@pytest.mark.parametrize(
    "owner",
    [
        {"name": "foo_owner"},
        {"name": "foo_owner", "description": "of foo", "privileges": ["CREATE", "TEMPORARY"]},
        {"name": "foo_owner", "grants": [grant("bar", tables=["REFERENCES"])]},
        {"name": "loader", "grants": [grant("bar", "foo")]},
        {"name": "bar_owner", "grants": [grant("bar")]},
        {"name": "bar_owner", "groups": ["pg_monitor", {"name": "readers", "inherit": False}]},
    ],
)
def test_owners_and_creators_may_be_given_what_is_not_theirs(owner: dict[str, Any]) -> None:
    made = spec(owner, groups=[{"name": "readers"}])
    assert AccessSpec.parse(made.as_properties()) == made
    assert [*made.grantees][-1].name == owner["name"]


@pytest.mark.parametrize(
    ("owner", "problem"),
    [
        (
            {"name": "fo_owner"},
            "owners[0].name: 'fo_owner' owns no schema and creates in none; did you mean 'foo_owner'? allowed: "
            "foo_owner, bar_owner, loader",
        ),
        ({"name": "FOO_OWNER"}, "owners[0].name: 'FOO_OWNER' owns no schema"),
        (
            {"name": "foo_owner", "grants": [grant("bar", "foo")]},
            "owners[0].grants[0].schemas[1]: 'foo_owner' owns schema 'foo' and alone creates there; allowed: schemas of "
            "other owners, or with other creators",
        ),
        (
            {"name": "foo_owner", "grants": [grant("own")]},
            "owners[0].grants[0].schemas[0]: 'foo_owner' owns schema 'own'",
        ),
        (
            {"name": "foo_owner", "grants": [grant("bar", access="owner")]},
            "owners[0].grants[0].access: 'owner' is not allowed for owners; allowed: the other presets",
        ),
        (
            {"name": "foo_owner", "grants": [grant("baz")]},
            "owners[0].grants[0].schemas[0]: no schema in database 'app'",
        ),
        ({"name": "foo_owner", "groups": ["g"]}, "owners[0].groups[0]: no group is named 'g'"),
        ({"name": "foo_owner", "databases": ["b"]}, "owners[0].databases[0]: no database is named 'b'"),
        (
            {"name": "foo_owner", "privileges": ["CONNECT"]},
            "owners[0].privileges[0]: 'CONNECT' is not allowed; allowed: 'CREATE' or 'TEMPORARY'",
        ),
        ({"name": "foo_owner", "can_login": True}, "owners[0].can_login: unknown field"),
        ({"name": "foo_owner", "grants": [grant("bar", tables=["USAGE"])]}, "owners[0].grants[0].tables[0]: 'USAGE'"),
    ],
)
def test_what_is_wrong_with_an_owner_is_named_with_its_place(owner: dict[str, Any], problem: str) -> None:
    with pytest.raises(SpecError) as refused:
        spec(owner)
    assert any(found.startswith(problem) for found in bare(refused.value)), bare(refused.value)


def test_an_owner_is_listed_once() -> None:
    with pytest.raises(SpecError) as refused:
        spec({"name": "loader"}, {"name": "loader"})
    assert bare(refused.value) == (
        "owners[1].name: 'loader' is already declared, at owners[0]; allowed: a unique name",
    )
