"""What a spec may say of schemas that keep their owners, `owner: keep`, and what is refused with its place."""

from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.model.kept import Keep
from tests.spec_problems import bare


def spec(kept: dict[str, Any], **others: Any) -> AccessSpec:
    schemas = [{"name": "kept", "owner": "keep", **kept}, {"name": "own", "owner": "app_owner"}]
    return AccessSpec.parse({"databases": [{"name": "app", "schemas": schemas}], **others})


def user(access: str, *schemas: str) -> dict[str, Any]:
    return {"username": "u", "grants": [{"database": "app", "schemas": list(schemas), "access": access}]}


@pytest.mark.parametrize("access", ["read_only", "append_only", "write_only", "read_write"])
def test_a_schema_keeps_its_owner_and_gives_every_preset_but_owner(access: str) -> None:
    made = spec({"creators": ["loader"]}, users=[user(access, "kept", "own")])
    kept, own = made.databases[0].schemas
    assert (kept.owner, kept.named_owner, kept.makers) == (Keep.KEEP, None, ("loader",))
    assert (own.owner, own.named_owner, own.makers) == ("app_owner", "app_owner", ("app_owner",))
    assert [*made.makers()] == ["loader", "app_owner"]
    assert made.as_properties()["databases"][0]["schemas"][0]["owner"] == "keep"
    assert AccessSpec.parse(made.as_properties()) == made


@pytest.mark.parametrize("place", ["user", "group", "creator"])
def test_a_role_may_be_named_like_the_word_where_it_owns_nothing(place: str) -> None:
    roles: dict[str, dict[str, Any]] = {
        "user": {"users": [{"username": "keep"}]},
        "group": {"groups": [{"name": "keep"}]},
    }
    made = spec({"creators": ["keep"] if place == "creator" else []}, **roles.get(place, {}))
    assert made.databases[0].schemas[0].named_owner is None


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an owner named like the word, in another case": (
        {"owner": "Keep"},
        {},
        "databases[0].schemas[0].owner: 'Keep' differs from `keep` only in case; allowed: `keep`, for which no role's "
        "name stands, or another name",
    ),
    "roles to take over": (
        {"adopt": True},
        {},
        "databases[0].schemas[0].adopt: the schema keeps its owner, so there is none to take over; allowed: `owner: "
        "keep` without `adopt`, or an owner's name",
    ),
    "sessions that act as the owner": (
        {},
        {"users": [user("owner", "kept")]},
        "users[0].grants[0].access: schema 'kept' keeps its owner, whoever that is; allowed: the other presets, or the "
        "name of a NOLOGIN role as the schema's `owner`",
    ),
    "sessions that act as this one and another": (
        {},
        {"users": [user("owner", "own", "kept")]},
        "users[0].grants[0].access: schema 'kept' keeps its owner, whoever that is; allowed: the other presets, or the "
        "name of a NOLOGIN role as the schema's `owner`",
    ),
    "a number": ({"owner": 5}, {}, "databases[0].schemas[0].owner: 5 is not allowed; allowed: text, in quotes where YAML takes it for more"),
    "nothing": ({"owner": None}, {}, "databases[0].schemas[0].owner: it has no value; allowed: text"),
    "a reserved name": (
        {"owner": "pg_database_owner"},
        {},
        "databases[0].schemas[0].owner: 'pg_database_owner' is reserved by PostgreSQL or RDS; allowed: names that don't "
        "start with pg_, and are not information_schema or rdsadmin",
    ),
    "an entry for whoever owns it": (
        {},
        {"owners": [{"name": "keep"}]},
        "owners[0].name: 'keep' owns no schema and creates in none; allowed: app_owner",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_need_a_known_owner_is_refused_once(what: str) -> None:
    kept, others, problem = REFUSED[what]
    with pytest.raises(SpecError) as refused:
        spec(kept, **others)
    assert bare(refused.value) == (problem,)
