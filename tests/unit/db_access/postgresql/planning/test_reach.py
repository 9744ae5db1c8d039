"""Who comes to rds_iam by any chain, compared with a transitive closure that is worked out by joining."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db_access.postgresql.planning import lockout
from db_access.postgresql.state import Current, Membership
from tests.properties.grants import some
from tests.unit.db_access.postgresql.states import role

Edge = tuple[str, str]
"""A role and its member."""
NAMES: Final = ["rds_iam", *"abcdef"]
edges = st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda edge: edge[0] != edge[1]))


def reachable(memberships: Iterable[Edge]) -> set[Edge]:
    """Everybody's roles by any number of memberships: the transitive closure, joined until nothing is new."""
    closed: set[Edge] = set()
    while closed < (closed := closed | set(memberships) | {(r, m) for r, x in closed for y, m in closed if x == y}):
        pass
    return closed


@settings(max_examples=100, deadline=None, derandomize=True)
@given(ours=edges, others=edges, added=edges, taken=edges, iam=some(NAMES[1:]))
def test_reach_is_the_transitive_closure_of_what_a_plan_leaves(
    ours: set[Edge], others: set[Edge], added: set[Edge], taken: set[Edge], iam: list[str]
) -> None:
    current = Current(
        {}, frozenset(Membership(*edge) for edge in ours), {}, (), {}, other_memberships=frozenset(others)
    )
    left = ((ours | others) - taken) | added
    apart = {edge for edge in left if not {*edge} & {*iam}}
    found = lockout.reach(current, set(iam), added, taken)
    assert found.through.keys() == {m for role_, m in reachable(left) if role_ in iam} - {*iam}
    assert found.otherwise.keys() == {m for role_, m in reachable(apart) if role_ == "rds_iam"} - {"rds_iam"}
    for towards in (found.through, found.otherwise):
        assert all((role_, member) in left for member, role_ in towards.items()), "each step is a membership"


@pytest.mark.parametrize(
    ("about", "logs_in"), [({"login": True}, True), ({}, False), ({"login": True, "elevated": {"SUPERUSER"}}, False)]
)
def test_roles_of_ours_are_logins_too_superusers_apart(about: dict[str, Any], logs_in: bool) -> None:
    current = Current({"r": role("r", **about)}, frozenset(), {}, (), {}, logins=frozenset({"x"}))
    assert lockout.reach(current, set()).logins == ({"r", "x"} if logs_in else {"x"})


def test_every_login_that_reaches_rds_iam_is_one_of_iams() -> None:
    memberships = {("rds_iam", "u"), ("u", "x"), ("rds_iam", "a"), ("a", "y"), ("elsewhere", "z")}
    current = Current(
        {}, frozenset(), {}, (), {}, other_memberships=frozenset(memberships), logins=frozenset({"u", "x", "y", "z"})
    )
    assert lockout.iam_logins(current) == {"u", "x", "y"}
