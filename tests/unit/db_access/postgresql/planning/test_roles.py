"""Which changes a plan makes to roles and their comments. Everything else is as the spec says."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from db_access.plan.changes import AlterRole, Change, CreateRole, DescribeRole, EndLogin
from db_access.postgresql.state import Desired
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import with_role

ENDS = datetime(2031, 1, 1, tzinfo=UTC)


def wanted(**fields: Any) -> Desired:
    return asked_for(spec(user("u", **{"auth_method": "none", **fields})))


def changes(asked: Desired, **found: Any) -> tuple[Change, ...]:
    """What is planned where role `u` is as `found` says, and as the spec says otherwise."""
    return planned(asked, with_role(as_current(asked), "u", **found))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
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
    (change,) = changes(wanted(), inherit=False, connection_limit=3)
    assert change.reason == "inherit is False, not True; connection limit is 3, not -1"


def test_a_login_that_the_spec_takes_ends_before_all_else_and_one_that_it_gives_is_altered() -> None:
    end = EndLogin("u", forget_password=False, reason="")
    assert changes(wanted(), login=True) == (end,)
    assert changes(wanted(), login=True, connection_limit=3)[0] == end
    (given,) = changes(wanted(auth_method="iam"), login=False)[:1]
    assert isinstance(given, AlterRole) and given.role.login and given.reason == "login is False, not True"


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


def test_roles_of_nobody_and_of_others_that_the_spec_does_not_name_are_left_alone() -> None:
    asked = wanted()
    current = as_current(asked)
    for manager in (None, "another"):
        stranger = with_role(current, "x", managed_by=manager, login=True, settings=frozenset({("work_mem", ("4MB",))}))
        assert planned(asked, stranger) == ()
