"""Objects of the rehearsal's own, where a schema has none of a kind yet: made as the schema's owner, as a migration
would, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from keyless.rehearsal.lines.rights.probes import PLACE
from keyless_probe.rights.things import Kind, Thing

NAME: Final = "rehearsal_probe"
_SEQUENCE: Final = f"{NAME}_number"
_COLUMN: Final = f"{NAME} key"


@contextmanager
def made(superuser: "Connection[Any]", schemas: dict[str, str], there: list[Thing]) -> Iterator[tuple[str, ...]]:
    """In each of `schemas`, to whoever is to make them, the kinds that `there` lacks; and PLACE. The sentences say what
    was made.

    No column has a name that a grant could name: rights on columns come with the engine's next run, never before.
    """
    lacking = {
        schema: [k for k in (Kind.TABLE, Kind.SEQUENCE, Kind.FUNCTION) if not any(_is(t, schema, k) for t in there)]
        for schema in schemas
    }
    problems = []
    try:
        _place(superuser)
        for schema, kinds in lacking.items():
            for kind in kinds:
                try:
                    _as(superuser, schemas[schema], _created(kind, schema))
                except psycopg.Error as error:  # an owner that lacks what the spec gives has wrong lines of its own
                    problems.append(f"schema {schema} has no {kind}, and its owner can make none: {_told(error)}")
        yield (*(_said(kinds, schema) for schema, kinds in lacking.items() if kinds), *problems)
    finally:
        superuser.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(PLACE)))
        for schema, kinds in lacking.items():
            for kind in kinds:
                superuser.execute(_dropped(kind, schema))


def _told(error: psycopg.Error) -> str:
    return str(error.diag.message_primary)


def _is(thing: Thing, schema: str, kind: Kind) -> bool:
    return thing.schema == schema and thing.kind is kind


def _place(superuser: "Connection[Any]") -> None:
    place = Identifier(PLACE)
    superuser.execute(SQL("CREATE SCHEMA {}").format(place))
    superuser.execute(SQL("GRANT USAGE, CREATE ON SCHEMA {} TO PUBLIC").format(place))
    name = Identifier(PLACE, "triggered")
    superuser.execute(
        SQL("CREATE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'").format(name)
    )
    superuser.execute(SQL("GRANT EXECUTE ON FUNCTION {} TO PUBLIC").format(name))


def _as(superuser: "Connection[Any]", owner: str, statement: Composed) -> None:
    with superuser.transaction():
        superuser.execute(SQL("SET LOCAL ROLE {}").format(Identifier(owner)))
        superuser.execute(statement)


def _created(kind: Kind, schema: str) -> Composed:
    match kind:
        case Kind.TABLE:
            return SQL("CREATE TABLE {} ({} integer PRIMARY KEY)").format(Identifier(schema, NAME), Identifier(_COLUMN))
        case Kind.SEQUENCE:
            return SQL("CREATE SEQUENCE {}").format(Identifier(schema, _SEQUENCE))
        case _:
            return SQL("CREATE FUNCTION {}() RETURNS integer LANGUAGE sql AS 'SELECT 1'").format(
                Identifier(schema, NAME)
            )


def _dropped(kind: Kind, schema: str) -> Composed:
    match kind:
        case Kind.TABLE:
            return SQL("DROP TABLE IF EXISTS {}").format(Identifier(schema, NAME))
        case Kind.SEQUENCE:
            return SQL("DROP SEQUENCE IF EXISTS {}").format(Identifier(schema, _SEQUENCE))
        case _:
            return SQL("DROP FUNCTION IF EXISTS {}()").format(Identifier(schema, NAME))


def _said(kinds: list[Kind], schema: str) -> str:
    return f"schema {schema} has no {' and no '.join(kinds)} yet: tried on one that the rehearsal made as its owner"
