"""What roles hold by what is granted to them and to the groups they inherit from. Pure."""

from collections.abc import Iterable, Mapping

from db_access.plan.privileges import Acl, Privileges
from db_access.postgresql.state import Membership


def inheriting_members(memberships: Iterable[Membership]) -> dict[str, list[str]]:
    """Each role to all members that have its rights without SET ROLE, through any chain."""
    direct: dict[str, list[str]] = {}
    for membership in memberships:
        if membership.inherit:
            direct.setdefault(membership.member, []).append(membership.role)
    found: dict[str, list[str]] = {}
    for member in direct:
        for role in _reachable(member, direct):
            found.setdefault(role, []).append(member)
    return found


def _reachable(member: str, direct: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    to_visit = [member]
    while to_visit:
        for role in direct.get(to_visit.pop(), ()):
            if role not in found:
                found.add(role)
                to_visit.append(role)
    return found


def effective(acl: Acl, members: Mapping[str, list[str]]) -> dict[str, Privileges]:
    """`acl` with what each member has through its groups. `members` as `inheriting_members` gives them."""
    combined = dict(acl)
    for role in acl.keys() & members.keys():
        for member in members[role]:
            combined[member] = combined[member] | acl[role] if member in combined else acl[role]
    return combined
