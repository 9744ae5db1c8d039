"""Which memberships a plan gives, corrects and takes, on PostgreSQL 16 and before."""

from dataclasses import replace
from typing import Any

import pytest

from db_access.plan.changes import Change, GrantRole, RevokeRole
from db_access.postgresql.state import Current, Desired, Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned, refused
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import role, with_memberships, with_role


def wanted(*groups: Any, grants: tuple[dict[str, Any], ...] = ()) -> Desired:
    """User `u` in these groups, of which there are `g` and `h`."""
    return asked_for(spec(user("u", *grants, auth_method="none", groups=list(groups)), groups=[group("g"), group("h")]))


def without(current: Current, role_: str, member: str) -> Current:
    kept = frozenset(m for m in current.memberships if (m.role, m.member) != (role_, member))
    return replace(current, memberships=kept)


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        ("g", GrantRole("g", "u", reason="")),
        ({"name": "g", "inherit": False}, GrantRole("g", "u", inherit=False, reason="")),
        ({"name": "g", "set": False}, GrantRole("g", "u", set=False, reason="")),
        ({"name": "g", "admin": True}, GrantRole("g", "u", admin=True, reason="")),
    ],
)
def test_a_missing_membership_is_given_with_its_options(entry: Any, change: Change) -> None:
    asked = wanted(entry)
    assert planned(asked, without(as_current(asked), "g", "u")) == (change,)


def test_a_new_membership_names_no_inherit_where_the_members_attribute_says_it() -> None:
    """PostgreSQL before 16 takes none."""
    asked = wanted(grants=({"access": "owner"},))
    assert planned(asked, without(as_current(asked), "owner", "u")) == (GrantRole("owner", "u", reason=""),)


Options = tuple[bool, bool, bool]
"""inherit, set, admin."""


@pytest.mark.parametrize(
    ("should", "found", "changes"),
    [
        ((True, True, False), (True, True, False), ()),
        ((True, True, False), (False, True, False), (GrantRole("g", "u", inherit=True, new=False, reason=""),)),
        ((False, True, False), (True, True, False), (GrantRole("g", "u", inherit=False, new=False, reason=""),)),
        ((True, True, False), (True, False, False), (GrantRole("g", "u", set=True, new=False, reason=""),)),
        ((True, False, False), (True, True, False), (GrantRole("g", "u", set=False, new=False, reason=""),)),
        ((True, True, True), (True, True, False), (GrantRole("g", "u", admin=True, new=False, reason=""),)),
        ((True, True, False), (True, True, True), (RevokeRole("g", "u", admin_only=True, cascade=True, reason=""),)),
        (
            (True, True, False),
            (False, False, True),
            (
                RevokeRole("g", "u", admin_only=True, cascade=True, reason=""),
                GrantRole("g", "u", inherit=True, set=True, new=False, reason=""),
            ),
        ),
    ],
)
def test_the_options_of_a_membership_are_corrected(
    should: Options, found: Options, changes: tuple[Change, ...]
) -> None:
    asked = wanted(dict(zip(("name", "inherit", "set", "admin"), ("g", *should), strict=True)))
    inherit, set_, admin = found
    assert planned(asked, with_memberships(as_current(asked), Membership("g", "u", inherit, admin, set_))) == changes


def test_a_membership_that_the_spec_does_not_give_is_taken_whoever_gave_what_role() -> None:
    asked = wanted("g")
    for stray in ("h", "owner", "rds_iam", "pg_read_all_data"):
        plan = planned(asked, with_memberships(as_current(asked), Membership(stray, "u")))
        assert plan == (RevokeRole(stray, "u", reason=""),)


def test_memberships_are_taken_before_any_is_given() -> None:
    asked = wanted("h")
    current = with_memberships(without(as_current(asked), "h", "u"), Membership("g", "u"))
    assert planned(asked, current) == (RevokeRole("g", "u", reason=""), GrantRole("h", "u", reason=""))


def test_members_that_the_spec_does_not_manage_stay_in_our_roles() -> None:
    asked = wanted("g")
    current = with_role(as_current(asked), "theirs", managed_by="another")
    strangers = (Membership("g", "stranger"), Membership("u", "theirs"), Membership("h", "master"))
    assert planned(asked, with_memberships(current, *strangers)) == ()


def test_the_master_is_made_a_member_of_every_owner() -> None:
    asked = wanted()
    current = as_current(asked)
    creators = with_memberships(current, Membership("owner", "master", inherit=False, admin=True, set=False))
    assert planned(asked, without(current, "owner", "master")) == (GrantRole("owner", "master", reason=""),)
    assert planned(asked, creators) == (GrantRole("owner", "master", True, True, new=False, reason=""),)


@pytest.mark.parametrize("admin", [True, False])
def test_before_16_a_membership_is_as_it_should_be_whatever_options_the_spec_gives_by_default(admin: bool) -> None:
    asked = wanted({"name": "g", "admin": admin})
    assert planned(asked, as_current(asked, membership_options=False)) == ()


def test_before_16_admin_is_given_and_taken_as_ever() -> None:
    plain, admin = wanted("g"), wanted({"name": "g", "admin": True})
    assert planned(admin, as_current(plain, membership_options=False)) == (
        GrantRole("g", "u", admin=True, new=False, reason=""),
    )
    assert planned(plain, as_current(admin, membership_options=False)) == (
        RevokeRole("g", "u", admin_only=True, reason=""),
    )


@pytest.mark.parametrize(
    ("entry", "asks_for"),
    [
        ({"name": "g", "inherit": False}, "`inherit: false`"),
        ({"name": "g", "set": False}, "`set: false`"),
    ],
)
def test_before_16_options_of_a_membership_are_refused_and_from_16_on_not(entry: dict[str, Any], asks_for: str) -> None:
    asked = wanted(entry)
    (problem,) = refused(asked, as_current(asked, membership_options=False))
    assert problem == f"membership of 'u' in 'g' asks for {asks_for}; allowed before PostgreSQL 16: admin only"
    assert refused(asked, as_current(asked)) == ()


def test_before_16_a_user_with_owner_is_refused_in_a_group_for_it_inherits_from_nobody() -> None:
    asked = wanted("g", grants=({"access": "owner"},))
    (problem,) = refused(asked, as_current(asked, membership_options=False))
    assert "asks for `inherit: true` (with `access: owner` 'u' inherits from nobody)" in problem


def test_before_16_a_user_with_owner_alone_is_fine() -> None:
    asked = wanted(grants=({"access": "owner"},))
    assert planned(asked, as_current(asked, membership_options=False)) == ()


def test_a_new_role_is_created_before_it_becomes_a_member() -> None:
    asked = wanted("g")
    current = replace(as_current(asked), roles={"owner": role("owner")}, memberships=frozenset())
    names = [type(change).__name__ for change in planned(asked, current)]
    assert max(n for n, name in enumerate(names) if name == "CreateRole") < names.index("GrantRole")
