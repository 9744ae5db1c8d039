"""When a plan sets a password, clears one that the spec doesn't give, and leaves one alone."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.changes import Change, ClearPassword, GrantRole, SetPassword
from db_access.postgresql.state import Desired
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import with_role


def wanted(**fields: Any) -> Desired:
    version = fields.pop("version", None)
    versions = {} if version is None else {"u": version}
    return asked_for(spec(user("u", **{"auth_method": "none", **fields})), **versions)


def changes(asked: Desired, **found: Any) -> tuple[Change, ...]:
    """What is planned where role `u` is as `found` says, and as the spec says otherwise."""
    return planned(asked, with_role(as_current(asked), "u", **found))


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
