"""Equal grants share one result. Whatever makes two grants different must keep them apart, with and without groups."""

from typing import Any

import pytest

from db_access.plan.privileges import Kind
from db_access.postgresql.desired.entries import SHAPE, in_one_schema, shape_of
from db_access.postgresql.state import Desired
from db_access.spec import AccessSpec, Grant
from tests.unit.db_access.postgresql.specs import asked_for, rights, spec, user

LISTS = {"tables": ["SELECT"]}
DIFFERENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "access": ({"access": "read_only"}, {"access": "append_only"}),
    "key_columns": ({"access": "append_only"}, {"access": "append_only", "key_columns": ["id"]}),
    "only": ({"access": "read_only", "only": ["foo.a"]}, {"access": "read_only", "only": ["foo.b"]}),
    "tables": (LISTS, {"tables": ["SELECT", "DELETE"]}),
    "sequences": (LISTS, {**LISTS, "sequences": ["USAGE"]}),
    "functions": (LISTS, {**LISTS, "functions": ["EXECUTE"]}),
    "types": (LISTS, {**LISTS, "types": ["USAGE"]}),
    "schema_privileges": ({"access": "read_only"}, {"access": "read_only", "schema_privileges": ["USAGE", "CREATE"]}),
    "database": ({"access": "read_only"}, {"access": "read_only", "database": "second"}),
    "schemas": ({"access": "read_only"}, {"access": "read_only", "schemas": ["bar"]}),
    "database_privileges": (LISTS, {**LISTS, "database_privileges": ["TEMPORARY"]}),
}
"""By field of a grant: two grants in which only that field differs."""


def test_there_are_two_grants_that_differ_for_every_field_that_a_grant_has() -> None:
    assert set(DIFFERENT) == set(Grant.model_fields), "a new field of Grant: give two grants here in which it differs"


@pytest.mark.parametrize("grants", ["direct", "through_groups"])
@pytest.mark.parametrize("order", ["as written", "reversed"])
@pytest.mark.parametrize("field", DIFFERENT)
def test_nobody_gets_what_another_users_grant_gives(field: str, order: str, grants: str) -> None:
    first, second = DIFFERENT[field] if order == "as written" else DIFFERENT[field][::-1]
    together = asked_for(two_databases(user("a", first), user("b", second), grants=grants))
    for name, grant in (("a", first), ("b", second)):
        alone = asked_for(two_databases(user(name, grant), grants=grants))
        assert everything(together, name) == everything(alone, name)
    assert everything(together, "a") != everything(together, "b")


def two_databases(*users: dict[str, Any], grants: str) -> AccessSpec:
    document = spec(*users, grants=grants).as_properties() if not _elsewhere(users) else {}
    if document:
        return AccessSpec.parse(document)
    base = spec(grants=grants).as_properties()
    schemas = [{"name": "foo", "owner": "owner"}, {"name": "bar", "owner": "owner"}]
    second = {"name": "second", "schemas": schemas, "grants": grants}
    return AccessSpec.parse({**base, "databases": [*base["databases"], second], "users": list(users)})


def _elsewhere(users: tuple[dict[str, Any], ...]) -> bool:
    return any(grant["database"] != "app" for user in users for grant in user["grants"])


def everything(state: Desired, who: str) -> dict[tuple[Any, ...], frozenset[Any]]:
    """All that `who` holds, by itself and through the groups that it is a member of."""
    holders = {who, *(m.role for m in state.memberships if m.member == who)}
    held: dict[tuple[Any, ...], frozenset[Any]] = {}
    for objects in state.objects:
        for holder in holders & objects.acl.keys():
            for name in objects.names or ("*",):
                place = (objects.kind, objects.schema, name, objects.columns)
                held[place] = held.get(place, frozenset()) | objects.acl[holder]
    return {place: privileges for place, privileges in held.items() if privileges}


def test_the_shape_of_a_grant_is_every_field_that_says_what_it_gives_in_a_schema() -> None:
    assert {*SHAPE, "database", "schemas", "database_privileges"} == set(Grant.model_fields)


@pytest.mark.parametrize("field", SHAPE)
def test_grants_with_different_shapes_give_different_things(field: str) -> None:
    one, other = (Grant.model_validate({"database": "app", "schemas": ["foo"], **grant}) for grant in DIFFERENT[field])
    assert shape_of(one) != shape_of(other)
    assert set(in_one_schema(one, "foo")) != set(in_one_schema(other, "foo"))


def test_a_preset_is_named_in_its_group_and_anything_finer_has_a_group_of_its_own() -> None:
    finer = {"access": "append_only", "key_columns": ["id"]}
    state = asked_for(spec(user("a", {"access": "append_only"}), user("b", finer), grants="through_groups"))
    groups = {m.member: m.role for m in state.memberships if "/foo/" in m.role}
    assert groups["a"] == "keyless-aurora/app/foo/append_only"
    assert groups["b"].startswith("keyless-aurora/app/foo/append_only-")
    assert rights(state, groups["b"], Kind.TABLE, column="id") == "SELECT"


@pytest.mark.parametrize("grants", ["direct", "through_groups"])
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")], ids="".join)
def test_a_name_with_dots_is_another_object_by_the_grants_schemas(order: tuple[str, str], grants: str) -> None:
    """`foo.bar.x` is `bar.x` in schema foo, or `x` in schema foo.bar, if the grant is about that too."""
    named = {"access": "read_only", "only": ["foo.bar.x"]}
    both = {"a": {**named, "schemas": ["foo"]}, "b": {**named, "schemas": ["foo", "foo.bar"]}}
    schemas = [{"name": name, "owner": "owner"} for name in ("foo", "foo.bar")]
    together = asked_for(spec(*(user(name, both[name]) for name in order), schemas=schemas, grants=grants))
    for name in order:
        alone = asked_for(spec(user(name, both[name]), schemas=schemas, grants=grants))
        assert everything(together, name) == everything(alone, name)


def test_groups_of_two_managers_have_two_names() -> None:
    names = []
    for manager in ("one", "two"):
        document = spec(user("a", {"access": "read_only"}), grants="through_groups").as_properties()
        state = asked_for(AccessSpec.parse({**document, "managed_by": manager}))
        names.append({m.role for m in state.memberships if m.member == "a" and "/" in m.role})
    assert names[0] and not names[0] & names[1]
