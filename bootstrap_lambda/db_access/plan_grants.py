"""The part of a plan that grants and revokes: by delta, grouped into as few statements as there are distinct deltas."""

from collections.abc import Iterator, Mapping
from typing import Final

from db_access.changes import Change, Grant, GrantDefault, Revoke, RevokeDefault, Target
from db_access.state import PUBLIC, Acl, DefaultKey, Kind, Objects, Privilege, Privileges, State

_NOTHING: Final[Privileges] = frozenset()
_OF_NEW_FUNCTIONS: Final[Acl] = {PUBLIC: frozenset({Privilege.EXECUTE})}
"""What PostgreSQL gives when no default privilege is recorded (postgresql.org, Privileges, table 5.2)."""

_Delta = dict[tuple[Privilege, ...], list[str]]
"""Privileges to the grantees that lack, or have too much of, exactly these."""


def grant_changes(desired: State, current: State) -> Iterator[Change]:
    """Revokes before grants, objects that exist before those to come."""
    revokes: dict[tuple[Target, tuple[Privilege, ...], tuple[str, ...]], list[str]] = {}
    grants: dict[tuple[Target, tuple[Privilege, ...], tuple[str, ...]], list[str]] = {}
    for objects, wanted in _compared(desired, current):
        place = Target(objects.kind, objects.schema, (), objects.columns)
        for found, into in ((_extra(wanted, objects.acl), revokes), (_extra(objects.acl, wanted), grants)):
            for privileges, grantees in found.items():
                into.setdefault((place, privileges, tuple(grantees)), []).extend(objects.names)
    for (place, beyond, holders), names in revokes.items():
        yield Revoke(_named(place, names), beyond, holders, reason="held, and the spec doesn't give it")
    for (place, missing, users), names in grants.items():
        yield Grant(_named(place, names), missing, users, reason="the spec gives it")
    yield from _default_changes(desired.defaults, current.defaults)


def foreign_owners(desired: State, current: State) -> Iterator[str]:
    """Objects to grant on that belong to a role for which the master can't act."""
    ours = {key.creator for key in desired.defaults}
    for objects, wanted in _compared(desired, current):
        grantable = objects.owner in ours or objects.kind not in (Kind.TABLE, Kind.SEQUENCE)
        if not grantable and objects.schema in desired.schemas and (_extra(wanted, objects.acl) or _extra(objects.acl, wanted)):
            yield (
                f"{objects.kind} {', '.join(f'{objects.schema}.{name}' for name in objects.names)} belongs to {objects.owner!r}; "
                f"allowed owners: {', '.join(sorted(ours))}"
            )


def _compared(desired: State, current: State) -> Iterator[tuple[Objects, Acl]]:
    """Everything that exists or is about to, with the ACL it should have."""
    wanted = {(objects.kind, objects.schema): objects.acl for objects in desired.objects}
    for objects in current.objects:
        yield objects, {} if objects.columns else wanted.get((objects.kind, objects.schema), {})
    for schema in sorted(desired.schemas.keys() - current.schemas.keys()):
        yield Objects(Kind.SCHEMA, schema, (schema,), acl={}), wanted[Kind.SCHEMA, schema]


def _extra(allowed: Acl, held: Acl) -> _Delta:
    """What `held` has beyond `allowed`. PUBLIC counts only where both sides speak of it or the spec locks it."""
    delta: _Delta = {}
    for grantee, privileges in sorted(held.items()):
        if grantee == PUBLIC and PUBLIC not in allowed:
            continue
        if beyond := privileges - allowed.get(grantee, _NOTHING):
            delta.setdefault(tuple(sorted(beyond)), []).append(grantee)
    return delta


def _default_changes(desired: Mapping[DefaultKey, Acl], current: Mapping[DefaultKey, Acl]) -> Iterator[Change]:
    for key in sorted(desired.keys() | current.keys(), key=lambda k: (k.creator, k.schema or "", k.kind)):
        wanted = desired.get(key, {})
        there = current.get(key, _OF_NEW_FUNCTIONS if key.schema is None and key.kind is Kind.FUNCTION else {})
        for privileges, grantees in _extra(wanted, there).items():
            yield RevokeDefault(key, privileges, tuple(grantees), reason="future objects would give more than the spec")
        for privileges, grantees in _extra(there, wanted).items():
            yield GrantDefault(key, privileges, tuple(grantees), reason="future objects would give less than the spec")


def _named(place: Target, names: list[str]) -> Target:
    return Target(place.kind, place.schema, tuple(names), place.columns)
