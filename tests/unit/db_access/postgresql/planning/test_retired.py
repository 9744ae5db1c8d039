"""Roles that the spec doesn't mention any more, and the removal of a whole database's access."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    ClearPassword,
    Configure,
    DescribeRole,
    DropRole,
    EndLogin,
    Revoke,
    RevokeDefault,
    RevokeRole,
    Target,
)
from db_access.plan.privileges import DefaultKey, Kind, Privilege
from db_access.postgresql.desired import NOTHING
from db_access.postgresql.planning.retired import not_dropped, retired
from db_access.postgresql.state import Current, DesiredRole, Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import kinds, planned
from tests.unit.db_access.postgresql.server.run import carried_out
from tests.unit.db_access.postgresql.specs import asked_for, spec, user
from tests.unit.db_access.postgresql.states import OURS, acl, flat, objects, with_memberships, with_objects, with_role

KEPT = asked_for(spec())
DROPPED = asked_for(spec(retired=[{"username": "leaver", "drop": True}, {"username": "sleeper"}]))
ENDS = datetime(2031, 1, 1, tzinfo=UTC)
LEAVER: dict[str, Any] = dict(
    login=True,
    inherit=False,
    connection_limit=7,
    acts_as="owner",
    description="left",
    valid_until=ENDS,
    settings=frozenset({("work_mem", ("4MB",))}),
    settings_here=frozenset({("jit", ("off",))}),
    password_version="1",
    elevated=frozenset({"CREATEDB"}),
)
TABLES = DefaultKey("owner", "foo", Kind.TABLE)


def with_leaver(**about: Any) -> Current:
    """As the spec says, and a role that has a share of everything."""
    current = with_role(as_current(KEPT), "leaver", **{**LEAVER, **about})
    current = with_memberships(
        current, Membership("rds_iam", "leaver"), Membership("owner", "leaver"), Membership("leaver", "stranger")
    )
    found = [
        objects(Kind.TABLE, "t", acl=acl(leaver="SELECT INSERT"), options=acl(leaver="SELECT")),
        objects(Kind.TABLE, "t", columns=("id",), acl=acl(leaver="UPDATE")),
        objects(Kind.DATABASE, "app", schema=None, owner="master", acl=acl(leaver="CONNECT")),
    ]
    return replace(with_objects(current, *found), defaults={**current.defaults, TABLES: acl(leaver="SELECT")})


WITHOUT = DesiredRole(
    "leaver", login=False, inherit=False, connection_limit=7, description="left", managed_by=OURS, valid_until=ENDS
)
"""What else it is stays as it was."""


def test_a_retired_role_loses_all_access_and_the_rest_of_it_stays() -> None:
    who = ("leaver",)
    assert planned(KEPT, with_leaver()) == (
        EndLogin("leaver", forget_password=True, reason=""),
        AlterRole(WITHOUT, ("CREATEDB",), reason=""),
        DescribeRole(WITHOUT, reason=""),
        ClearPassword("leaver", reason=""),
        RevokeRole("owner", "leaver", reason=""),
        RevokeRole("rds_iam", "leaver", reason=""),
        ActAs("leaver", "app", None, reason=""),
        Configure("leaver", "jit", None, "app", reason=""),
        Configure("leaver", "work_mem", None, reason=""),
        Revoke(
            Target(Kind.TABLE, "foo", ("t",)), (Privilege.INSERT, Privilege.SELECT), who, as_owner="owner", reason=""
        ),
        Revoke(Target(Kind.TABLE, "foo", ("t",), ("id",)), (Privilege.UPDATE,), who, as_owner="owner", reason=""),
        Revoke(Target(Kind.DATABASE, None, ("app",)), (Privilege.CONNECT,), who, reason=""),
        RevokeDefault(TABLES, (Privilege.SELECT,), who, reason=""),
    )


def test_a_second_run_finds_nothing_to_do_for_a_retired_role() -> None:
    current = with_leaver()
    assert planned(KEPT, carried_out(planned(KEPT, current), current)) == ()


def test_a_retired_role_keeps_what_it_owns_where_no_schema_is_declared() -> None:
    stray = objects(Kind.TABLE, "x", schema="else", owner="leaver")
    after = carried_out(planned(KEPT, with_leaver()), with_objects(with_leaver(), stray))
    assert flat(after.objects)[Kind.TABLE, "else", "x", None].owner == "leaver"


@pytest.mark.parametrize("manager", ["another", None])
def test_what_others_manage_or_nobody_does_is_never_retired(manager: str | None) -> None:
    current = with_role(as_current(KEPT), "leaver", managed_by=manager, login=True)
    assert planned(KEPT, current) == ()
    assert retired(KEPT, current, OURS, removing=False) == []


def test_a_role_is_dropped_last_and_only_where_the_spec_asks_for_it() -> None:
    current = with_role(with_leaver(), "sleeper")
    plan = planned(DROPPED, current)
    assert plan[-1] == DropRole("leaver", reason="")
    assert kinds(plan).count("DropRole") == 1
    assert plan[:-1] == planned(KEPT, current)


def test_a_role_with_something_in_the_way_is_not_dropped_and_the_operator_is_told() -> None:
    current = with_leaver(in_the_way=("owns database other", "has rights in database two"))
    assert planned(DROPPED, current) == planned(KEPT, current)
    assert list(not_dropped(DROPPED, current, OURS)) == [
        "retired role 'leaver' is not dropped, it owns database other, has rights in database two; "
        "it has no access, and is dropped when that has gone"
    ]


def test_a_role_that_went_already_is_not_dropped_again() -> None:
    assert planned(DROPPED, as_current(KEPT)) == ()
    assert list(not_dropped(DROPPED, as_current(KEPT), OURS)) == []


def test_a_role_that_others_manage_is_not_dropped() -> None:
    assert planned(DROPPED, with_role(as_current(KEPT), "leaver", managed_by="another")) == ()


def test_a_group_that_holds_grants_is_not_dropped_and_the_operator_is_told() -> None:
    holder = "keyless-aurora/app/foo/read_only"
    asked = replace(
        asked_for(spec(user("u", {"access": "read_only"}), grants="through_groups")), drop=frozenset({holder})
    )
    assert planned(asked, as_current(asked)) == ()
    (sentence,) = not_dropped(asked, as_current(asked), OURS)
    assert sentence.startswith(f"retired role {holder!r} is not dropped, it holds grants for the spec's users")


def test_a_run_that_removes_nothing_retires_a_role_whatever_other_database_it_is_used_in() -> None:
    current = with_leaver(used_elsewhere=True)
    assert planned(KEPT, current) == planned(KEPT, with_leaver())


@pytest.mark.parametrize(
    ("removing", "used_elsewhere", "ends"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
)
def test_whose_sessions_are_to_end(removing: bool, used_elsewhere: bool, ends: bool) -> None:
    current = with_role(Current({}, frozenset(), {}, (), {}), "leaver", used_elsewhere=used_elsewhere)
    found = retired(NOTHING, current, OURS, removing=removing)
    assert [each.name for each in found] == (["leaver"] if ends else [])
