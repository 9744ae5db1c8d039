"""What a grant comes to, by tables that say what docs/access-spec.md ("Access") promises. All of it, and nothing else."""

from typing import Any

import pytest

from tests.unit.db_access.postgresql.specs import all_rights, asked_for, future_rights, group, spec, user

HERE = {"database app": "CONNECT", "schema foo": "USAGE"}
"""Every grant brings CONNECT on its database and USAGE on its schemas."""
WITHOUT_USAGE = {"database app": "CONNECT"}

PRESETS: dict[str, dict[str, str]] = {
    "read_only": {"table foo.*": "SELECT"},
    "append_only": {"table foo.*": "INSERT", "sequence foo.*": "USAGE"},
    "write_only": {"table foo.*": "DELETE INSERT UPDATE", "sequence foo.*": "USAGE"},
    "read_write": {"table foo.*": "DELETE INSERT SELECT UPDATE", "sequence foo.*": "USAGE"},
}

ALL_OF_TABLES = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]
LISTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    (
        {"tables": ALL_OF_TABLES},
        {**HERE, "table foo.*": "DELETE INSERT MAINTAIN REFERENCES SELECT TRIGGER TRUNCATE UPDATE"},
    ),
    ({"sequences": ["USAGE", "SELECT", "UPDATE"]}, {**HERE, "sequence foo.*": "SELECT UPDATE USAGE"}),
    ({"functions": ["EXECUTE"]}, {**HERE, "function foo.*": "EXECUTE"}),
    ({"types": ["USAGE"]}, {**HERE, "type foo.*": "USAGE"}),
    ({"schema_privileges": ["CREATE"]}, {**WITHOUT_USAGE, "schema foo": "CREATE"}),
    ({"schema_privileges": ["USAGE", "CREATE"]}, {**WITHOUT_USAGE, "schema foo": "CREATE USAGE"}),
    ({"tables": ["SELECT"], "schema_privileges": []}, {**WITHOUT_USAGE, "table foo.*": "SELECT"}),
    (
        {"access": "read_only", "schema_privileges": ["USAGE", "CREATE"]},
        {**WITHOUT_USAGE, "schema foo": "CREATE USAGE", "table foo.*": "SELECT"},
    ),
    (
        {"tables": ["TRIGGER"], "database_privileges": ["CREATE", "TEMPORARY"]},
        {"database app": "CONNECT CREATE TEMPORARY", "schema foo": "USAGE", "table foo.*": "TRIGGER"},
    ),
    ({"tables": ["SELECT"], "sequences": ["USAGE"]}, {**HERE, "table foo.*": "SELECT", "sequence foo.*": "USAGE"}),
]
KEYS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"key_columns": ["id"]}, {**HERE, "table foo.*(id)": "SELECT"}),
    (
        {"access": "write_only", "key_columns": ["id", "day"]},
        {**HERE, **PRESETS["write_only"], "table foo.*(id)": "SELECT", "table foo.*(day)": "SELECT"},
    ),
    (
        {"tables": ["UPDATE"], "key_columns": ["id"], "only": ["foo.t"]},
        {**HERE, "table foo.t": "UPDATE", "table foo.t(id)": "SELECT"},
    ),
]
ONLY: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"access": "read_only", "only": ["foo.t"]}, {**HERE, "table foo.t": "SELECT"}),
    ({"access": "append_only", "only": ["foo.t"]}, {**HERE, "table foo.t": "INSERT", "sequence foo.t": "USAGE"}),
    (
        {"tables": ["SELECT"], "only": ["foo.a", "foo.b"]},
        {**HERE, "table foo.a": "SELECT", "table foo.b": "SELECT"},
    ),
    (
        {"functions": ["EXECUTE"], "only": ["foo.total(integer)"]},
        {**HERE, "function foo.total(integer)": "EXECUTE"},
    ),
    ({"types": ["USAGE"], "only": ["foo.mood"]}, {**HERE, "type foo.mood": "USAGE"}),
]


@pytest.mark.parametrize("access", PRESETS)
def test_a_preset_gives_what_its_line_says(access: str) -> None:
    assert all_rights(asked_for(spec(user("u", {"access": access}))), "u") == {**HERE, **PRESETS[access]}


