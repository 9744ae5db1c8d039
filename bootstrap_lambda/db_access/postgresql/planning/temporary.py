"""Which memberships that are given for a while are open. Pure.

The spec says who may have which group and for how long at most; the comment on the member says until when it has it.
Nothing is ever given because a comment says so: one that anybody has forged can only keep a membership that is there
and that the spec allows, for no longer from now on than the spec allows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from db_access.plan.changes import Change, DescribeRole, RevokeRole
from db_access.plan.roles import Role
from db_access.plan.temporary import Temporary
from db_access.postgresql.state import Current, CurrentRole, Desired, Membership

_SKEW: Final = timedelta(minutes=1)
"""By which the clock of the server that takes over after a failover may be behind."""


def with_open(desired: Desired, current: Current) -> Desired:
    """`desired`, with the temporary memberships that are open."""
    there = {(m.role, m.member) for m in current.memberships}
    opened = {
        member: tuple(each for each in _recorded(member, desired, current) if (each.group, member) in there)
        for member in dict.fromkeys(member for _, member in desired.may_have)
    }
    return with_temporary(desired, {member: each for member, each in opened.items() if each}, current)


def with_temporary(desired: Desired, given: dict[str, tuple[Temporary, ...]], current: Current) -> Desired:
    """`desired`, with these memberships by member, and no other temporary ones."""
    if not given:
        return desired
    memberships = {_membership(each.group, member, current) for member, of in given.items() for each in of}
    roles = {
        member: replace(desired.roles[member], temporary=of) for member, of in given.items() if member in desired.roles
    }
    return replace(desired, memberships=desired.memberships | memberships, roles={**desired.roles, **roles})


def _membership(group: str, member: str, current: Current) -> Membership:
    """Without SET where PostgreSQL has that, so that no session is in the group when the membership has ended."""
    return Membership(group, member, set=not current.membership_options)


def _recorded(member: str, desired: Desired, current: Current) -> Iterator[Temporary]:
    """What the comment says that the spec allows at this moment; of several about one group, the one that ends last."""
    role = current.roles.get(member)
    if role is None or current.now is None:
        return
    last = {each.group: each for each in sorted(role.temporary, key=lambda each: each.until)}
    for each in last.values():
        longest = desired.may_have.get((each.group, member))
        if longest is not None and current.now < each.until <= current.now + longest + _SKEW:
            yield each


def over(role: str, member: str, current: Current) -> Temporary | None:
    """What the member's comment says of a membership, which may be over or never have been allowed."""
    found = current.roles.get(member)
    recorded = [each for each in found.temporary if each.group == role] if found else []
    return max(recorded, key=lambda each: each.until, default=None)


@dataclass(frozen=True)
class Holding:
    """A membership that is there, and that the spec lets be given for a while; or a record of one on a role of ours,
    whatever has become of the membership, the spec or the role's name: sessions may still use it."""

    member: str
    group: str
    record: Temporary | None
    """None: nobody has recorded it, so that it is to go."""
    open: bool
    seconds_left: int
    there: bool = True
    """False: it is only recorded."""


def holdings(desired: Desired, current: Current, managed_by: str) -> Iterator[Holding]:
    """`desired`: with those that are open."""
    foreign = {(each.membership.role, each.membership.member) for each in current.foreign_memberships}
    there = {(m.role, m.member) for m in current.memberships} | foreign
    found = desired.may_have.keys() & there | {*_recorded_of_ours(desired, current, managed_by)}
    for group, member in sorted(found, key=lambda pair: pair[::-1]):
        opened = {each.group: each for each in desired.roles[member].temporary} if member in desired.roles else {}
        record = opened.get(group, over(group, member, current))
        left = record.until - current.now if group in opened and record and current.now else timedelta()
        is_there = (group, member) in there
        yield Holding(member, group, record, group in opened, int(left.total_seconds()), is_there)


def _recorded_of_ours(desired: Desired, current: Current, managed_by: str) -> Iterator[tuple[str, str]]:
    """What is recorded of roles that are marked as ours, but for what the spec gives for good."""
    for member, role in current.roles.items():
        opened = {each.group for each in desired.roles[member].temporary} if member in desired.roles else set[str]()
        given = {m.role for m in desired.memberships if m.member == member} - opened
        if role.managed_by == managed_by:
            yield from ((each.group, member) for each in role.temporary if each.group not in ("", *given))


def ended(changes: Iterable[Change], desired: Desired, current: Current) -> list[CurrentRole]:
    """Whose temporary memberships these changes have taken, or forgotten when they were gone already: a session may
    still use one, so theirs are to end."""
    found = list(changes)
    taken = [c for c in found if isinstance(c, RevokeRole) and not c.admin_only]
    members = {c.member for c in taken if (c.role, c.member) in desired.may_have or over(c.role, c.member, current)}
    described = [c.role for c in found if isinstance(c, DescribeRole) and c.role.name in current.roles]
    members |= {role.name for role in described if _forgets(role, desired, current)}
    return [current.roles[member] for member in sorted(members & current.roles.keys())]


def _forgets(role: Role, desired: Desired, current: Current) -> bool:
    """Whether what is recorded of a membership goes that the spec doesn't give for good."""
    recorded = {each.group for each in current.roles[role.name].temporary} - {each.group for each in role.temporary}
    return bool(recorded - {"", *(m.role for m in desired.memberships if m.member == role.name)})


def notes(desired: Desired) -> Iterator[str]:
    """What is open, for an operator. `desired`: with it."""
    for name, role in sorted(desired.roles.items()):
        yield from (sentence(name, each) for each in role.temporary)


def sentence(member: str, of: Temporary) -> str:
    why = f": {of.reason}" if of.reason else ""
    return f"{member!r} is in {of.group!r} until {of.until:%Y-%m-%d %H:%M:%S} UTC, given by {of.by!r}{why}"
