"""`grants: through_groups`: the same rights, held by groups whose members the users are."""

from typing import Any

import pytest

from db_access.postgresql.state import Desired
from db_access.spec import AccessSpec
from tests.unit.db_access.postgresql.specs import (
    all_rights,
    asked_for,
    future_rights,
    group,
    memberships,
    spec,
    user,
)

APP = "keyless-aurora/app"
LEVELS: list[dict[str, Any]] = [
    {"access": "read_only"},
    {"access": "append_only"},
    {"access": "write_only", "key_columns": ["id"]},
    {"access": "read_write", "schemas": ["foo", "bar"]},
    {"access": "read_only", "only": ["foo.t"]},
    {"tables": ["TRUNCATE"], "sequences": ["SELECT"], "functions": ["EXECUTE"], "types": ["USAGE"]},
    {"access": "read_only", "database_privileges": ["TEMPORARY"]},
    {"access": "read_only", "schema_privileges": ["USAGE", "CREATE"]},
]


def grouped(*users: dict[str, Any], **database: Any) -> AccessSpec:
    return spec(*users, grants="through_groups", **database)


def joined(state: Desired, who: str, rights_of: Any) -> dict[str, set[str]]:
    """What `who` has by itself and by all groups that it is in, which inherit to it."""
    held: dict[str, set[str]] = {}
    for holder in (who, *(m.role for m in state.memberships if m.member == who and m.inherit)):
        for place, names in rights_of(state, holder).items():
            held.setdefault(place, set()).update(names.split())
    return held


@pytest.mark.parametrize("grant", LEVELS)
def test_the_rights_are_the_same_as_granted_directly(grant: dict[str, Any]) -> None:
    direct, through = (
        asked_for(spec(user("u", grant), user("v", {"access": "read_only"}), grants=how))
        for how in ("direct", "through_groups")
    )
    for rights_of in (all_rights, lambda state, who: future_rights(state, who, "owner")):
        assert joined(through, "u", rights_of) == joined(direct, "u", rights_of)
        assert joined(through, "v", rights_of) == joined(direct, "v", rights_of)
    assert all_rights(through, "u") == {}


def test_users_alike_share_their_groups_and_others_do_not() -> None:
    write = {"access": "write_only"}
    state = asked_for(grouped(user("a", write), user("b", write), user("c", {"access": "read_only"})))
    shared = {"rds_iam", f"{APP}/connect", f"{APP}/foo/write_only"}
    assert memberships(state, "a").keys() == memberships(state, "b").keys() == shared
    assert memberships(state, "c").keys() == {"rds_iam", f"{APP}/connect", f"{APP}/foo/read_only"}


def test_a_group_for_grants_is_a_role_of_ours_that_cannot_log_in_and_its_members_inherit() -> None:
    state = asked_for(grouped(user("a", {"access": "read_only"})))
    role = state.roles[f"{APP}/foo/read_only"]
    assert (role.login, role.inherit, role.managed_by) == (False, True, "keyless-aurora")
    assert memberships(state, "a")[f"{APP}/foo/read_only"] == "inherit set"


def test_groups_of_the_spec_are_members_of_them_as_users_are() -> None:
    state = asked_for(
        spec(user("u", groups=["g"]), groups=[group("g", {"access": "read_only"})], grants="through_groups")
    )
    assert memberships(state, "g").keys() == {f"{APP}/connect", f"{APP}/foo/read_only"}
    assert memberships(state, "u").keys() == {"rds_iam", "g"}


def test_a_user_with_owner_anywhere_is_granted_straight() -> None:
    elsewhere = {"name": "two", "schemas": [{"name": "baz", "owner": "theirs"}]}
    owning = {"access": "owner", "database": "two", "schemas": ["baz"]}
    state = asked_for(grouped(user("u", {"access": "read_only"}, owning), others=[elsewhere]))
    assert all_rights(state, "u") == {"database app": "CONNECT", "schema foo": "USAGE", "table foo.*": "SELECT"}
    assert memberships(state, "u").keys() == {"rds_iam", "theirs"}


def test_the_groups_of_every_database_are_roles_in_all_of_them() -> None:
    two = {"name": "two", "grants": "through_groups", "schemas": [{"name": "baz", "owner": "theirs"}]}
    grant = {"access": "read_only", "database": "two", "schemas": ["baz"]}
    state = asked_for(spec(user("u", {"access": "read_only"}, grant), others=[two]))
    assert {name for name in state.roles if "/" in name} == {
        "keyless-aurora/two/connect",
        "keyless-aurora/two/baz/read_only",
    }
    assert all_rights(state, "u") == {"database app": "CONNECT", "schema foo": "USAGE", "table foo.*": "SELECT"}


@pytest.mark.parametrize("schemas", [["s" * 63, "s" * 62 + "t"], ["a/b", "a"], ["é" * 31, "é" * 30]])
def test_names_of_groups_fit_postgresql_and_never_meet(schemas: list[str]) -> None:
    grants = [{"access": "read_only", "schemas": [name]} for name in schemas]
    state = asked_for(
        grouped(
            user("u", grants[0]),
            user("v", grants[1]),
            schemas=[{"name": name, "owner": "owner"} for name in schemas],
        )
    )
    of_u, of_v = (set(memberships(state, who)) - {"rds_iam", f"{APP}/connect"} for who in ("u", "v"))
    assert len(of_u) == len(of_v) == 1 and not of_u & of_v
    assert all(len(name.encode()) <= 63 for name in state.roles)


def test_a_slash_in_a_name_leads_into_no_group_of_another_database() -> None:
    databases = [
        {"name": name, "grants": "through_groups", "schemas": [{"name": schema, "owner": "owner"}]}
        for name, schema in (("a", "b/c"), ("a/b", "c"))
    ]
    users = [
        user("u", {"access": "read_only", "database": "a", "schemas": ["b/c"]}),
        user("v", {"access": "read_only", "database": "a/b", "schemas": ["c"]}),
    ]
    state = asked_for(spec(*users, others=databases), "a")
    assert memberships(state, "u").keys() & memberships(state, "v").keys() == {"rds_iam"}