@pytest.mark.parametrize(("grant", "gives"), [*LISTS, *KEYS, *ONLY])
def test_lists_key_columns_and_only_give_what_they_say(grant: dict[str, Any], gives: dict[str, str]) -> None:
    assert all_rights(asked_for(spec(user("u", grant))), "u") == gives


@pytest.mark.parametrize("creator", ["owner", "master"])
@pytest.mark.parametrize("access", PRESETS)
def test_future_objects_give_what_present_ones_do(access: str, creator: str) -> None:
    state = asked_for(spec(user("u", {"access": access})))
    assert future_rights(state, "u", creator) == PRESETS[access]


@pytest.mark.parametrize("grant", [grant for grant, _ in ONLY])
def test_only_gives_nothing_on_future_objects(grant: dict[str, Any]) -> None:
    assert future_rights(asked_for(spec(user("u", grant))), "u", "owner") == {}


def test_key_columns_give_nothing_on_future_tables_for_postgresql_has_no_such_default() -> None:
    state = asked_for(spec(user("u", {"access": "append_only", "key_columns": ["id"]})))
    assert future_rights(state, "u", "owner") == PRESETS["append_only"]


def test_a_grant_over_two_schemas_gives_the_same_in_both_and_each_only_in_its_own() -> None:
    grant = {"access": "read_only", "schemas": ["foo", "bar"], "only": ["foo.a", "bar.b"]}
    assert all_rights(asked_for(spec(user("u", grant))), "u") == {
        **HERE,
        "schema bar": "USAGE",
        "table foo.a": "SELECT",
        "table bar.b": "SELECT",
    }


def test_several_grants_add_up() -> None:
    grants: list[dict[str, Any]] = [
        {"access": "append_only"},
        {"tables": ["SELECT"]},
        {"tables": ["UPDATE"], "only": ["foo.t"]},
        {"tables": ["DELETE"], "only": ["foo.t"], "schema_privileges": ["CREATE"]},
        {"sequences": ["SELECT"], "database_privileges": ["TEMPORARY"]},
    ]
    assert all_rights(asked_for(spec(user("u", *grants))), "u") == {
        "database app": "CONNECT TEMPORARY",
        "schema foo": "CREATE USAGE",
        "table foo.*": "INSERT SELECT",
        "sequence foo.*": "SELECT USAGE",
        "table foo.t": "DELETE UPDATE",
    }


@pytest.mark.parametrize(
    ("fields", "gives"),
    [
        ({"databases": ["app"]}, {"database app": "CONNECT"}),
        ({"databases": ["app"], "privileges": ["CONNECT", "TEMPORARY"]}, {"database app": "CONNECT TEMPORARY"}),
        ({"databases": ["app"], "privileges": []}, {}),
        ({"privileges": ["CONNECT", "CREATE"]}, {}),
        ({}, {}),
    ],
)
def test_a_user_without_grants_has_its_privileges_on_the_databases_that_it_names(
    fields: dict[str, Any], gives: dict[str, str]
) -> None:
    assert all_rights(asked_for(spec(user("u", **fields))), "u") == gives


def test_privileges_of_a_user_hold_on_the_databases_of_its_grants_too() -> None:
    state = asked_for(spec(user("u", {"access": "read_only"}, privileges=["CREATE"])))
    assert all_rights(state, "u") == {"database app": "CREATE", "schema foo": "USAGE", "table foo.*": "SELECT"}


@pytest.mark.parametrize("access", PRESETS)
def test_a_group_is_granted_what_a_user_would_be_and_its_members_nothing_by_themselves(access: str) -> None:
    state = asked_for(spec(user("u", groups=["g"]), groups=[group("g", {"access": access})]))
    assert all_rights(state, "g") == {**HERE, **PRESETS[access]}
    assert all_rights(state, "u") == {}


def test_an_owner_is_granted_nothing_in_its_schemas_but_may_connect() -> None:
    state = asked_for(spec(user("u", {"access": "owner"})))
    assert all_rights(state, "u") == {"database app": "CONNECT"}
    assert all_rights(state, "owner") == {}


def test_nobody_is_granted_anything_that_no_grant_gives() -> None:
    state = asked_for(spec(user("u", {"access": "read_only"}), user("v"), groups=[group("g")]))
    grantees = {grantee for objects in state.objects for grantee in objects.acl if objects.acl[grantee]}
    assert grantees == {"u"}
    assert {grantee for acl in state.defaults.values() for grantee in acl if acl[grantee]} == {"u"}
