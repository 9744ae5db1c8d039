"""The part of a plan that grants and revokes: by delta, grouped into as few statements as there are distinct deltas."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from db_access.plan.changes import Change, Grant, GrantDefault, ObjectChange, Revoke, RevokeDefault, Target
from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege
from db_access.postgresql.planning.compare import NOTHING, alike, compared, extra
from db_access.postgresql.planning.defaults import default_changes
from db_access.postgresql.planning.passed_on import losers, staying
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE, OutOfReach, Reach
from db_access.postgresql.state import Current, CurrentObjects, Desired


def grant_changes(desired: Desired, current: Current, reach: Reach) -> Iterator[ObjectChange | OutOfReach]:
    """Revokes before grants, objects that exist before those to come."""
    found = _Found(frozenset((PUBLIC, *current.roles)), reach)
    for objects, names, allowed in _after_revokes(compared(desired, current)):
        found.add(objects, names, allowed)
    yield from found.changes()
    yield from default_changes(desired.defaults, current, reach)


class _Key(NamedTuple):
    """What objects must have in common for one statement to be about them all."""

    place: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    by: str | None
    """Who alone can carry it out, where a run can't."""
    passed_on: str = ""
    """What goes with it."""
    as_owner: str | None = None
    """The owner, where PostgreSQL could take another role for the grantor."""


_Grouped = dict[_Key, list[str]]
"""To the names of the objects."""


@dataclass(frozen=True)
class _Found:
    ours: frozenset[str]
    reach: Reach
    revokes: _Grouped = field(default_factory=_Grouped)
    options: _Grouped = field(default_factory=_Grouped)
    grants: _Grouped = field(default_factory=_Grouped)

    def add(self, objects: CurrentObjects, names: tuple[str, ...], allowed: Acl) -> None:
        kept = {
            grantee: may & allowed.get(grantee, NOTHING)
            for grantee, may in objects.options.items()
            if grantee in self.ours
        }
        if not (kept or objects.foreign) and alike(objects.acl, allowed):
            return
        place = Target(objects.kind, objects.schema, (), objects.columns)
        by = None if self._can_change(objects) else objects.owner
        left = staying(objects, self.ours) if by is None else objects.foreign
        lost = losers(objects.foreign, left)
        owner = self._acting(objects) if by is None else None
        _add(self.revokes, place, extra(allowed, objects.acl), by, names, lost, owner)
        _add(self.options, place, extra({}, kept), by, names, lost, owner)
        still = owner if self.reach.master in objects.options else None  # the others' grant options are revoked by then
        _add(self.grants, place, extra(objects.acl, allowed), by, names, as_owner=still)
        for grant in left:
            if grant.grantee in self.ours:
                other = None if grant.grantor == self.reach.master else grant.grantor
                given: Acl = {grant.grantee: grant.privileges}
                _add(self.revokes, place, extra(allowed, given), other, names)
                may: Acl = {grant.grantee: grant.options & allowed.get(grant.grantee, NOTHING)}
                _add(self.options, place, extra({}, may), other, names)

    def _can_change(self, objects: CurrentObjects) -> bool:
        return objects.kind is Kind.DATABASE or not objects.owner or self.reach.includes(objects.owner)

    def _acting(self, objects: CurrentObjects) -> str | None:
        """The owner, where a role has a grant option whose rights the master has or may come to have. Such a role can
        be the grantor that PostgreSQL takes for the master's statement (`select_best_grantor` in acl.c), and a REVOKE
        takes back only what its grantor gave."""
        options = {*objects.options, *(grant.grantee for grant in objects.foreign if grant.options)}
        owner = objects.owner
        if owner in ("", self.reach.master, OWNER_OF_THE_DATABASE) or not any(map(self.reach.includes, options)):
            return None
        return owner

    def changes(self) -> Iterator[ObjectChange | OutOfReach]:
        """What is done as an owner comes first: for that the owner needs USAGE on the schema, which it may lose."""
        revokes = [*map(_revoke, self.revokes.items()), *map(_option, self.options.items())]
        revokes.sort(key=lambda each: each[0].as_owner is None)
        yield from (_within(key, revoke) for key, revoke in revokes)
        for key, names in self.grants.items():
            yield _within(key, Grant(*_head(key, names), as_owner=key.as_owner, reason="the spec gives it"))


def _revoke(found: tuple[_Key, list[str]], *, option_only: bool = False) -> tuple[_Key, Revoke]:
    key, names = found
    text = "may be passed on, which the spec doesn't give" if option_only else "held, and the spec doesn't give it"
    return key, Revoke(
        *_head(key, names),
        option_only=option_only,
        cascade=bool(key.passed_on),
        as_owner=key.as_owner,
        reason=_reason(text, key),
    )


_option = partial(_revoke, option_only=True)


def _add(
    into: _Grouped,
    place: Target,
    delta: dict[tuple[Privilege, ...], list[str]],
    by: str | None,
    names: Iterable[str],
    passed_on: str = "",
    as_owner: str | None = None,
) -> None:
    for privileges, grantees in delta.items():
        into.setdefault(_Key(place, privileges, tuple(grantees), by, passed_on, as_owner), []).extend(names)


def _head(key: _Key, names: list[str]) -> tuple[Target, tuple[Privilege, ...], tuple[str, ...]]:
    target = Target(key.place.kind, key.place.schema, tuple(names), key.place.columns)
    return target, key.privileges, key.grantees


def _reason(text: str, key: _Key) -> str:
    return f"{text}; with it goes what was passed on: {key.passed_on}" if key.passed_on else text


def _within(key: _Key, change: ObjectChange) -> ObjectChange | OutOfReach:
    return change if key.by is None else OutOfReach(change, key.by)


def _after_revokes(
    found: Iterable[tuple[CurrentObjects, tuple[str, ...], Acl]],
) -> Iterator[tuple[CurrentObjects, tuple[str, ...], Acl]]:
    """A REVOKE on a table takes the same privilege on its columns too, so there they are as if not granted.

    Relies on whole tables coming before their columns.
    """
    lost: dict[tuple[str | None, str], Acl] = {}
    for objects, names, allowed in found:
        if objects.kind is Kind.TABLE and not objects.columns and objects.acl != allowed:
            taken: Acl = {
                grantee: frozenset(beyond)
                for beyond, holders in extra(allowed, objects.acl).items()
                for grantee in holders
            }
            lost.update({(objects.schema, name): taken for name in names if taken})
        hit = [name for name in names if (objects.schema, name) in lost] if objects.columns and lost else []
        for name in hit:
            taken = lost[objects.schema, name]
            left = {grantee: held - taken.get(grantee, NOTHING) for grantee, held in objects.acl.items()}
            yield replace(objects, acl=left), (name,), allowed
        if rest := tuple(name for name in names if name not in hit) if hit else names:
            yield objects, rest, allowed


def touched(changes: Iterable[Change]) -> frozenset[str] | None:
    """The schemas in which the changes alter rights; None when they alter more than rights."""
    schemas: set[str | None] = set()
    for change in changes:
        match change:
            case Grant() | Revoke():
                schemas.add(change.target.schema)
            case GrantDefault() | RevokeDefault():
                schemas.add(change.key.schema)
            case _:
                return None
    return frozenset(schema for schema in schemas if schema is not None)
