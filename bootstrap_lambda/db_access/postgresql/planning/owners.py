"""The part of a plan about who owns what in the declared schemas. Pure.

What a user of ours has come to own there goes to the schema's owner, with all rights on it kept, unless something in it
can run with its owner's rights: a definer function that takes its text from the caller would do as the new owner
whatever its maker likes. That stays, and is named; so does, for now, what somebody else keeps locked. What belongs to
the owner, a creator or the master is where it should be; what belongs to anybody else is not ours to move.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
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
from db_access.plan.privileges import IN_SCHEMAS, Kind, without
from db_access.postgresql.planning.reach import OutOfReach, Reach
from db_access.postgresql.planning.schemas import moving_schemas, schema_changes
from db_access.postgresql.state import Current, CurrentObjects, Desired, Membership, Routine


def moved(desired: Desired, current: Current, reach: Reach) -> Current:
    """`current` as it is once the objects have moved."""
    moving = {id(objects): owner for objects, owner in _strays(desired, current, reach) if objects.stays is None}
    moving |= {id(objects): owner for objects, owner in moving_schemas(desired, current)}
    if not moving:
        return current
    staying = {(objects.schema, name) for objects in current.objects if objects.stays for name in objects.names}
    found = (each for objects in current.objects for each in _settled(objects, moving.get(id(objects)), staying))
    return replace(current, objects=tuple(found))


def _settled(
    objects: CurrentObjects, owner: str | None, staying: Container[tuple[str | None, str]]
) -> Iterator[CurrentObjects]:
    """The objects with their new owner; columns are as their table, which may stay."""
    stay = tuple(
        name for name in objects.names if owner is None or (objects.columns and (objects.schema, name) in staying)
    )
    if stay:
        yield replace(objects, names=stay) if stay != objects.names else objects
    if owner is not None and (go := tuple(name for name in objects.names if name not in stay)):
        yield _owned(replace(objects, names=go), owner)


def _owned(found: CurrentObjects, owner: str) -> CurrentObjects:
    """What an owner was granted becomes the owner's own."""
    return replace(found, owner=owner, acl=without(found.acl, owner), options=without(found.options, owner))


def owner_changes(desired: Desired, current: Current, reach: Reach) -> Iterator[ObjectChange | OutOfReach]:
    """Schemas and what is in them, to the owners that they should have."""
    yield from schema_changes(desired, current, reach)
    stray = [(objects, owner) for objects, owner in _strays(desired, current, reach) if not objects.columns]
    for objects, owner in sorted(stray, key=_by_kind):
        for name in objects.names:
            yield _own(objects, name, owner)


def _by_kind(stray: tuple[CurrentObjects, str]) -> tuple[int, str, tuple[str, ...]]:
    objects, _ = stray
    return IN_SCHEMAS.index(objects.kind), objects.schema or "", objects.names


def moved_names(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    """Schema and name of each object that changes hands, a routine's without its arguments."""
    for change in changes:
        if isinstance(change, OwnObject):
            yield change.schema, change.name.parts[0] if isinstance(change.name, Routine) else change.name


def armed(changes: Iterable[Change], after: Current) -> Iterator[str]:
    """What has changed hands, and turns out to run with its owner's rights: somebody has made it so since the plan."""
    moved = {(change.kind, change.schema, change.name) for change in changes if isinstance(change, OwnObject)}
    for objects in after.objects:
        for name in objects.names if objects.acts is not None else ():
            if (objects.kind, objects.schema, name) in moved:
                what = f"{objects.kind} {objects.schema}.{name}"
                yield f"{what}, which was to go to {objects.owner!r}, now {objects.acts}"


def _own(objects: CurrentObjects, name: str, owner: str) -> ObjectChange | OutOfReach:
    belongs = f"belongs to {objects.owner!r}"
    if objects.stays is None:
        return OwnObject(objects.kind, objects.schema or "", name, owner, reason=belongs)
    change = OwnObject(objects.kind, objects.schema or "", name, owner, reason=f"{belongs}, and {objects.stays}")
    return OutOfReach(change, objects.owner, locked=objects.locked_by is not None)


def lent(
    changes: Sequence[ObjectChange], grantors: Set[str], desired: Desired, current: Current, reach: Reach
) -> tuple[list[LendRole], list[ReturnRole]]:
    """What lends the master the roles of ours as whose member alone it can carry `changes` out, and what ends that.

    They are former owners, former makers of objects, whose default privileges end, and owners that a schema keeps. Of
    those that the spec names the master is a member anyway.

    Args:
        grantors: in whose name memberships are revoked.
    """
    standing = {m.role for m in (*desired.memberships, *current.memberships) if m.member == reach.master and _acts(m)}
    candidates = reach.ours - standing
    owned = (
        {o.owner for o in current.objects} | {key.creator for key in current.defaults} | set(current.schemas.values())
    )
    needed: set[str] = set()
    if changes and not candidates.isdisjoint(owned):
        owners = _owners_by_place(current)
        needed = {owner for change in changes for owner in _owners(change, owners, current)}
        needed |= {owner for change in changes for owner in _keepers(change, desired)}
    roles = sorted(candidates & (needed | grantors))
    return (
        [
            LendRole(role, reach.master, current.membership_options, reason="only its members can change what is its")
            for role in roles
        ],
        [ReturnRole(role, reach.master, reason="what only its members could change is changed") for role in roles],
    )


def _acts(membership: Membership) -> bool:
    """Whether who has it can act as the role. By hand it may have been given otherwise."""
    return membership.inherit is not False and membership.set is not False


_OwnersByPlace = Mapping[tuple[Kind, str | None, str], str]


def _owners_by_place(current: Current) -> _OwnersByPlace:
    return {(o.kind, o.schema, name): o.owner for o in current.objects if not o.columns for name in o.names}


def _owners(change: ObjectChange, owners: _OwnersByPlace, current: Current) -> Iterator[str]:
    """Whose members alone can carry the change out."""
    match change:
        case OwnSchema():
            yield current.schemas[change.name]
        case OwnObject():
            yield owners[change.kind, change.schema, change.name]
        case Grant() | Revoke():
            places = ((change.target.kind, change.target.schema, name) for name in change.target.names)
            yield from (owners[place] for place in places if place in owners)
            if change.usage_for is not None:
                yield owners[Kind.SCHEMA, change.target.schema, change.target.schema or ""]
        case GrantDefault() | RevokeDefault():
            yield change.key.creator
        case CreateSchema():
            pass
        case _:
            assert_never(change)


def _keepers(change: ObjectChange, desired: Desired) -> Iterator[str]:
    """Whose USAGE it takes to name what is in a schema that keeps its owner."""
    schema = change.target.schema if isinstance(change, Grant | Revoke) else None
    if schema is not None and schema in desired.keeping & desired.schemas.keys():
        yield desired.schemas[schema]


def _strays(desired: Desired, current: Current, reach: Reach) -> Iterator[tuple[CurrentObjects, str]]:
    """What belongs to a role of ours that makes no objects in the schema, with the schema's owner. Columns too: they
    are as their table. Not where the schema keeps its owner: there everything does."""
    makers = {schema: {owner} for schema, owner in desired.schemas.items() if schema not in desired.keeping}
    for key in desired.defaults:
        if key.schema in makers:
            makers[key.schema].add(key.creator)
    for objects in current.objects:
        schema = objects.schema if objects.kind.in_schema else None
        if schema in makers and objects.owner in reach.ours - makers[schema]:
            yield objects, desired.schemas[schema]
