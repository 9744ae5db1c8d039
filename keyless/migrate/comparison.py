"""In what points PostgreSQL treats both users of a migration differently, in one database. Changes nothing."""

from collections.abc import Iterator
from typing import Any

from psycopg import Connection

from db_access.wording import quoted
from keyless.effective.catalog import Catalog
from keyless.migrate import effective, names, queries
from keyless.migrate.effective import Place
from keyless.migrate.phase import Migration
from keyless.migrate.points import Kind, Point

_Found = dict[str, set[str]]


def compared(connection: Connection[Any], migration: Migration, catalog: Catalog | None) -> list[Point]:
    """
    Args:
        connection: after `keyless.effective.catalog.begin`.
        catalog: read in the same transaction; None where the new one isn't there, and only what will be different
            whatever its rights is looked for.
    """
    found = [*_tied(connection, migration)]
    if catalog is not None:
        points, places = effective.differences(connection, catalog, migration)
        found += points
        found += _by_hand(connection, migration, places)
        found += _about_roles(connection, migration)
    return found


def _tied(connection: Connection[Any], migration: Migration) -> Iterator[Point]:
    """What is the old one's, or asks for its name."""
    old = quoted(migration.old)
    for (what,) in _rows(connection, queries.OWNED, migration):
        yield Point.of(Kind.OWNED, what, f"{old} owns it")
    for (what,) in _rows(connection, queries.DEFAULTS, migration):
        yield Point.of(Kind.DEFAULTS, what, f"they are for what {old} makes")
    for what, new in _rows(connection, queries.POLICIES, migration):
        named, not_named = (migration.new, migration.old) if new else (migration.old, migration.new)
        yield Point.of(Kind.POLICY, what, f"it names {quoted(named)}, and not {quoted(not_named)}")
    for (what,) in _rows(connection, queries.MEMBERS, migration):
        yield Point.of(Kind.MEMBERS, f"role {quoted(what)}", f"it is a member of {old}, and has its rights by that")
    for (what,) in _rows(connection, names.NAME, migration):
        yield Point.of(Kind.NAME, what, "it asks who is logged in, and that will be another name")
    for what, name in _rows(connection, names.SEARCHED, migration):
        yield Point.of(Kind.NAME, what, f"it is what {quoted(name)} alone searches first, by the $user in search_path")


def _by_hand(connection: Connection[Any], migration: Migration, places: set[Place]) -> Iterator[Point]:
    """Grants to one of them that the comparison of rights has not named: on what it doesn't look at, with GRANT OPTION,
    or beside another grant of the same."""
    held: tuple[_Found, _Found] = ({}, {})
    for class_, oid, number, what, privilege, new in connection.execute(
        queries.grants(connection.info.server_version), _names(migration)
    ):
        if (class_, oid, number, privilege) not in places:
            held[new].setdefault(what, set()).add(privilege)
    yield from _unequal(migration, Kind.BY_HAND, held)


def _about_roles(connection: Connection[Any], migration: Migration) -> Iterator[Point]:
    memberships: tuple[_Found, _Found] = ({}, {})
    for role, options, new in _rows(connection, queries.MEMBERSHIPS, migration):
        memberships[new].setdefault(f"role {quoted(role)}", set()).add(
            f"membership{f' ({options})' if options else ''}"
        )
    yield from _unequal(migration, Kind.MEMBERSHIP, memberships)
    settings: tuple[_Found, _Found] = ({}, {})
    for where, name, value, new in _rows(connection, queries.SETTINGS, migration):
        settings[new].setdefault(f"setting {name} {where}", set()).add(repr(value))
    yield from _unequal(migration, Kind.SETTING, settings)
    attributes: tuple[_Found, _Found] = ({}, {})
    for values, new in _rows(connection, queries.ATTRIBUTES, migration):
        attributes[new].update({name: {str(value)} for name, value in values.items()})
    yield from _unequal(migration, Kind.ATTRIBUTE, attributes)


def _unequal(migration: Migration, kind: Kind, held: tuple[_Found, _Found]) -> Iterator[Point]:
    old, new = held
    for what in sorted(old.keys() | new.keys()):
        one, other = old.get(what, set()), new.get(what, set())
        if one != other:
            yield Point.of(kind, what, _sentence((migration.old, one - other), (migration.new, other - one)))


def _sentence(one: tuple[str, set[str]], other: tuple[str, set[str]]) -> str:
    (who, has), (lacking, instead) = (one, other) if one[1] else (other, one)
    return (
        f"{quoted(who)} has {', '.join(sorted(has))}, and {quoted(lacking)} has {', '.join(sorted(instead)) or 'not'}"
    )


def _rows(connection: Connection[Any], query: Any, migration: Migration) -> list[tuple[Any, ...]]:
    return connection.execute(query, _names(migration)).fetchall()


def _names(migration: Migration) -> dict[str, str]:
    return {"old": migration.old, "new": migration.new}
