"""The part of a plan about memberships and their options. Pure.

From PostgreSQL 16 on a membership is given once by each grantor. What the spec gives, the master gives. What others
have given beyond that is revoked in the name of its grantor, where a run can act as that role.
"""

from collections.abc import Iterable, Iterator, Mapping, Set

from db_access.plan.changes import Change, GrantRole, RevokeRole
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.planning.temporary import over
from db_access.postgresql.state import Current, Desired, DesiredRole, Membership
from db_access.wording import listed


def membership_changes(
    desired: Desired, current: Current, roles: Mapping[str, DesiredRole], kept: Set[str], reach: Reach
) -> Iterator[Change | OutOfReach]:
    """Revocations first.

    Args:
        roles: every role of ours as it is to be; what they are members of is ours to say.
        kept: those of them whose memberships stay as they are.
    """
    there = {(m.role, m.member): m for m in current.memberships}
    declared = {(m.role, m.member): m for m in desired.memberships}
    theirs = roles.keys() - kept
    yield from _given_by_others(declared, current, theirs, reach)
    for (role, member), found in sorted(there.items()):
        if member in theirs:
            yield from _revoked(declared.get((role, member)), found, current)
    for key, should in sorted(declared.items()):
        if key in there:
            yield from _option_changes(should, there[key])
        else:
            yield _new(should, roles)


def grantors(changes: Iterable[Change]) -> frozenset[str]:
    """In whose name memberships are revoked."""
    return frozenset(
        change.granted_by for change in changes if isinstance(change, RevokeRole) and change.granted_by is not None
    )


def _revoked(should: Membership | None, found: Membership, current: Current) -> Iterator[Change]:
    lost = _passed_on(found, current)
    if should is None:
        reason = _reason(_not_given(found, current), lost)
        cascade = _may_have_passed_on(found, current)
        yield RevokeRole(found.role, found.member, cascade=cascade, passed_on=lost, reason=reason)
    elif found.admin and not should.admin:
        reason = _reason("may pass the membership on", lost)
        cascade = _may_have_passed_on(found, current)
        yield RevokeRole(found.role, found.member, admin_only=True, cascade=cascade, passed_on=lost, reason=reason)


def _not_given(found: Membership, current: Current) -> str:
    record = over(found.role, found.member, current)
    if record is None or current.now is None:
        return "a membership that the spec doesn't give"
    if record.until <= current.now:
        return f"it was given until {record.until:%Y-%m-%d %H:%M:%S} UTC; open sessions end"
    return "the spec doesn't let it have this for so long, or at all; open sessions end"


def _given_by_others(
    declared: Mapping[tuple[str, str], Membership], current: Current, members: Set[str], reach: Reach
) -> Iterator[Change | OutOfReach]:
    for foreign in sorted(
        current.foreign_memberships, key=lambda f: (f.membership.role, f.membership.member, f.grantor)
    ):
        found = foreign.membership
        if found.member not in members or _within(found, declared.get((found.role, found.member))):
            continue
        lost = _passed_on(found, current)
        reason = _reason("a membership that the spec doesn't give", lost)
        change = RevokeRole(
            found.role,
            found.member,
            granted_by=foreign.grantor,
            cascade=_may_have_passed_on(found, current),
            passed_on=lost,
            reason=reason,
        )
        yield change if reach.includes(foreign.grantor) else OutOfReach(change, foreign.grantor)


def _within(found: Membership, should: Membership | None) -> bool:
    """Whether it gives nothing beyond what the spec gives."""
    return should is not None and all(
        not getattr(found, option) or getattr(should, option) for option in ("inherit", "admin", "set")
    )


def _may_have_passed_on(found: Membership, current: Current) -> bool:
    """Also to the master, of whose memberships nobody asks who gave them."""
    return found.admin and current.membership_options


def _passed_on(found: Membership, current: Current) -> tuple[str, ...]:
    """Who is a member by the member's grant, or by theirs in turn: it goes with the member's own."""
    given: dict[str, set[str]] = {}
    for foreign in current.foreign_memberships:
        if foreign.membership.role == found.role:
            given.setdefault(foreign.grantor, set()).add(foreign.membership.member)
    lost, further = set[str](), {found.member}
    while further:
        further = set[str]().union(*(given.get(member, set()) for member in further)) - lost
        lost |= further
    return tuple(repr(member) for member in sorted(lost))


def _reason(text: str, lost: tuple[str, ...]) -> str:
    return f"{text}; with it goes what was passed on, to {listed(lost)}" if lost else text


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
