"""Logins that the spec doesn't manage and that locking PUBLIC would cut off from the database. Pure.

Who comes in through PUBLIC's CONNECT alone has no other way in once it is gone. That can be lost once only: where
PUBLIC is locked already there is nothing to lose, so that whoever can make logins vetoes no later run.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Set
from itertools import islice
from typing import Final

from db_access.plan.privileges import PUBLIC, Kind, Privilege
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.others import Stranger
from db_access.postgresql.planning.compare import NOTHING, compared
from db_access.postgresql.state import Current, CurrentObjects, Desired
from db_access.wording import listed

_MOST: Final = 50
"""A sentence each; the others are counted."""


def cut_off_problems(desired: Desired, current: Current) -> Iterator[str]:
    """A sentence for each login that nobody has acknowledged or let in in its own right."""
    if (here := _lost(desired, current)) is None:
        return
    name, loses = here.names[0], ""
    found = [who for who in _cut_off(desired, current, here) if who.name not in desired.acknowledged]
    for who in islice(found, _MOST):
        loses = loses or _losses(desired, current)
        yield (
            f"login {who.name!r}, which nobody manages, comes into database {name!r} through PUBLIC alone, and would "
            f"lose its way in when PUBLIC is locked, with {loses}; allowed: its name and the reason under "
            f"`acknowledged` in the spec, GRANT CONNECT ON DATABASE {identifier(name)} TO {identifier(who.name)}, "
            "to declare it, or `public: open` for the database"
        )
    if len(found) > _MOST:
        yield f"{len(found) - _MOST:,} more logins would lose their way into database {name!r}"


def cut_off_warnings(desired: Desired, current: Current) -> Iterator[str]:
    """Who loses what all the same: the acknowledged, one by one, and then whoever is in no danger of being cut off."""
    if (here := _lost(desired, current)) is None:
        return
    loses, name = _losses(desired, current), here.names[0]
    out = {who.name for who in _cut_off(desired, current, here)}
    for who in sorted(out & desired.acknowledged.keys()):
        yield (
            f"login {who!r} is cut off from database {name!r}: it comes in through PUBLIC alone, which is locked, and "
            f"loses {loses} (acknowledged: {desired.acknowledged[who]})"
        )
    others = sorted(who.name for who in _logins(current) if who.name not in out)
    if others:
        yield (
            f"what PUBLIC has in database {name!r} is taken from everybody ({loses}), also from logins that the spec "
            f"doesn't manage and that keep what they have themselves: {listed(list(map(repr, others)))}"
        )


def _lost(desired: Desired, current: Current) -> CurrentObjects | None:
    """The database, where PUBLIC can connect and isn't to, and somebody may have relied on it."""
    here = next((found for found in current.objects if found.kind is Kind.DATABASE), None)
    should = next((found.acl for found in desired.objects if found.kind is Kind.DATABASE), {})
    if here is None or current.just_made or PUBLIC not in should:
        return None
    return here if Privilege.CONNECT in here.acl.get(PUBLIC, NOTHING) - should[PUBLIC] else None


def _logins(current: Current) -> list[Stranger]:
    found = (who for _, who in sorted(current.strangers.items()))
    return [who for who in found if who.login and not who.built_in]


def _cut_off(desired: Desired, current: Current, here: CurrentObjects) -> list[Stranger]:
    """Those without a way of their own. What another spec manages has what that spec gives."""
    kept = _inheriting(current, _connecting(desired, here))
    return [who for who in _logins(current) if who.managed_by is None and who.name not in kept]


def _connecting(desired: Desired, here: CurrentObjects) -> Iterator[str]:
    """Who may connect when PUBLIC is locked."""
    yield here.owner
    for objects in desired.objects:
        if objects.kind is Kind.DATABASE:
            yield from (who for who, has in objects.acl.items() if who != PUBLIC and Privilege.CONNECT in has)
    yield from (grant.grantee for grant in here.others if Privilege.CONNECT in grant.privileges)


def _inheriting(current: Current, roles: Iterable[str]) -> Set[str]:
    """The roles, and whoever has their rights without SET ROLE, which takes a session first."""
    members: dict[str, list[str]] = {}
    for role, member in current.other_memberships - current.uninherited:
        members.setdefault(role, []).append(member)
    for m in current.memberships:
        if m.inherit or (m.inherit is None and m.member in current.roles and current.roles[m.member].inherit):
            members.setdefault(m.role, []).append(m.member)
    found = set(roles)
    to_visit = deque(found)
    while to_visit:
        for member in members.get(to_visit.popleft(), ()):
            if member not in found:
                found.add(member)
                to_visit.append(member)
    return found


def _losses(desired: Desired, current: Current) -> str:
    """All that PUBLIC has and isn't to have: the same for everybody."""
    lost = []
    for objects, names, allowed in compared(desired, current):
        if PUBLIC in allowed and (beyond := objects.acl.get(PUBLIC, NOTHING) - allowed[PUBLIC]):
            prefix = f"{objects.schema}." if objects.kind.in_schema else ""
            column = f"column {objects.columns[0]} of " if objects.columns else ""
            on = listed([f"{prefix}{name}" for name in names[:4]], count=len(names))
            lost.append(f"{', '.join(sorted(beyond))} on {column}{objects.kind} {on}")
    return listed(lost, separator=" and ")
