"""The part of a plan about schemas themselves: whose they are, and whose the database is. Pure."""

from collections.abc import Iterator

from db_access.plan.changes import Grant, ObjectChange, OwnSchema, Target
from db_access.plan.privileges import Kind
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE, OutOfReach, Reach
from db_access.postgresql.state import Current, CurrentObjects, Desired


def schema_changes(desired: Desired, current: Current, reach: Reach) -> Iterator[ObjectChange | OutOfReach]:
    """Schemas to the owners that they should have, with what former ones have taken from themselves."""
    for name, was in sorted(current.schemas.items()):
        should = _owner_of_schema(name, was, desired, reach)
        if should != was:
            change = OwnSchema(name, should, reason=f"belongs to {was!r}")
            yield change if name in desired.schemas or reach.includes(was) else OutOfReach(change, was)
    yield from _rights_of_owners(desired, current)


def moving_schemas(desired: Desired, current: Current) -> Iterator[tuple[CurrentObjects, str]]:
    """Schemas themselves that change hands, with their owner to be."""
    for objects in current.objects:
        owner = desired.schemas.get(objects.schema or "", objects.owner)
        if objects.kind is Kind.SCHEMA and owner != objects.owner:
            yield objects, owner


def _owner_of_schema(name: str, was: str, desired: Desired, reach: Reach) -> str:
    """Who locks PUBLIC out of schema `public` must rule it, declared or not."""
    if name == "public" and was != reach.master:
        return desired.schemas.get(name, OWNER_OF_THE_DATABASE)
    return desired.schemas.get(name, was)


def _rights_of_owners(desired: Desired, current: Current) -> Iterator[Grant]:
    """What the owners of declared schemas have taken from themselves there: without it neither they nor a run could
    do anything in them."""
    for objects in current.objects:
        owner = desired.schemas.get(objects.schema or "")
        if objects.kind is Kind.SCHEMA and objects.owner_lacks and owner:
            target, lacks = Target(Kind.SCHEMA, objects.schema, objects.names), tuple(sorted(objects.owner_lacks))
            yield Grant(target, lacks, (owner,), as_owner=owner, reason="its owner has taken it from itself")


def foreign_schemas(desired: Desired, current: Current, reach: Reach) -> Iterator[str]:
    """Declared schemas that somebody else made: to take one over is its owner's decision."""
    allowed = {*reach.ours, reach.master, "pg_database_owner"}
    for name, was in sorted(current.schemas.items()):
        should = desired.schemas.get(name, was)
        if was != should and was not in allowed:
            yield (
                f"schema {name!r} belongs to {was!r}, who is not ours; allowed: another name, or as a superuser run "
                f"ALTER SCHEMA {identifier(name)} OWNER TO {identifier(reach.master)}, then run again"
            )


def ruler(current: Current, reach: Reach) -> str | None:
    """The database's owner, where that is a role of ours: it may do with the database what no spec gives."""
    for objects in current.objects:
        if objects.kind is Kind.DATABASE and objects.owner != reach.master:
            return objects.owner if objects.owner in reach.ours | reach.makers else None
    return None


def rulers(current: Current, reach: Reach, database: str) -> Iterator[str]:
    """What an operator should know of `ruler`."""
    if owner := ruler(current, reach):
        yield (
            f"database {database!r} belongs to {owner!r}, who may do with it what no spec gives: CREATE, "
            f"settings for everybody's sessions, schema public; as {owner!r} or a superuser run "
            f"ALTER DATABASE {identifier(database)} OWNER TO {identifier(reach.master)}"
        )
