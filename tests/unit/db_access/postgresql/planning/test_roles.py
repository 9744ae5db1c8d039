"""Which changes a plan makes to roles, their comments, passwords and sessions. Everything else is as the spec says."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    CreateRole,
    DescribeRole,
    GrantRole,
    SetPassword,
)
from db_access.postgresql.state import Current, Desired
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import as_current, with_role

ENDS = datetime(2031, 1, 1, tzinfo=UTC)
SETTING, OTHER = ("work_mem", ("4MB",)), ("search_path", ("foo", "bar"))


def wanted(**fields: Any) -> Desired:
    version = fields.pop("version", None)
    versions = {} if version is None else {"u": version}
    return asked_for(spec(user("u", **{"auth_method": "none", **fields})), **versions)


def changes(asked: Desired, **found: Any) -> tuple[Change, ...]:
    """What is planned where role `u` is as `found` says, and as the spec says otherwise."""
    return planned(asked, with_role(as_current(asked), "u", **found))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"login": True}, "login is True, not False"),
        ({"inherit": False}, "inherit is False, not True"),
        ({"connection_limit": 3}, "connection limit is 3, not -1"),
        ({"elevated": frozenset({"CREATEDB", "BYPASSRLS"})}, "has BYPASSRLS, CREATEDB, which bypasses grants"),
        ({"valid_until": ENDS}, "valid until is 2031-01-01 00:00:00+00:00, not None"),
    ],
)
def test_an_attribute_that_differs_is_set_and_named(found: dict[str, Any], reason: str) -> None:
    asked = wanted()
    (change,) = changes(asked, **found)
    strip = tuple(sorted(found.get("elevated", ())))
    assert change == AlterRole(asked.roles["u"], strip, never_expires="valid_until" in found, reason="")
    assert change.reason == reason


def test_all_that_differs_of_a_role_is_one_change() -> None:
    (change,) = changes(wanted(), login=True, connection_limit=3)
    assert change.reason == "login is True, not False; connection limit is 3, not -1"


def test_a_password_gets_the_end_that_the_spec_says_and_only_a_lifted_one_never_expires() -> None:
    asked = wanted(auth_method="password", valid_until=ENDS.isoformat())
    assert changes(asked, valid_until=None) == (AlterRole(asked.roles["u"], (), reason=""),)


@pytest.mark.parametrize("found", [{"description": "other"}, {"managed_by": None}, {"password_version": "1"}])
def test_a_comment_that_differs_is_written_anew(found: dict[str, Any]) -> None:
    asked = wanted(adopt=True)
    assert DescribeRole(asked.roles["u"], reason="") in changes(asked, **found)


def test_roles_that_are_missing_are_created_before_any_comment_is_written() -> None:
    asked = asked_for(spec(user("u", auth_method="none"), user("v", auth_method="none")))
    current = replace(as_current(asked), roles={}, memberships=frozenset())
    roles = [asked.roles[name] for name in ("owner", "u", "v")]
    assert planned(asked, current)[:6] == (
        *(CreateRole(role, reason="") for role in roles),
        *(DescribeRole(role, reason="") for role in roles),
    )


PASSWORDS: list[tuple[str, dict[str, Any], dict[str, Any], Change | None]] = [
    ("the same version", {"auth_method": "password", "version": "2"}, {}, None),
    (
        "a new version",
        {"auth_method": "password", "version": "2"},
        {"password_version": "1"},
        SetPassword("u", "2", reason=""),
    ),
    (
        "no version yet",
        {"auth_method": "password", "version": "2"},
        {"password_version": None},
        SetPassword("u", "2", reason=""),
    ),
    ("a secret that this run doesn't know", {"auth_method": "password"}, {"password_version": "1"}, None),
    (
        "a secret that isn't known, of a role that is taken over",
        {"auth_method": "password", "adopt": True},
        {"password_version": "1", "managed_by": None},
        ClearPassword("u", reason=""),
    ),
    ("no password any more", {"auth_method": "none"}, {"password_version": "1"}, ClearPassword("u", reason="")),
    ("never one of ours", {"auth_method": "none"}, {}, None),
    (
        "taken over, and it may have one",
        {"auth_method": "none", "adopt": True},
        {"managed_by": None},
        ClearPassword("u", reason=""),
    ),
    (
        "taken over, with a secret of the spec's",
        {"auth_method": "password", "version": "2", "adopt": True},
        {"managed_by": None, "password_version": None},
        SetPassword("u", "2", reason=""),
    ),
]


@pytest.mark.parametrize(("fields", "found", "change"), [case[1:] for case in PASSWORDS], ids=[c[0] for c in PASSWORDS])
def test_when_a_password_is_set_cleared_or_left(
    fields: dict[str, Any], found: dict[str, Any], change: Change | None
) -> None:
    plan = changes(wanted(**fields), **found)
    assert [each for each in plan if isinstance(each, SetPassword | ClearPassword)] == ([change] if change else [])


def test_a_secret_that_is_not_known_keeps_the_version_in_the_comment_too() -> None:
    assert changes(wanted(auth_method="password"), password_version="1") == ()


def test_a_new_user_gets_its_password_in_the_run_that_creates_it() -> None:
    asked = wanted(auth_method="password", version="1")
    current = as_current(asked)
    roles = {name: there for name, there in current.roles.items() if name != "u"}
    plan = planned(asked, replace(current, roles=roles))
    assert SetPassword("u", "1", reason="") in plan
    assert [each for each in planned(wanted(), replace(current, roles=roles)) if isinstance(each, ClearPassword)] == []


def test_a_user_that_comes_under_iam_loses_the_password_that_no_comment_tells_of() -> None:
    asked = wanted(auth_method="iam")
    current = as_current(asked)
    before = replace(current, memberships=frozenset(m for m in current.memberships if m.role != "rds_iam"))
    assert planned(asked, before) == (
        ClearPassword("u", reason=""),
        GrantRole("rds_iam", "u", reason=""),
    )


@pytest.mark.parametrize(
    ("owns", "found", "becomes"), [(True, None, "owner"), (False, "owner", None), (True, "u", "owner")]
)
def test_sessions_start_as_the_role_that_the_spec_says(owns: bool, found: str | None, becomes: str | None) -> None:
    asked = asked_for(spec(user("u", {"access": "owner" if owns else "read_only"}, auth_method="none")))
    assert changes(asked, acts_as=found) == (ActAs("u", "app", becomes, reason=""),)


@pytest.mark.parametrize(
    ("says", "found", "planned_changes"),
    [
        ({SETTING}, {}, [("work_mem", ("4MB",), None)]),
        ({SETTING}, {"settings": {("work_mem", ("1MB",))}}, [("work_mem", ("4MB",), None)]),
        ({SETTING}, {"settings": {SETTING}}, []),
        (set(), {"settings": {SETTING}}, [("work_mem", None, None)]),
        (set(), {"settings_here": {SETTING}}, [("work_mem", None, "app")]),
        (
            {SETTING},
            {"settings": {SETTING}, "settings_here": {SETTING}},
            [("work_mem", None, "app")],
        ),
        (
            {OTHER},
            {"settings": {SETTING}, "settings_here": {OTHER}},
            [("search_path", None, "app"), ("work_mem", None, None), ("search_path", ("foo", "bar"), None)],
        ),
    ],
)
def test_settings_are_as_the_spec_says_everywhere_and_none_in_one_database_only(
    says: set[Any], found: dict[str, set[Any]], planned_changes: list[tuple[str, Any, Any]]
) -> None:
    asked = wanted(settings={name: list(values) for name, values in says})
    there = {"settings": frozenset(), **{name: frozenset(values) for name, values in found.items()}}
    assert changes(asked, **there) == tuple(
        Configure("u", name, values, database, reason="") for name, values, database in planned_changes
    )


def test_roles_of_nobody_and_of_others_that_the_spec_does_not_name_are_left_alone() -> None:
    asked = wanted()
    current: Current = as_current(asked)
    for manager in (None, "another"):
        stranger = with_role(current, "x", managed_by=manager, login=True, settings=frozenset({SETTING}))
        assert planned(asked, stranger) == ()
