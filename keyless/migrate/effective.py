"""Hold what PostgreSQL lets both users do against each other: asked of it, for one of all things that answer alike."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from db_access.wording import quoted
from keyless.effective.asking import Asked
from keyless.effective.catalog import Catalog, Role
from keyless.effective.things import COLUMN, Thing
from keyless.migrate.phase import Migration
from keyless.migrate.points import Kind, Point

_Rights = frozenset[tuple[str, str]]
"""Privileges, each with the role that is to be set first; empty where none is."""
Place = tuple[str, int, int, str]
"""A catalog, an object in it, its column, and a privilege there."""
_CATALOGS = {"database": "pg_database", "schema": "pg_namespace", "function": "pg_proc"}


def differences(connection: Connection[Any], catalog: Catalog, migration: Migration) -> tuple[list[Point], set[Place]]:
    """In what their rights differ, and where; what the old one owns is left out.

    Args:
        connection: in the transaction in which `catalog` was read.
    """
    old, new = catalog.role(migration.old), catalog.role(migration.new)
    if old is None or new is None:
        return [], set()
    asked = Asked.of(connection, catalog, [old, new], catalog.things)
    points: list[Point] = []
    places: set[Place] = set()
    for things in _alike(catalog.things):
        one = things[0]
        had, has = _rights(asked, old, one), _rights(asked, new, one)
        if one.owner == old.oid or had == has:
            continue
        points += _points(migration, things, had, has)
        places |= {
            (_CATALOGS.get(thing.kind, "pg_class"), thing.oid, thing.number, privilege)
            for thing in things
            for _, privilege in had ^ has
        }
    return points, places


def _alike(things: Sequence[Thing]) -> list[list[Thing]]:
    groups: dict[tuple[object, ...], list[Thing]] = {}
    for thing in things:
        groups.setdefault((thing.schema, thing.alike) if thing.schema else (thing.kind, thing.oid), []).append(thing)
    return list(groups.values())


def _rights(asked: Asked, role: Role, thing: Thing) -> _Rights:
    """Of a column only what isn't had on the whole table. What it has anyway it needs no SET ROLE for."""
    own = _held(asked, role.oid, thing)
    after = {
        (asked.catalog.roles[path[-1]].name, privilege)
        for path in asked.acting(role)
        for privilege in _held(asked, path[-1], thing) - own
    }
    return frozenset({*(("", privilege) for privilege in own), *after})


def _held(asked: Asked, role: int, thing: Thing) -> frozenset[str]:
    whole = asked.held[role, asked.tables[thing.oid]] if thing.kind == COLUMN else frozenset[str]()
    return asked.held[role, thing] - whole


def _points(migration: Migration, things: Sequence[Thing], had: _Rights, has: _Rights) -> Iterator[Point]:
    for who, other, rights in (
        (migration.old, migration.new, had - has),
        (migration.new, migration.old, has - had),
    ):
        if rights:
            can = ", ".join(sorted(_shown(*right) for right in rights))
            yield Point.of(Kind.RIGHTS, _name(things), f"{quoted(who)} has {can}, and {quoted(other)} has not")


def _shown(after: str, privilege: str) -> str:
    return f"{privilege} after SET ROLE {quoted(after)}" if after else privilege


def _name(things: Sequence[Thing]) -> str:
    others = len(things) - 1
    return things[0].shown + (f" and {others:,} more with the same owner and rights" if others else "")
