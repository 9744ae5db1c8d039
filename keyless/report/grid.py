"""The access matrix: users who can do the same in a row, things of one kind in a schema in a column, and each route
once, with all who have it. Pure: its size follows what differs, not how many there are."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from keyless.effective.routes import Way
from keyless.effective.summary import Count
from keyless.effective.survey import Place, Survey

_KINDS: Final = ("schema", "table", "column", "sequence", "function")
AROUND: Final = frozenset({Way.DEFINER, Way.CODE})
"""Ways that lead around a right, which the user itself hasn't."""


@dataclass(frozen=True)
class Line:
    """A route that somebody has to things of a place."""

    place: Place
    way: Way
    sentence: str
    privileges: tuple[tuple[str, int], ...]
    """Each with the number of things that it is on."""


@dataclass
class Cell:
    """What a user can do in a place."""

    counts: dict[str, int] = field(default_factory=dict)
    """By privilege that it has itself, on how many things."""
    around: set[str] = field(default_factory=set)
    """Privileges that it comes to otherwise, and hasn't on anything here."""
    lines: list[int] = field(default_factory=list)
    """Places in the grid's lines."""


@dataclass(frozen=True)
class Row:
    users: tuple[str, ...]
    """Who can do the same, by the same routes."""
    cells: Mapping[Place, Cell]


@dataclass(frozen=True)
class Grid:
    places: Sequence[Place]
    rows: Sequence[Row]
    lines: Sequence[tuple[Line, Sequence[str]]]
    """In the order of places, each with the users who have it."""


def grid(found: Survey) -> Grid:
    order = {place: at for at, place in enumerate(sorted(found.things, key=_order))}
    users = {user: _User.of(counts) for user, counts in _by_user(found).items()}
    having: dict[Line, list[str]] = {}
    for user, can in users.items():
        for line in can.lines:
            having.setdefault(line, []).append(user)
    lines = sorted(
        having.items(), key=lambda item: (order[item[0].place], item[0].way, item[0].sentence, item[0].privileges)
    )
    return Grid(list(order), _rows(users, [line for line, _ in lines]), lines)


def _order(place: Place) -> tuple[object, ...]:
    """The database, and then each schema with what is in it."""
    if place.kind not in _KINDS:
        return 0, place.name, 0
    return 1, place.schema or place.name, _KINDS.index(place.kind)


def _by_user(found: Survey) -> dict[str, list[Count]]:
    """Also of those who can do nothing."""
    counts: dict[str, list[Count]] = {user: [] for user in found.logins}
    for count in (*found.held, *found.through):
        counts[count.role].append(count)
    return counts


@dataclass(frozen=True)
class _User:
    """Equal for all who can do the same by the same routes."""

    lines: frozenset[Line]
    held: frozenset[tuple[Place, str, int]]

    @classmethod
    def of(cls, counts: Iterable[Count]) -> "_User":
        routes: dict[tuple[Place, Way, str], Counter[str]] = {}
        held: Counter[tuple[Place, str]] = Counter()
        for count in counts:
            place, around = Place.of(count.thing), True
            for way, sentence in dict.fromkeys((route.way, route.of_anybody) for route in count.routes):
                routes.setdefault((place, way, sentence), Counter())[count.privilege] += count.things
                around = around and way in AROUND
            if not around:
                held[place, count.privilege] += count.things
        lines = (Line(*route, tuple(sorted(privileges.items()))) for route, privileges in routes.items())
        return cls(frozenset(lines), frozenset((*of, things) for of, things in held.items()))


def _rows(users: Mapping[str, _User], lines: Sequence[Line]) -> list[Row]:
    alike: dict[_User, list[str]] = {}
    for user, can in users.items():
        alike.setdefault(can, []).append(user)
    numbers = {line: number for number, line in enumerate(lines)}
    return [Row(tuple(several), _cells(can, numbers)) for can, several in alike.items()]


def _cells(can: _User, numbers: Mapping[Line, int]) -> dict[Place, Cell]:
    cells: dict[Place, Cell] = {}
    for line in sorted(can.lines, key=numbers.__getitem__):
        cell = cells.setdefault(line.place, Cell())
        cell.lines.append(numbers[line])
        if line.way in AROUND:
            cell.around.update(privilege for privilege, _ in line.privileges)
    for place, privilege, things in can.held:
        cells[place].counts[privilege] = things
    return cells
