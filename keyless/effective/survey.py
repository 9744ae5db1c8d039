"""Everything about one database that a report shows: who can use what, by which routes, and what leads around a right.
Of things that are alike one is asked about, as in `summary`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import Connection

from keyless.effective.asking import Asked
from keyless.effective.catalog import Role
from keyless.effective.definers import Through
from keyless.effective.questions import everybody
from keyless.effective.summary import Count, counted
from keyless.effective.things import Thing
from keyless_probe.rights.things import Kind

_DATA: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""What views and functions are made to pass on."""


@dataclass(frozen=True)
class Place:
    """The things of one kind in a schema; or a database or a schema itself."""

    kind: str
    schema: str
    name: str
    """Empty for things in a schema."""

    @classmethod
    def of(cls, thing: Thing) -> "Place":
        return cls(thing.kind, thing.schema, "" if thing.schema else thing.name)


@dataclass(frozen=True)
class Survey:
    database: str
    server: str
    """Its version of PostgreSQL, in its own words."""
    logins: Sequence[str]
    superusers: frozenset[str]
    things: Mapping[Place, int]
    """How many there are; of columns only those that have rights of their own."""
    held: Sequence[Count]
    """Privileges that lack nothing."""
    through: Sequence[Count]
    """What somebody comes to without the privilege, by what runs with its owner's rights."""


def survey(connection: Connection[Any]) -> Survey:
    """Asks in one READ ONLY transaction."""
    asked, logins = everybody(connection, changes=True)
    return Survey(
        asked.catalog.database,
        connection.info.parameter_status("server_version") or "",
        [role.name for role in logins],
        frozenset(role.name for role in logins if role.superuser),
        Counter(map(Place.of, asked.catalog.things)),
        counted(asked, logins),
        list(_through(asked, logins)),
    )


def _through(asked: Asked, logins: Iterable[Role]) -> Iterator[Count]:
    for several in _alike(asked):
        way = several[0]
        for role in logins:
            own = asked.finding(role, way.privilege, way.thing)
            if own is not None and own.certain:
                continue
            found = way.finding(role)
            if found is not None and not found.lacks:
                yield Count(role.name, way.privilege, way.thing, len(several), found.routes)


def _alike(asked: Asked) -> Iterable[Sequence[Through]]:
    groups: dict[tuple[object, ...], list[Through]] = {}
    for thing in asked.catalog.things:
        if thing.kind == Kind.TABLE:
            for privilege in _DATA:
                way = Through(asked, privilege, thing, every_function=False)
                groups.setdefault((thing.schema, way.alike), []).append(way)
    return groups.values()
