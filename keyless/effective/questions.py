"""The three questions: who can do a thing, what a role can do, and everything at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Connection

from db_access.wording import quoted
from keyless.effective import catalog as catalogs
from keyless.effective.asking import Asked, Finding
from keyless.effective.catalog import Role
from keyless.effective.definers import Through, between
from keyless.effective.named import Named
from keyless.effective.things import COLUMN, QuestionError, Thing, refuse_impossible
from keyless_probe.rights.things import Kind


def who(connection: Connection[Any], privilege: str, named: Named) -> list[Finding]:
    """Every login that has the privilege, or comes to what it is for; of a table also those that have it on columns.

    Raises:
        QuestionError: when there is no such thing, or no such privilege on it.
    """
    catalogs.begin(connection)
    changes = privilege in ("INSERT", "UPDATE", "DELETE")
    catalog = catalogs.read(connection, named.schema, named.name, named.column, changes=changes)
    things = named.among(catalog.things)
    refuse_impossible(privilege, things, connection.info.server_version)
    columns = [t for t in catalog.things if t.kind == COLUMN and not named.column and t.oid in {x.oid for x in things}]
    tables = [t for t in catalog.things if t.kind == Kind.TABLE and t.oid in {x.oid for x in things}]
    logins = sorted((role for role in catalog.roles.values() if role.login), key=lambda role: role.name)
    asked = Asked.of(connection, catalog, logins, {*things, *columns, *tables, *between(catalog, things)})
    ways = [Through(asked, privilege, thing) for thing in things]
    return [finding for role in logins for finding in _of(asked, role, privilege, things, columns, ways)]


def _of(
    asked: Asked,
    role: Role,
    privilege: str,
    things: Sequence[Thing],
    columns: Sequence[Thing],
    ways: Sequence[Through],
) -> Iterator[Finding]:
    """What else leads to all of it only where it can't use what it has."""
    whole = [finding for thing in things if (finding := asked.finding(role, privilege, thing))]
    yield from whole
    if not any(not route.after for finding in whole for route in finding.routes):
        own = (finding for column in columns for finding in everything(asked, role, column))
        yield from (finding for finding in own if finding.privilege == privilege)
    if not any(finding.certain for finding in whole):
        yield from filter(None, (way.finding(role) for way in ways))


def what(connection: Connection[Any], name: str) -> list[Finding]:
    """All that a role has in this database, but for what PostgreSQL's own schemas have.

    Raises:
        QuestionError: when there is no such role.
    """
    catalogs.begin(connection)
    catalog = catalogs.read(connection)
    role = catalog.role(name)
    if role is None:
        raise QuestionError(f"there is no role {quoted(name)}; allowed: a name as it is there, its capitals included")
    asked = Asked.of(connection, catalog, [role], catalog.things)
    return [finding for thing in catalog.things for finding in everything(asked, role, thing)]


def matrix(connection: Connection[Any]) -> list[Finding]:
    """The same of every login."""
    asked, logins = everybody(connection)
    return [finding for role in logins for thing in asked.catalog.things for finding in everything(asked, role, thing)]


def everybody(connection: Connection[Any], *, changes: bool = False) -> tuple[Asked, list[Role]]:
    """The answers about every login, and the logins by name.

    Args:
        changes: whether to find out what can be changed through which view.
    """
    catalogs.begin(connection)
    catalog = catalogs.read(connection, changes=changes)
    logins = sorted((role for role in catalog.roles.values() if role.login), key=lambda role: role.name)
    return Asked.of(connection, catalog, logins, catalog.things), logins


def everything(asked: Asked, role: Role, thing: Thing) -> Iterator[Finding]:
    """That a role has on a thing. Of a column only what isn't had, by whom one acts as, on its whole table."""
    held: set[str] = set()
    for path in asked.acting(role):
        whole = asked.held[path[-1], asked.tables[thing.oid]] if thing.kind == COLUMN else frozenset[str]()
        held |= asked.held[path[-1], thing] - whole
    yield from filter(None, (asked.finding(role, privilege, thing) for privilege in sorted(held)))
