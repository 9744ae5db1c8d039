"""The part of a plan about who owns what in the declared schemas. Pure.

What a user of ours has come to own there goes to the schema's owner, with all rights on it kept. What belongs to the
owner, a creator or the master is where it should be; what belongs to anybody else is not ours to move.
"""

from collections.abc import Iterator
from dataclasses import replace

from db_access.plan.changes import Change, GrantRole, OwnObject, OwnSchema, RevokeRole
from db_access.postgresql.state import Kind, Objects, State

_ORDER = (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE)
"""Tables first: they take the sequences of their serial columns along, which then belong to the right owner already."""


def moved(desired: State, current: State, managed_by: str) -> State:
    """`current` as it is once the objects have moved."""
    stray = {id(objects) for objects in _strays(desired, current, managed_by)}  # columns too: they are as their table
    if not stray:
        return current
    objects = tuple(replace(o, owner=desired.schemas[str(o.schema)]) if id(o) in stray else o for o in current.objects)
    return replace(current, objects=objects)


def owner_changes(desired: State, current: State, managed_by: str) -> Iterator[Change]:
    """The master needs to be a member of the old owner, for as long as it takes."""
    stray = [objects for objects in _strays(desired, current, managed_by) if not objects.columns]
    schemas = {name: was for name, was in sorted(current.schemas.items()) if desired.schemas.get(name, was) != was}
    master = next((m.member for m in desired.memberships if m.member not in desired.roles), None)
    ours = {role.name for role in current.roles.values() if role.managed_by == managed_by}
    theirs = {objects.owner for objects in stray} | (set(schemas.values()) & ours)
    lent = sorted(theirs - {m.role for m in desired.memberships if m.member == master}) if master is not None else []
    yield from (GrantRole(owner, str(master), reason="to take over what it owns") for owner in lent)
    for name, was in schemas.items():
        yield OwnSchema(name, desired.schemas[name], reason=f"belongs to {was!r}")
    for objects in sorted(stray, key=lambda o: (_ORDER.index(o.kind), str(o.schema), o.names)):
        for name in objects.names:
            schema = str(objects.schema)
            yield OwnObject(objects.kind, schema, name, desired.schemas[schema], reason=f"belongs to {objects.owner!r}")
    yield from (RevokeRole(owner, str(master), reason="what it owned is taken over") for owner in lent)


def foreign_schemas(desired: State, current: State, managed_by: str) -> Iterator[str]:
    """Declared schemas that somebody else made: to take one over is its owner's decision."""
    ours = {role.name for role in current.roles.values() if role.managed_by == managed_by}
    masters = {m.member for m in desired.memberships if m.member not in desired.roles}
    for name, was in sorted(current.schemas.items()):
        should = desired.schemas.get(name, was)
        if was != should and was not in ours | masters | {"pg_database_owner"}:
            yield (
                f"schema {name!r} belongs to {was!r}, who is not ours; allowed: another name, or as its owner "
                f"ALTER SCHEMA … OWNER TO the master or {should!r}, then run again"
            )


def _strays(desired: State, current: State, managed_by: str) -> list[Objects]:
    makers: dict[str | None, set[str]] = {schema: {owner} for schema, owner in desired.schemas.items()}
    for key in desired.defaults:
        makers.setdefault(key.schema, set()).add(key.creator)
    ours = {role.name for role in current.roles.values() if role.managed_by == managed_by}
    here = (o for o in current.objects if o.owner in ours and o.schema in desired.schemas and o.kind in _ORDER)
    return [objects for objects in here if objects.owner not in makers[objects.schema]]
