"""What owners and creators are to have: what the spec gives them, what users bring them, and never what is their own."""

from typing import Any

import pytest

from db_access.plan.privileges import Kind
from db_access.postgresql.state import Membership
from tests.unit.db_access.postgresql.specs import all_rights, asked_for, future_rights, spec, user

SCHEMAS = [{"name": "foo", "owner": "owner"}, {"name": "bar", "owner": "other", "creators": ["loader"]}]
OWNS = {"database": "app", "schemas": ["foo"], "access": "owner"}


def owner(name: str = "owner", *, access: str = "read_only", **fields: Any) -> dict[str, Any]:
    return {"name": name, "grants": [{"database": "app", "schemas": ["bar"], "access": access}], **fields}


@pytest.mark.parametrize("grants", ["direct", "through_groups"])
@pytest.mark.parametrize(
    ("fields", "of_grant"),
    [({"privileges": ["CONNECT", "CREATE", "TEMPORARY"]}, {}), ({}, {"database_privileges": ["CREATE", "TEMPORARY"]})],
)
def test_what_sessions_do_to_the_database_goes_to_whom_they_act_as(
    grants: str, fields: dict[str, Any], of_grant: dict[str, Any]
) -> None:
    state = asked_for(spec(user("m", {**OWNS, **of_grant}, **fields), grants=grants))
    assert all_rights(state, "m") == {"database app": "CONNECT"}
    assert all_rights(state, "owner") == {"database app": "CREATE TEMPORARY"}


def test_several_users_and_the_owners_own_entry_add_up() -> None:
    users = [user("m", OWNS, privileges=["CONNECT", "CREATE"]), user("n", OWNS)]
    state = asked_for(spec(*users, owners=[{"name": "owner", "privileges": ["TEMPORARY"]}]))
    assert all_rights(state, "owner") == {"database app": "CREATE TEMPORARY"}
    assert all_rights(state, "n") == {"database app": "CONNECT"}


def test_an_owner_gets_in_others_schemas_what_a_user_would_and_no_connect() -> None:
    state = asked_for(spec(owners=[owner(access="append_only")], schemas=SCHEMAS))
    assert all_rights(state, "owner") == {"schema bar": "USAGE", "table bar.*": "INSERT", "sequence bar.*": "USAGE"}
    for creator in ("other", "loader", "master"):
        assert future_rights(state, "owner", creator) == {"table bar.*": "INSERT", "sequence bar.*": "USAGE"}


@pytest.mark.parametrize("name", ["other", "loader"])
def test_nobody_is_given_rights_on_what_it_will_make_itself(name: str) -> None:
    state = asked_for(spec(owners=[owner(name)], schemas=SCHEMAS))
    assert future_rights(state, name, name) == {}
    assert {creator for creator in ("other", "loader", "master") if future_rights(state, name, creator)} == {
        "other",
        "loader",
        "master",
    } - {name}


def test_with_through_groups_owners_are_members_as_users_are() -> None:
    state = asked_for(spec(owners=[owner()], schemas=SCHEMAS, grants="through_groups"))
    assert all_rights(state, "owner") == {}
    assert Membership("keyless-aurora/app/bar/read_only", "owner") in state.memberships


def test_a_description_and_groups_are_the_owners() -> None:
    made = owner(description="owns foo", groups=["pg_monitor", "g"])
    state = asked_for(spec(owners=[made], groups=[{"name": "g"}], schemas=SCHEMAS))
    assert state.roles["owner"].description == "owns foo"
    assert {m.role for m in state.memberships if m.member == "owner"} == {"pg_monitor", "g"}
    assert not state.roles["owner"].login and "pg_monitor" not in state.roles


def test_in_a_database_where_it_neither_owns_nor_is_granted_an_owner_has_nothing() -> None:
    others = [{"name": "two", "schemas": [{"name": "x", "owner": "y"}]}]
    named = {"name": "owner", "privileges": ["CREATE"]}
    state = asked_for(spec(owners=[named], others=others), "two")
    assert not any(objects.acl.get("owner") for objects in state.objects if objects.kind is Kind.DATABASE)
    state = asked_for(spec(owners=[{**named, "databases": ["two"]}], others=others), "two")
    assert all_rights(state, "owner") == {"database two": "CREATE"}
