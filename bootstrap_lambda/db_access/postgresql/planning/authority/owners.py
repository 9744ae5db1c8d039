"""Databases and schemas of owners for whom the master can't act. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from db_access.plan.changes import Change, CreateSchema, Grant, Revoke
from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.identifiers import identifier
from db_access.postgresql.state import Current
from db_access.wording import listed


def foreign_owners(
    changes: Iterable[Change], current: Current, ours: set[str], database: str, master: str
) -> Iterator[str]:
    owners = {(o.kind, name): o.owner for o in current.objects if not o.kind.in_schema for name in o.names}
    missing: dict[tuple[Kind, str], list[str]] = {}
    schemas: list[str] = []
    for change in changes:
        match change:
            case Grant() | Revoke() if not change.target.kind.in_schema:
                for name in change.target.names:
                    missing.setdefault((change.target.kind, name), []).append(_described(change))
            case CreateSchema() if not current.limits.creates_schemas:
                schemas.append(repr(change.name))
            case _:
                pass
    if schemas:
        missing.setdefault((Kind.DATABASE, database), []).append(f"make schema {listed(schemas)}")
    for place, doing in sorted(missing.items()):
        owner = owners.get(place)
        if owner in current.limits.owners - ours:
            yield _foreign(*place, owner, doing, owners, database, master)


def _foreign(
    kind: Kind,
    name: str,
    owner: str,
    doing: list[str],
    owners: Mapping[tuple[Kind, str], str],
    database: str,
    master: str,
) -> str:
    wanted = f"who so can't {listed(doing, separator='; ')}"
    by = owners.get((Kind.DATABASE, database), owner) if owner == "pg_database_owner" else owner
    belongs = f"{owner!r}, which is {by!r}" if by != owner else repr(owner)
    if kind is Kind.DATABASE or by != owner:
        way = f", ALTER DATABASE {identifier(database)} OWNER TO {identifier(master)}"
    else:
        way = f", ALTER SCHEMA {identifier(name)} OWNER TO pg_database_owner"
    return (
        f"{kind} {name!r} belongs to {belongs}, not to the master {master!r}, {wanted}; "
        f"allowed: as a superuser, or as {by!r} where it may{way}, then run again"
    )


def _described(change: Grant | Revoke) -> str:
    grantees = listed([repr(grantee) if grantee != PUBLIC else "PUBLIC" for grantee in change.grantees])
    verb, preposition = ("give", "to") if isinstance(change, Grant) else ("take", "from")
    return f"{verb} {', '.join(change.privileges)} {preposition} {grantees}"
