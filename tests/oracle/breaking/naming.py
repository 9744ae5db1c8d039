"""Things and roles as GRANT and REVOKE name them."""

from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composable, Composed, Identifier

from tests.oracle.asking.things import Thing


def revoke_all_from_public(superuser: Connection[Any], thing: Thing) -> None:
    superuser.execute(SQL("REVOKE ALL ON {} FROM PUBLIC").format(named(thing)))


def role_(name: str) -> Composable:
    return Identifier(name) if name else SQL("PUBLIC")


def named(thing: Thing) -> Composed:
    kind = {"function": "ROUTINE"}.get(thing.kind, thing.kind.upper())
    if not thing.inside:
        return SQL("{} {}").format(SQL(kind), Identifier(thing.name))
    name = SQL("{} {}").format(SQL(kind), Identifier(thing.schema, thing.bare))
    return name + SQL("({})").format(SQL(", ").join(map(SQL, thing.arguments))) if thing.kind == "function" else name
