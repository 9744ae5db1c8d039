"""The part of a plan about who owns what in the declared schemas. Pure.

What a user of ours has come to own there goes to the schema's owner, with all rights on it kept. What belongs to the
owner, a creator or the master is where it should be; what belongs to anybody else is not ours to move.
"""

from collections.abc import Iterator
from dataclasses import replace

from db_access.plan.changes import Change, LendRole, OwnObject, OwnSchema, ReturnRole
from db_access.plan.privileges import IN_SCHEMAS
from db_access.postgresql.state import Current, CurrentObjects, Desired


def moved(desired: Desired, current: Current, managed_by: str) -> Current:
    """`current` as it is once the objects have moved."""
    stray = {
        id(objects) for objects, _ in _strays(desired, current, managed_by)
    }  # columns too: they are as their table
    if not stray:
        return current
    objects = tuple(
        replace(found, owner=desired.schemas[found.schema]) if found.schema and id(found) in stray else found
        for found in current.objects
    )
    return replace(current, objects=objects)


def owner_changes(desired: Desired, current: Current, *, master: str, managed_by: str) -> Iterator[Change]:
    """The master needs to be a member of the old owner, for as long as it takes."""
    stray = [(objects, schema) for objects, schema in _strays(desired, current, managed_by) if not objects.columns]
    schemas = {name: was for name, was in sorted(current.schemas.items()) if desired.schemas.get(name, was) != was}
    former = {objects.owner for objects, _ in stray} | (set(schemas.values()) & _ours(current, managed_by))
    lent = sorted(former - {m.role for m in desired.memberships if m.member == master})
    yield from (LendRole(owner, master, reason="to take over what it owns") for owner in lent)
    for name, was in schemas.items():
        yield OwnSchema(name, desired.schemas[name], reason=f"belongs to {was!r}")
    for objects, schema in sorted(stray, key=lambda found: (IN_SCHEMAS.index(found[0].kind), found[1], found[0].names)):
        for name in objects.names:
            reason = f"belongs to {objects.owner!r}"
            yield OwnObject(objects.kind, schema, name, desired.schemas[schema], reason=reason)
    yield from (ReturnRole(owner, master, reason="what it owned is taken over") for owner in lent)


def foreign_schemas(desired: Desired, current: Current, *, master: str, managed_by: str) -> Iterator[str]:
    """Declared schemas that somebody else made: to take one over is its owner's decision."""
    allowed = _ours(current, managed_by) | {master, "pg_database_owner"}
    for name, was in sorted(current.schemas.items()):
        should = desired.schemas.get(name, was)
        if was != should and was not in allowed:
            yield (
                f"schema {name!r} belongs to {was!r}, who is not ours; allowed: another name, or as its owner "
                f"ALTER SCHEMA … OWNER TO the master or {should!r}, then run again"
            )


def _strays(desired: Desired, current: Current, managed_by: str) -> Iterator[tuple[CurrentObjects, str]]:
    """What belongs to a role of ours that makes no objects in the schema, with the schema."""
    makers = {schema: {owner} for schema, owner in desired.schemas.items()}
    for key in desired.defaults:
        if key.schema is not None:
            makers[key.schema].add(key.creator)
    ours = _ours(current, managed_by)
    for objects in current.objects:
        if objects.kind.in_schema and objects.schema in makers and objects.owner in ours - makers[objects.schema]:
            yield objects, objects.schema


def _ours(current: Current, managed_by: str) -> set[str]:
    return {role.name for role in current.roles.values() if role.managed_by == managed_by}
