"""What PostgreSQL says is allowed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection

from keyless.effective.catalog.queries import HELD
from keyless.effective.things import ALLOWED, Thing, possible

Place = tuple[str, int, int]
"""Of a thing: its kind, oid and column."""


class Held:
    """What each role that was asked about has on each thing that was."""

    def __init__(
        self, roles: Iterable[int], places: Mapping[Place, int], found: Mapping[tuple[int, int], frozenset[str]]
    ) -> None:
        self._roles, self._places, self._found = frozenset(roles), places, found

    def __getitem__(self, asked: tuple[int, Thing]) -> frozenset[str]:
        """Raises KeyError for what wasn't asked: that isn't known to be nothing."""
        role, thing = asked
        if role not in self._roles:
            raise KeyError(role)
        return self._found.get((role, self._places[_place(thing)]), frozenset())


def held(connection: Connection[Any], roles: Iterable[int], things: Sequence[Thing]) -> Held:
    """Asked of PostgreSQL for one of all things that answer alike."""
    asked, alike = sorted(roles), {thing.alike: thing for thing in things}
    numbers = {key: number for number, key in enumerate(alike, 1)}
    version = connection.info.server_version
    privileges = [(kind, privilege) for kind in ALLOWED for privilege in possible(kind, version)]
    rows = connection.execute(HELD, {
        "roles": asked,
        "kinds": [thing.kind for thing in alike.values()],
        "oids": [thing.oid for thing in alike.values()],
        "numbers": [thing.number for thing in alike.values()],
        "of_kinds": [kind for kind, _ in privileges],
        "privileges": [privilege for _, privilege in privileges],
    })  # fmt: skip
    found = {(role, number): frozenset(privileges) for role, number, privileges in rows}
    return Held(asked, {_place(thing): numbers[thing.alike] for thing in things}, found)


def _place(thing: Thing) -> Place:
    return thing.kind, thing.oid, thing.number
