"""What about grants stands in a plan's way, one sentence each, before anything runs; and what has to wait. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from db_access.postgresql.desired.lookup import Wanted
from db_access.postgresql.planning.grants import compared, extra
from db_access.postgresql.state import Acl, Kind, Objects, Privilege, Privileges, State

MOST_GRANTEES: Final = 1000
"""PostgreSQL keeps the ACL of a table or column, compressed, in one row of one page. It is full at 2,400 grantees made
one after the other and granted alike, and at 1,200 whose oids lie all over the place."""

_HAVE_OWNERS: Final = (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION, Kind.TYPE)
_NOTHING: Privileges = frozenset()


def grant_obstacles(desired: State, current: State) -> Iterator[str]:
    """Objects of owners for whom the master can't act, grants that only others can take back, and too many grantees."""
    ours = {key.creator for key in desired.defaults}
    for objects, names, wanted in compared(desired, current):
        if objects.owner not in ours and objects.kind in _HAVE_OWNERS and objects.schema in desired.schemas:
            yield from _foreign_owner(objects, names, wanted, ours)
        if objects.given:
            yield from _given_by_others(objects, names, wanted)
    yield from _too_many(desired)
    yield from _unknown_privileges(desired, current)


def _foreign_owner(objects: Objects, names: tuple[str, ...], wanted: Acl, ours: Iterable[str]) -> Iterator[str]:
    if extra(wanted, objects.acl) or extra(objects.acl, wanted):
        yield f"{_described(objects, names)} belongs to {objects.owner!r}; allowed owners: {', '.join(sorted(ours))}"


def _given_by_others(objects: Objects, names: tuple[str, ...], wanted: Acl) -> Iterator[str]:
    for given in objects.given:
        if given.grantor in objects.options:
            yield (
                f"{', '.join(sorted(given.privileges))} on {_described(objects, names)} was passed on by "
                f"{given.grantor!r} to "
                f"{given.grantee or 'PUBLIC'!r}, who would lose it with {given.grantor!r}'s grant option, which the "
                f"spec doesn't give; "
                f"allowed: REVOKE it from {given.grantee or 'PUBLIC'!r} as {given.grantor!r}, then run again"
            )
            continue
        beyond = given.privileges - wanted.get(given.grantee, _NOTHING)
        passing = given.privileges & objects.options.get(given.grantee, _NOTHING)
        if (beyond or passing) and (given.grantee or given.grantee in wanted):
            what = f"{', '.join(sorted(beyond | passing))} on {_described(objects, names)}"
            yield (
                f"{what} was given to {given.grantee or 'PUBLIC'!r} by {given.grantor!r}, who is not the owner "
                f"{objects.owner!r}, and only "
                f"{given.grantor!r} can take it back; allowed: REVOKE it as {given.grantor!r}, or as the owner take "
                f"{given.grantor!r} "
                "the grant option with CASCADE"
            )


def _too_many(desired: State) -> Iterator[str]:
    wanted = Wanted.of(desired)
    named = ((place, name, acl) for place, names in wanted.named.items() for name, acl in names.items())
    for (kind, schema, column), name, acl in (*((place, None, acl) for place, acl in wanted.general.items()), *named):
        count = sum(map(bool, acl.values()))
        if count > MOST_GRANTEES and kind in (Kind.TABLE, Kind.SEQUENCE):
            whose = f"each {kind} in schema {schema!r}" if name is None else f"{kind} {schema}.{name}"
            yield (
                f"{'' if column is None else f'column {column} of '}{whose} would have {count:,} grantees, and "
                f"PostgreSQL fails at 1,200 to 2,400 ('row is too big'); allowed: up to {MOST_GRANTEES:,}, or "
                f"`grants: through_groups` for "
                "the database"
            )


def _unknown_privileges(desired: State, current: State) -> Iterator[str]:
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
                f"17 on; "
                "allowed here: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
            )


def pending(desired: State, current: State) -> Iterator[str]:
    """What `only` names and doesn't exist. No error: who makes it, makes it as a role that this very run creates."""
    named = _only(desired)
    there = _names(current.objects) if named else {}
    for (schema, name), kinds in sorted(named.items()):
        known = there.get(schema, {})
        if not any(name in known.get(kind, ()) for kind in kinds):
            like = sorted(
                other
                for kind in kinds
                for other in known.get(kind, ())
                if other.partition("(")[0] == name.partition("(")[0]
            )
            hint = f"; there is {', '.join(like)}" if like else ""
            yield f"{schema}.{name}, which `only` names, doesn't exist yet: run again when it does{hint}"


def _only(desired: State) -> Mapping[tuple[str, str], set[Kind]]:
    named: dict[tuple[str, str], set[Kind]] = {}
    for objects in desired.objects:
        if objects.kind in _HAVE_OWNERS and objects.schema is not None:
            for name in objects.names:
                named.setdefault((objects.schema, name), set()).add(objects.kind)
    return named


def _names(objects: Iterable[Objects]) -> Mapping[str | None, Mapping[Kind, set[str]]]:
    there: dict[str | None, dict[Kind, set[str]]] = {}
    for found in objects:
        if not found.columns:
            there.setdefault(found.schema, {}).setdefault(found.kind, set()).update(found.names)
    return there


def _described(objects: Objects, names: tuple[str, ...]) -> str:
    columns = f"column {objects.columns[0]} of " if objects.columns else ""
    alone = objects.kind in (Kind.DATABASE, Kind.SCHEMA)
    return f"{columns}{objects.kind} {', '.join(name if alone else f'{objects.schema}.{name}' for name in names)}"
