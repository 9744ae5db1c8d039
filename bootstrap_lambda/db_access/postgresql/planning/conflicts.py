"""What about grants conflicts with a plan, one sentence each, before anything runs. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from db_access.plan.privileges import Acl, Kind, Privilege, Privileges
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.planning.compare import NOTHING, compared, extra
from db_access.postgresql.state import Current, CurrentObjects, Desired, Objects

MOST_GRANTEES: Final = 1000
"""PostgreSQL keeps the ACL of a table or column, compressed, in one row of one page. It is full at 2,400 grantees made
one after the other and granted alike, and at 1,200 whose oids lie all over the place."""


def grant_conflicts(desired: Desired, current: Current) -> Iterator[str]:
    """Objects of owners for whom the master can't act, grants that only others can take back, and too many grantees."""
    ours = {key.creator for key in desired.defaults}
    for objects, names, allowed in compared(desired, current):
        if objects.owner not in ours and objects.kind.in_schema and objects.schema in desired.schemas:
            yield from _foreign_owner(objects, names, allowed, ours)
        if objects.foreign:
            yield from _given_by_others(objects, names, allowed)
    yield from _too_many(desired)
    yield from _unknown_privileges(desired, current)


def _foreign_owner(objects: CurrentObjects, names: tuple[str, ...], allowed: Acl, ours: Iterable[str]) -> Iterator[str]:
    if extra(allowed, objects.acl) or extra(objects.acl, allowed):
        yield f"{_described(objects, names)} belongs to {objects.owner!r}; allowed owners: {', '.join(sorted(ours))}"


def _given_by_others(objects: CurrentObjects, names: tuple[str, ...], allowed: Acl) -> Iterator[str]:
    for foreign in objects.foreign:
        grantor, grantee = repr(foreign.grantor), repr(foreign.grantee or "PUBLIC")
        if foreign.grantor in objects.options:
            yield (
                f"{_privileges(foreign.privileges)} on {_described(objects, names)} was passed on by {grantor} to "
                f"{grantee}, who would lose it with {grantor}'s grant option, which the spec doesn't give; "
                f"allowed: REVOKE it from {grantee} as {grantor}, then run again"
            )
            continue
        beyond = foreign.privileges - allowed.get(foreign.grantee, NOTHING)
        passing = foreign.privileges & objects.options.get(foreign.grantee, NOTHING)
        if (beyond or passing) and (foreign.grantee or foreign.grantee in allowed):
            yield (
                f"{_privileges(beyond | passing)} on {_described(objects, names)} was given to {grantee} by {grantor}, "
                f"who is not the owner {objects.owner!r}, and only {grantor} can take it back; "
                f"allowed: REVOKE it as {grantor}, or as the owner take {grantor} the grant option with CASCADE"
            )


def _privileges(privileges: Privileges) -> str:
    return ", ".join(sorted(privileges))


def _too_many(desired: Desired) -> Iterator[str]:
    lookup = Lookup.of(desired)
    named = ((place, name, acl) for place, names in lookup.named.items() for name, acl in names.items())
    for (kind, schema, column), name, acl in (*((place, None, acl) for place, acl in lookup.general.items()), *named):
        count = sum(map(bool, acl.values()))
        if count > MOST_GRANTEES and kind in (Kind.TABLE, Kind.SEQUENCE):
            whose = f"each {kind} in schema {schema!r}" if name is None else f"{kind} {schema}.{name}"
            yield (
                f"{'' if column is None else f'column {column} of '}{whose} would have {count:,} grantees, and "
                f"PostgreSQL fails at 1,200 to 2,400 ('row is too big'); allowed: up to {MOST_GRANTEES:,}, or "
                "`grants: through_groups` for the database"
            )


def _unknown_privileges(desired: Desired, current: Current) -> Iterator[str]:
    """MAINTAIN came with PostgreSQL 17."""
    if current.maintain:
        return
    for objects in desired.objects:
        holders = sorted(grantee for grantee, privileges in objects.acl.items() if Privilege.MAINTAIN in privileges)
        if holders:
            where = (
                f"table {objects.schema}.{objects.names[0]}"
                if objects.names
                else f"the tables of schema {objects.schema!r}"
            )
            yield (
                f"MAINTAIN on {where} is given to {', '.join(map(repr, holders))}, and PostgreSQL has it from version "
                "17 on; allowed here: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
            )


def _described(objects: Objects, names: tuple[str, ...]) -> str:
    columns = f"column {objects.columns[0]} of " if objects.columns else ""
    alone = not objects.kind.in_schema
    return f"{columns}{objects.kind} {', '.join(name if alone else f'{objects.schema}.{name}' for name in names)}"
