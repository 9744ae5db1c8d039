"""The part of a plan about memberships and their options. Pure."""

from collections.abc import Iterator, Mapping, Set

from db_access.plan.changes import Change, GrantRole, RevokeRole
from db_access.postgresql.state import Current, Desired, DesiredRole, Membership


def membership_changes(
    desired: Desired, current: Current, roles: Mapping[str, DesiredRole], kept: Set[str]
) -> Iterator[Change]:
    """Revocations first.

    Args:
        roles: every role of ours as it is to be; what they are members of is ours to say.
        kept: those of them whose memberships stay as they are.
    """
    there = {(m.role, m.member): m for m in current.memberships - desired.memberships}
    declared = {(m.role, m.member): m for m in desired.memberships - current.memberships}
    for (role, member), found in sorted(there.items()):
        if member not in roles or member in kept:
            continue
        if (role, member) not in declared:
            yield RevokeRole(role, member, reason="a membership that the spec doesn't give")
        elif found.admin and not declared[role, member].admin:
            yield RevokeRole(role, member, admin_only=True, reason="may pass the membership on")
    for key, should in sorted(declared.items()):
        if key in there:
            yield from _option_changes(should, there[key])
        else:
            yield _new(should, roles)


def _new(should: Membership, roles: Mapping[str, DesiredRole]) -> Change:
    """A new membership takes its inherit option from the member's INHERIT attribute."""
    by_itself = roles[should.member].inherit if should.member in roles else True
    inherit = None if should.inherit == by_itself else should.inherit
    options = None if should.set else False
    reason = "a membership that the spec gives"
    return GrantRole(should.role, should.member, inherit, options, should.admin, reason=reason)


def _option_changes(should: Membership, found: Membership) -> Iterator[Change]:
    """What `found` has None for can't be changed there: PostgreSQL before 16."""
    inherit = should.inherit if found.inherit is not None and found.inherit != should.inherit else None
    set_ = should.set if found.set is not None and found.set != should.set else None
    admin = should.admin and not found.admin
    wrong = [
        *([] if inherit is None else [f"inherit is {found.inherit}, not {inherit}"]),
        *([] if set_ is None else [f"set is {found.set}, not {set_}"]),
        *(["admin is False, not True"] if admin else []),
    ]
    if wrong:
        yield GrantRole(should.role, should.member, inherit, set_, admin, new=False, reason="; ".join(wrong))


def impossible_memberships(desired: Desired, current: Current) -> Iterator[str]:
    """Options that PostgreSQL before 16 doesn't have: there the member's INHERIT attribute decides, and everybody can
    SET ROLE."""
    if current.membership_options:
        return
    for m in sorted(desired.memberships, key=lambda m: (m.member, m.role)):
        member = desired.roles.get(m.member)
        if member is not None and (not m.set or m.inherit != member.inherit):
            asked = "set: false" if not m.set else f"inherit: {str(m.inherit).lower()}"
            why = "" if member.inherit else f" (with `access: owner` {m.member!r} inherits from nobody)"
            yield (
                f"membership of {m.member!r} in {m.role!r} asks for `{asked}`{why}; "
                "allowed before PostgreSQL 16: admin only"
            )
