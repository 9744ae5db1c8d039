"""The part of a plan that grants and revokes: by delta, grouped into as few statements as there are distinct deltas."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from db_access.plan.changes import Change, Grant, GrantDefault, Revoke, RevokeDefault, Target
from db_access.postgresql.desired.lookup import Wanted
from db_access.postgresql.state import PUBLIC, Acl, DefaultKey, Kind, Objects, Privilege, Privileges, State

_NOTHING: Final[Privileges] = frozenset()
_OF_NEW_FUNCTIONS: Final[Acl] = {PUBLIC: frozenset({Privilege.EXECUTE})}
"""What PostgreSQL gives when no default privilege is recorded (postgresql.org, Privileges, table 5.2)."""

_Delta = dict[tuple[Privilege, ...], list[str]]
"""Privileges to the grantees that lack, or have too much of, exactly these."""
_Grouped = dict[tuple[Target, tuple[Privilege, ...], tuple[str, ...]], list[str]]
"""Where, what and who to the names of the objects."""


def grant_changes(desired: State, current: State) -> Iterator[Change]:
    """Revokes before grants, objects that exist before those to come."""
    revokes, options, grants = _Grouped(), _Grouped(), _Grouped()
    for objects, names, wanted in _after_revokes(compared(desired, current)):
        place = Target(objects.kind, objects.schema, (), objects.columns)
        kept = {grantee: privileges & wanted.get(grantee, _NOTHING) for grantee, privileges in objects.options.items()}
        if kept or not alike(objects.acl, wanted):
            for found, into in (
                (extra(wanted, objects.acl), revokes),
                (extra({}, kept), options),
                (extra(objects.acl, wanted), grants),
            ):
                for privileges, grantees in found.items():
                    into.setdefault((place, privileges, tuple(grantees)), []).extend(names)
    for (place, beyond, holders), named in revokes.items():
        yield Revoke(_named(place, named), beyond, holders, reason="held, and the spec doesn't give it")
    for (place, passing, holders), named in options.items():
        yield Revoke(
            _named(place, named),
            passing,
            holders,
            option_only=True,
            reason="may be passed on, which the spec doesn't give",
        )
    for (place, missing, users), named in grants.items():
        yield Grant(_named(place, named), missing, users, reason="the spec gives it")
    yield from _default_changes(desired.defaults, current)


def _after_revokes(
    found: Iterable[tuple[Objects, tuple[str, ...], Acl]],
) -> Iterator[tuple[Objects, tuple[str, ...], Acl]]:
    """A REVOKE on a table takes the same privilege on its columns too, so those of tables with one are as if not
    granted.

    Relies on whole tables coming before their columns.
    """
    lost: dict[tuple[str | None, str], set[str]] = {}
    for objects, names, wanted in found:
        if objects.kind is Kind.TABLE and not objects.columns and objects.acl != wanted:
            for grantee in {grantee for holders in extra(wanted, objects.acl).values() for grantee in holders}:
                for name in names:
                    lost.setdefault((objects.schema, name), set()).add(grantee)
        hit = [name for name in names if (objects.schema, name) in lost] if objects.columns and lost else []
        for name in hit:
            gone = lost[objects.schema, name]
            kept = {
                grantee: privileges
                for grantee, privileges in objects.acl.items()
                if grantee not in gone or grantee not in wanted
            }
            yield replace(objects, acl=kept), (name,), wanted
        if rest := tuple(name for name in names if name not in hit) if hit else names:
            yield objects, rest, wanted


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


def compared(desired: State, current: State) -> Iterator[tuple[Objects, tuple[str, ...], Acl]]:
    """Everything that exists or is about to, by what it should have."""
    wanted = Wanted.of(desired)
    for objects in current.objects:
        yield from ((objects, names, acl) for names, acl in wanted.split(objects))
    for schema in sorted(desired.schemas.keys() - current.schemas.keys()):
        yield Objects(Kind.SCHEMA, schema, (schema,), acl={}), (schema,), wanted.acl((Kind.SCHEMA, schema, None)) or {}


def alike(one: Acl, other: Acl) -> bool:
    """Whether they give the same. Who has nothing may be named or not."""
    return one == other or {who: has for who, has in one.items() if has} == {
        who: has for who, has in other.items() if has
    }


def extra(allowed: Acl, held: Acl) -> _Delta:
    """What `held` has beyond `allowed`. PUBLIC counts only where both sides speak of it or the spec locks it."""
    delta: _Delta = {}
    for grantee, privileges in sorted(held.items()):
        if grantee == PUBLIC and PUBLIC not in allowed:
            continue
        if beyond := privileges - allowed.get(grantee, _NOTHING):
            delta.setdefault(tuple(sorted(beyond)), []).append(grantee)
    return delta


def _default_changes(desired: Mapping[DefaultKey, Acl], current: State) -> Iterator[Change]:
    for key in sorted(desired.keys() | current.defaults.keys(), key=lambda k: (k.creator, k.schema or "", k.kind)):
        wanted, options = desired.get(key, {}), current.default_options.get(key, {})
        there = current.defaults.get(key, _OF_NEW_FUNCTIONS if key.schema is None and key.kind is Kind.FUNCTION else {})
        kept = {grantee: privileges & wanted.get(grantee, _NOTHING) for grantee, privileges in options.items()}
        if not kept and alike(there, wanted):
            continue
        for privileges, grantees in extra(wanted, there).items():
            yield RevokeDefault(key, privileges, tuple(grantees), reason="future objects would give more than the spec")
        for privileges, grantees in extra({}, kept).items():
            yield RevokeDefault(
                key, privileges, tuple(grantees), option_only=True, reason="future objects would let it be passed on"
            )
        for privileges, grantees in extra(there, wanted).items():
            yield GrantDefault(key, privileges, tuple(grantees), reason="future objects would give less than the spec")


def _named(place: Target, names: list[str]) -> Target:
    return Target(place.kind, place.schema, tuple(names), place.columns)
