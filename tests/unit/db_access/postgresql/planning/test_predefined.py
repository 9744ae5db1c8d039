"""What stands against memberships in predefined roles is told before anything runs, all at once."""

from dataclasses import replace

import pytest

from db_access.errors import PlanError
from db_access.plan.changes import GrantRole, RevokeRole
from db_access.postgresql.planning import lockout
from db_access.postgresql.state import Membership
from tests.unit.db_access.postgresql.as_asked import as_current
from tests.unit.db_access.postgresql.planning.plans import planned
from tests.unit.db_access.postgresql.specs import asked_for, group, spec, user
from tests.unit.db_access.postgresql.states import with_memberships

WITHOUT = asked_for(spec(user("u"), user("v"), groups=[group("g")]))
WANTED = asked_for(
    spec(user("u", groups=["pg_maintain", "rds_replication"]), user("v", groups=["pg_maintain"]), groups=[group("g")])
)


def test_each_role_that_the_server_lacks_is_named_with_who_has_it() -> None:
    current = replace(as_current(WITHOUT), predefined={})
    with pytest.raises(PlanError) as refused:
        planned(WANTED, current)
    assert refused.value.problems == (
        "'pg_maintain' is to have 'u', 'v' as a member, and this server has no such role: PostgreSQL has it from "
        "version 17 on",
        "'rds_replication' is to have 'u' as a member, and this server has no such role: only RDS and Aurora have it",
    )


def test_what_the_master_may_not_give_is_named_unless_it_is_there() -> None:
    current = replace(as_current(WITHOUT), predefined={"pg_maintain": False, "rds_replication": True})
    there = with_memberships(current, Membership("pg_maintain", "u"), Membership("rds_replication", "u"))
    with pytest.raises(PlanError, match="'pg_maintain' is to have 'v' as a member, and the master 'master' lacks"):
        planned(WANTED, there)
    both = with_memberships(there, Membership("pg_maintain", "v"))
    assert planned(WANTED, both) == ()


def test_they_are_given_and_taken_and_nothing_else_about_them_changes() -> None:
    steps = planned(WANTED, as_current(WITHOUT))
    assert {(step.role, step.member) for step in steps if isinstance(step, GrantRole)} == {
        ("pg_maintain", "u"),
        ("pg_maintain", "v"),
        ("rds_replication", "u"),
    }
    back = planned(WITHOUT, as_current(WANTED))
    assert all(isinstance(step, GrantRole) for step in steps) and all(isinstance(step, RevokeRole) for step in back)


def test_members_of_one_with_and_without_iam_lock_nobody_out() -> None:
    wanted = asked_for(spec(user("i", groups=["pg_monitor"]), user("p", groups=["pg_monitor"], auth_method="password")))
    reach = lockout.reach(as_current(wanted), frozenset({"i"}))
    assert "p" not in reach.through and "p" not in reach.otherwise
