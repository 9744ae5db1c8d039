"""Users and groups as roles: who logs in and how, what their sessions start as, and whom they are members of."""

from datetime import UTC, datetime
from typing import Any

import pytest

from db_access.postgresql.state import DesiredRole
from tests.unit.db_access.postgresql.specs import asked_for, group, memberships, spec, user

OURS = "keyless-aurora"
LOGIN: list[tuple[dict[str, Any], bool, dict[str, str]]] = [
    ({}, True, {"rds_iam": "inherit set"}),
    ({"auth_method": "iam"}, True, {"rds_iam": "inherit set"}),
    ({"auth_method": "password"}, True, {}),
    ({"auth_method": "none"}, False, {}),
    ({"enabled": False}, False, {"rds_iam": "inherit set"}),
    ({"can_login": False}, False, {"rds_iam": "inherit set"}),
    ({"auth_method": "password", "enabled": False}, False, {}),
    ({"auth_method": "none", "can_login": True, "enabled": True}, False, {}),
]


@pytest.mark.parametrize(("fields", "logs_in", "member_of"), LOGIN)
def test_who_logs_in_and_is_in_rds_iam(fields: dict[str, Any], logs_in: bool, member_of: dict[str, str]) -> None:
    state = asked_for(spec(user("u", **fields)))
    assert state.roles["u"].login is logs_in
    assert memberships(state, "u") == member_of


@pytest.mark.parametrize(
    ("method", "versions", "version", "keeps"),
    [
        ("password", {"u": "v7"}, "v7", False),
        ("password", {}, None, True),
        ("password", {"other": "v7"}, None, True),
        ("iam", {}, None, False),
        ("none", {}, None, False),
    ],
)
def test_a_password_comes_from_the_secret_or_is_left_where_the_secret_is_not_known(
    method: str, versions: dict[str, str], version: str | None, keeps: bool
) -> None:
    role = asked_for(spec(user("u", auth_method=method)), **versions).roles["u"]
    assert (role.password_version, role.keeps_password) == (version, keeps)


def test_a_user_has_the_attributes_that_the_spec_says() -> None:
    ends = datetime(2031, 1, 1, tzinfo=UTC)
    wanted = user(
        "u",
        auth_method="password",
        connection_limit=7,
        description="reports",
        valid_until=ends.isoformat(),
        settings={"Statement_Timeout": "5s", "search_path": ["foo", "bar"]},
        adopt=True,
    )
    assert asked_for(spec(wanted)).roles["u"] == DesiredRole(
        "u",
        login=True,
        inherit=True,
        connection_limit=7,
        acts_as=None,
        description="reports",
        managed_by=OURS,
        valid_until=ends,
        settings=frozenset({("statement_timeout", ("5s",)), ("search_path", ("foo", "bar"))}),
        keeps_password=True,
        adopt=True,
    )


def test_a_group_is_a_role_that_cannot_log_in() -> None:
    state = asked_for(spec(groups=[group("g", description="read", adopt=True)]))
    assert state.roles["g"] == DesiredRole("g", description="read", managed_by=OURS, adopt=True)


@pytest.mark.parametrize(
    ("entry", "options"),
    [
        ("g", "inherit set"),
        ({"name": "g"}, "inherit set"),
        ({"name": "g", "inherit": False}, "set"),
        ({"name": "g", "set": False}, "inherit"),
        ({"name": "g", "admin": True}, "inherit set admin"),
        ({"name": "g", "inherit": False, "set": False, "admin": True}, "admin"),
    ],
)
@pytest.mark.parametrize("member", ["user", "group"])
def test_a_membership_has_the_options_that_the_spec_says(entry: object, options: str, member: str) -> None:
    if member == "user":
        state = asked_for(spec(user("m", auth_method="none", groups=[entry]), groups=[group("g")]))
    else:
        state = asked_for(spec(groups=[group("g"), group("m", groups=[entry])]))
    assert memberships(state, "m") == {"g": options}


def test_nested_groups_are_members_of_the_next_one_and_of_no_other() -> None:
    groups = [group("all"), group("staff", groups=["all"]), group("team", groups=["staff"])]
    state = asked_for(spec(user("u", groups=["team"]), groups=groups))
    assert {name: set(memberships(state, name)) for name in ("u", "team", "staff", "all")} == {
        "u": {"rds_iam", "team"},
        "team": {"staff"},
        "staff": {"all"},
        "all": set(),
    }


def test_sessions_of_an_owner_start_as_the_owner_and_inherit_nothing() -> None:
    state = asked_for(spec(user("u", {"access": "owner"}), user("v", {"access": "read_only"})))
    assert (state.roles["u"].acts_as, state.roles["u"].inherit) == ("owner", False)
    assert (state.roles["v"].acts_as, state.roles["v"].inherit) == (None, True)
    assert memberships(state, "u") == {"owner": "set", "rds_iam": "set"}
    assert memberships(state, "v") == {"rds_iam": "inherit set"}


def test_an_owner_acts_as_the_owner_of_its_own_schema_and_only_in_its_own_database() -> None:
    schemas = [{"name": "foo", "owner": "owner"}, {"name": "bar", "owner": "other"}]
    wanted = spec(
        user("u", {"access": "owner", "schemas": ["bar"]}),
        schemas=schemas,
        others=[{"name": "two", "schemas": [{"name": "bar", "owner": "theirs"}]}],
    )
    assert {name: asked_for(wanted, name).roles["u"].acts_as for name in ("app", "two")} == {
        "app": "other",
        "two": None,
    }
    for database in ("app", "two"):
        state = asked_for(wanted, database)
        assert not state.roles["u"].inherit, "the attribute is the cluster's"
        assert memberships(state, "u") == {"other": "set", "rds_iam": "set"}


def test_one_login_may_act_as_two_owners_in_two_databases() -> None:
    two = {"name": "two", "schemas": [{"name": "baz", "owner": "theirs"}]}
    elsewhere = {"access": "owner", "database": "two", "schemas": ["baz"]}
    wanted = spec(user("u", {"access": "owner"}, elsewhere, auth_method="none"), others=[two])
    assert asked_for(wanted, "app").roles["u"].acts_as == "owner"
    assert asked_for(wanted, "two").roles["u"].acts_as == "theirs"
    assert memberships(asked_for(wanted), "u") == {"owner": "set", "theirs": "set"}


def test_a_schema_that_is_adopted_adopts_its_owner_and_creators_and_nobody_else() -> None:
    schemas = [
        {"name": "foo", "owner": "owner", "creators": ["builder"], "adopt": True},
        {"name": "bar", "owner": "other"},
    ]
    state = asked_for(spec(user("u"), schemas=schemas))
    assert {name for name, role in state.roles.items() if role.adopt} == {"owner", "builder"}


def test_retired_names_are_no_roles_and_dropped_only_where_the_spec_asks_for_it() -> None:
    state = asked_for(spec(retired=[{"username": "leaver", "drop": True}, {"username": "sleeper"}]))
    assert state.drop == {"leaver"}
    assert state.roles.keys() == {"owner"}
