"""What every login can use, counted. Things that answer alike are asked about once, so that this costs little however
many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from keyless.effective.asking import Asked
from keyless.effective.catalog import Role
from keyless.effective.questions import everybody, everything
from keyless.effective.routes import Route
from keyless.effective.things import Thing


@dataclass(frozen=True)
class Count:
    """Of how many things of a kind, in one schema and alike in their rights, a role can use a privilege."""

    role: str
    privilege: str
    thing: Thing
    """One of them."""
    things: int
    routes: tuple[Route, ...]
    """To that one, and so to the others."""


def summary(connection: Connection[Any]) -> list[Count]:
    """What of `matrix` lacks nothing."""
    return counted(*everybody(connection))


def counted(asked: Asked, logins: Iterable[Role]) -> list[Count]:
    groups = _alike(asked.catalog.things)
    return [
        Count(role.name, finding.privilege, several[0], len(several), finding.routes)
        for role in logins
        for several in groups
        for finding in everything(asked, role, several[0])
        if not finding.lacks
    ]


def _alike(things: Iterable[Thing]) -> list[Sequence[Thing]]:
    groups: dict[tuple[object, ...], list[Thing]] = {}
    for thing in things:
        key = (thing.kind, thing.schema, thing.alike) if thing.schema else (thing.kind, thing.oid)
        groups.setdefault(key, []).append(thing)
    return list(groups.values())
