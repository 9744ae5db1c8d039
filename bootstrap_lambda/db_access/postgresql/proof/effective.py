"""What roles hold by what is granted to them and to the groups they inherit from. Pure."""

from collections.abc import Iterable, Mapping

from db_access.postgresql.state import Acl, Membership, Privileges


def heirs(memberships: Iterable[Membership]) -> dict[str, list[str]]:
    """Each role to all who have its rights without SET ROLE, through any chain."""
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
    ahead = [member]
    while ahead:
        for role in direct.get(ahead.pop(), ()):
            if role not in found:
                found.add(role)
                ahead.append(role)
    return found


def effective(acl: Acl, members: Mapping[str, list[str]]) -> dict[str, Privileges]:
    """`acl` with what each member has through its groups. `members` as `heirs` gives them."""
    all_in_all = dict(acl)
    for role in acl.keys() & members.keys():
        for member in members[role]:
            all_in_all[member] = all_in_all[member] | acl[role] if member in all_in_all else acl[role]
    return all_in_all
