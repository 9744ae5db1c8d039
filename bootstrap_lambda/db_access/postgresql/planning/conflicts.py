"""What about grants conflicts with a plan, one sentence each, before anything runs. Pure."""

from collections.abc import Iterator
from typing import Final

from db_access.plan.privileges import Kind, Privilege
from db_access.postgresql.desired.lookup import Lookup
from db_access.postgresql.state import Current, Desired

MOST_GRANTEES: Final = 1000
"""PostgreSQL keeps the ACL of a table or column, compressed, in one row of one page. It is full at 2,400 grantees made
one after the other and granted alike, and at 1,200 whose oids lie all over the place."""


def grant_conflicts(desired: Desired, current: Current) -> Iterator[str]:
    """Too many grantees, and privileges that this PostgreSQL doesn't have."""
    yield from _too_many(desired)
    yield from _unknown_privileges(desired, current)


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
