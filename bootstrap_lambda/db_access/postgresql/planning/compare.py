"""Hold what exists against what it should have, object by object. Pure."""

from collections.abc import Iterator

from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege, Privileges, without
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.state import Current, CurrentObjects, Desired

NOTHING: Privileges = frozenset()

Delta = dict[tuple[Privilege, ...], list[str]]
"""Privileges to the grantees that lack, or have too much of, exactly these."""


def compared(desired: Desired, current: Current) -> Iterator[tuple[CurrentObjects, tuple[str, ...], Acl]]:
    """Everything that exists or is about to, by what it should have. Its owner needs no grant."""
    lookup = Lookup.of(desired)
    for objects in current.objects:
        yield from ((objects, names, without(acl, objects.owner)) for names, acl in lookup.split(objects))
    for schema in sorted(desired.schemas.keys() - current.schemas.keys() - desired.keeping):
        owner = desired.schemas[schema]
        acl = without(lookup.acl((Kind.SCHEMA, schema, None)) or {}, owner)
        yield CurrentObjects(Kind.SCHEMA, schema, (schema,), acl={}, owner=owner), (schema,), acl


def alike(one: Acl, other: Acl) -> bool:
    """Whether they give the same. Who has nothing may be named or not."""
    return one == other or {who: has for who, has in one.items() if has} == {
        who: has for who, has in other.items() if has
    }


def extra(allowed: Acl, held: Acl) -> Delta:
    """What `held` has beyond `allowed`. PUBLIC counts only where both sides speak of it or the spec locks it."""
    delta: Delta = {}
    for grantee, privileges in sorted(held.items()):
        if grantee == PUBLIC and PUBLIC not in allowed:
            continue
        if beyond := privileges - allowed.get(grantee, NOTHING):
            delta.setdefault(tuple(sorted(beyond)), []).append(grantee)
    return delta
