"""The part of a plan that grants and revokes: by delta, grouped into as few statements as there are distinct deltas."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from db_access.plan.changes import Change, Grant, GrantDefault, ObjectChange, Revoke, RevokeDefault, Target
from db_access.plan.privileges import Acl, Kind, Privilege
from db_access.postgresql.planning.compare import NOTHING, alike, compared, extra
from db_access.postgresql.planning.defaults import default_changes
from db_access.postgresql.state import Current, CurrentObjects, Desired

_Grouped = dict[tuple[Target, tuple[Privilege, ...], tuple[str, ...]], list[str]]
"""Where, what and who to the names of the objects."""


def grant_changes(desired: Desired, current: Current) -> Iterator[ObjectChange]:
    """Revokes before grants, objects that exist before those to come."""
    revokes, options, grants = _Grouped(), _Grouped(), _Grouped()
    for objects, names, allowed in _after_revokes(compared(desired, current)):
        place = Target(objects.kind, objects.schema, (), objects.columns)
        kept = {grantee: privileges & allowed.get(grantee, NOTHING) for grantee, privileges in objects.options.items()}
        if kept or not alike(objects.acl, allowed):
            for found, into in (
                (extra(allowed, objects.acl), revokes),
                (extra({}, kept), options),
                (extra(objects.acl, allowed), grants),
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
    yield from default_changes(desired.defaults, current)


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


def _named(place: Target, names: list[str]) -> Target:
    return Target(place.kind, place.schema, tuple(names), place.columns)
