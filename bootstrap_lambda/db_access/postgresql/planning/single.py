"""The part of a plan about single memberships that are given for a while, and nothing else. Pure."""

from collections.abc import Iterator, Set
from dataclasses import replace

from db_access.plan.changes import Change, DescribeRole, GrantRole, RevokeRole
from db_access.plan.temporary import Temporary
from db_access.postgresql.planning.memberships import grantors, membership_changes
from db_access.postgresql.planning.owners import lent
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.planning.retired import without_access
from db_access.postgresql.planning.steps import Planned
from db_access.postgresql.state import Current, CurrentRole, Desired

Pairs = Set[tuple[str, str]]
"""Memberships, as role and member."""


def temporary_changes(desired: Desired, current: Current, pairs: Pairs, *, master: str, managed_by: str) -> Planned:
    """What there is to do about `pairs`, and about what the comments say of temporary memberships.

    Args:
        desired: with the temporary memberships that are to be there.
    """
    reach = Reach.of(desired, current, master=master, managed_by=managed_by)
    roles = {**without_access(desired, current, managed_by, frozenset()), **desired.roles}
    found = [*membership_changes(desired, current, roles, frozenset(), reach)]
    ours = [each for each in found if not isinstance(each, OutOfReach) and _about(each, pairs)]
    left = tuple(each for each in found if isinstance(each, OutOfReach) and _about(each.change, pairs))
    lending, returning = lent([], grantors(ours), desired, current, reach)
    comments = _comments(desired, current, pairs)
    return Planned((*lending, *ours, *comments, *returning), left)


def _about(change: Change, pairs: Pairs) -> bool:
    return isinstance(change, GrantRole | RevokeRole) and (change.role, change.member) in pairs


def _comments(desired: Desired, current: Current, pairs: Pairs) -> Iterator[Change]:
    """All else that a comment says stays."""
    for member in sorted({member for _, member in pairs} & current.roles.keys()):
        there = current.roles[member]
        temporary = _recorded(member, desired, there, {group for group, of in pairs if of == member})
        if there.temporary != temporary:
            yield DescribeRole(replace(there, temporary=temporary), reason="the comment says who has what until when")


def _recorded(member: str, desired: Desired, there: CurrentRole, groups: Set[str]) -> tuple[Temporary, ...]:
    """Of a role that the spec doesn't have (any more, or by another name), what is not about the groups."""
    if member in desired.roles:
        return desired.roles[member].temporary
    return tuple(each for each in there.temporary if each.group not in groups)
