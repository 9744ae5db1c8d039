"""The grants and default privileges that an access spec asks for in one database. Pure."""

from collections.abc import Iterator, Mapping

from db_access.plan.privileges import IN_SCHEMAS, PUBLIC, Acl, DefaultKey, Kind, Privileges, without
from db_access.postgresql.desired.entries import (
    Entry,
    by_holder,
    granted,
    in_one_schema,
    named_within,
    on_database,
    shape_of,
)
from db_access.postgresql.desired.groups import database_holder, schema_holder
from db_access.postgresql.state import DesiredObjects
from db_access.spec import AccessSpec, Database, Schema

_Place = tuple[Kind, str | None, str | None, str | None]
"""Kind, schema, name or None for all, column or None."""
Acls = Mapping[_Place, Acl]

_NOTHING: Privileges = frozenset()


def acls(spec: AccessSpec, here: Database) -> Acls:
    """Grantees and privileges for every place that some grant speaks of, in one pass over the grants."""
    found: dict[_Place, dict[str, Privileges]] = {}
    entries: dict[tuple[object, ...], tuple[Entry, ...]] = {}
    for who in spec.grantees:
        if privileges := on_database(who, here):
            holder = database_holder(spec, here, who, privileges)
            for each, its in by_holder(who, holder, here, privileges):
                _add(found, (Kind.DATABASE, None, here.name, None), each, its)
    for who, grant, schema in granted(spec, here):
        holder = schema_holder(spec, here, who, grant, schema)
        shape = (schema, named_within(grant), *shape_of(grant))
        if shape not in entries:
            entries[shape] = tuple(in_one_schema(grant, schema))
        for entry in entries[shape]:
            _add(found, (entry.kind, schema, entry.name, entry.column), holder, entry.privileges)
    return found


def _add(found: dict[_Place, dict[str, Privileges]], place: _Place, holder: str, privileges: Privileges) -> None:
    acl = found.setdefault(place, {})
    acl[holder] = acl[holder] | privileges if holder in acl else privileges


def objects(given: Acls, here: Database) -> Iterator[DesiredObjects]:
    locked = here.public == "locked"
    yield DesiredObjects(
        Kind.DATABASE, None, (here.name,), _locked(given.get((Kind.DATABASE, None, here.name, None), {}), locked)
    )
    for schema in here.schemas:
        yield DesiredObjects(
            Kind.SCHEMA,
            schema.name,
            (schema.name,),
            _locked(given.get((Kind.SCHEMA, schema.name, None, None), {}), locked),
        )
        for kind in IN_SCHEMAS:
            yield DesiredObjects(
                kind,
                schema.name,
                (),
                _locked(given.get((kind, schema.name, None, None), {}), locked and kind.locked),
            )
    for (kind, in_schema, name, column), acl in given.items():
        if kind.in_schema and (name is not None or column is not None):
            # Of all columns of a name PUBLIC is locked as on whole tables; what one object has comes on top of that.
            on_these = _locked(acl, locked and name is None)
            yield DesiredObjects(
                kind, in_schema, () if name is None else (name,), on_these, columns=() if column is None else (column,)
            )
    if locked and "public" not in {schema.name for schema in here.schemas}:
        yield DesiredObjects(Kind.SCHEMA, "public", ("public",), {PUBLIC: _NOTHING})


def _locked(acl: Acl, locked: bool) -> Acl:
    return {**acl, PUBLIC: _NOTHING} if locked else acl


def defaults(given: Acls, here: Database, master: str) -> Iterator[tuple[DefaultKey, Acl]]:
    """Default privileges FOR everybody who makes objects, since they cover nobody else's. Columns have none."""
    locked = here.public == "locked"
    for schema in here.schemas:
        for creator in creators(schema, master):
            if locked:
                yield DefaultKey(creator, None, Kind.SCHEMA), {PUBLIC: _NOTHING}
            for kind in IN_SCHEMAS:
                acl = without(given.get((kind, schema.name, None, None), {}), creator)
                yield DefaultKey(creator, schema.name, kind), _locked(acl, locked and kind.locked)
                if locked and kind.locked:
                    # Only the form without IN SCHEMA takes EXECUTE away (ALTER DEFAULT PRIVILEGES, Notes).
                    yield DefaultKey(creator, None, kind), {PUBLIC: _NOTHING}


def creators(schema: Schema, master: str) -> tuple[str, ...]:
    """Everybody who makes objects in a schema, as far as the spec names them: nobody else has CREATE there. Each
    once."""
    return tuple(dict.fromkeys((*schema.makers, master)))
