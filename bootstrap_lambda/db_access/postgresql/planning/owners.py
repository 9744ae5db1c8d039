"""The part of a plan about who owns what in the declared schemas. Pure.

What a user of ours has come to own there goes to the schema's owner, with all rights on it kept. What belongs to the
owner, a creator or the master is where it should be; what belongs to anybody else is not ours to move.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from db_access.plan.changes import (
    Change,
    CreateSchema,
    Grant,
    GrantDefault,
    LendRole,
    ObjectChange,
    OwnObject,
    OwnSchema,
    ReturnRole,
    Revoke,
    RevokeDefault,
)
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


def owner_changes(desired: Desired, current: Current, managed_by: str) -> Iterator[ObjectChange]:
    """Schemas and what is in them, to the owners that they should have."""
    stray = [(objects, schema) for objects, schema in _strays(desired, current, managed_by) if not objects.columns]
    for name, was in sorted(current.schemas.items()):
        if desired.schemas.get(name, was) != was:
            yield OwnSchema(name, desired.schemas[name], reason=f"belongs to {was!r}")
    for objects, schema in sorted(stray, key=lambda found: (IN_SCHEMAS.index(found[0].kind), found[1], found[0].names)):
        for name in objects.names:
            reason = f"belongs to {objects.owner!r}"
            yield OwnObject(objects.kind, schema, name, desired.schemas[schema], reason=reason)


def lent(
    changes: Sequence[ObjectChange], desired: Desired, current: Current, *, master: str, managed_by: str
) -> tuple[list[Change], list[Change]]:
    """What lends the master the roles of ours as whose member alone it can carry `changes` out, and what ends that.

    They are former owners, and former makers of objects, whose default privileges end. Of today's the master is a
    member anyway.
    """
    standing = {m.role for m in desired.memberships if m.member == master}
    candidates = _ours(current, managed_by) - standing
    owned = (
        {o.owner for o in current.objects} | {key.creator for key in current.defaults} | set(current.schemas.values())
    )
    if not changes or candidates.isdisjoint(owned):
        return [], []
    roles = sorted(candidates & set(_owners(changes, current)))
    return (
        [LendRole(role, master, reason="only its members can change what is its") for role in roles],
        [ReturnRole(role, master, reason="what only its members could change is changed") for role in roles],
    )


def _owners(changes: Iterable[ObjectChange], current: Current) -> Iterator[str]:
    """Whose members alone can carry the changes out."""
    owners = {(o.kind, o.schema, name): o.owner for o in current.objects if not o.columns for name in o.names}
    for change in changes:
        match change:
            case OwnSchema():
                yield current.schemas[change.name]
            case OwnObject():
                yield owners[change.kind, change.schema, change.name]
            case Grant() | Revoke():
                places = ((change.target.kind, change.target.schema, name) for name in change.target.names)
                yield from (owners[place] for place in places if place in owners)
            case GrantDefault() | RevokeDefault():
                yield change.key.creator
            case CreateSchema():
                pass
            case _:
                assert_never(change)


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
