"""What runs with its owner's rights for users of a spec who don't have these rights themselves. Pure.

It is said and left alone: to show a part of what its owner may see is what a view is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from db_access.wording import listed

_PRIVILEGES: Final = {
    "r": "SELECT",
    "p": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "A": "INSERT",
    "W": "UPDATE",
    "D": "DELETE",
}


@dataclass(frozen=True)
class Names:
    first: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        return listed(self.first, count=self.count)

    @property
    def in_quotes(self) -> str:
        return listed([repr(name) for name in self.first], count=self.count)


@dataclass(frozen=True)
class Called:
    """SECURITY DEFINER routines that users may call."""

    routines: Names
    owner: str
    users: Names


@dataclass(frozen=True)
class Fired:
    """A trigger's SECURITY DEFINER function, and the tables that users may write to."""

    routine: str
    tables: Names
    owner: str
    users: Names


@dataclass(frozen=True)
class Through:
    """A view or materialized view, and what users reach through it."""

    view: str
    materialized: bool
    letters: str
    on: Names
    owner: str
    """With whose rights: that of the last view on the way."""
    users: Names


@dataclass(frozen=True)
class ThroughRule:
    """A rule on a table or view that users may write to, and what else it reads or writes."""

    rule: str
    relation: str
    letters: str
    on: Names
    owner: str
    users: Names


HandOut = Called | Fired | Through | ThroughRule


@dataclass(frozen=True)
class HandOuts:
    found: tuple[HandOut, ...] = ()
    more: int = 0
    """Beyond those that are listed."""

    def sentences(self) -> Iterator[str]:
        yield from map(_sentence, self.found)
        if self.more:
            yield f"{self.more:,} more views, rules and routines hand out rights of their owners to users of the spec"


def _sentence(found: HandOut) -> str:
    match found:
        case Called(routines, owner, users):
            what, run = ("functions", "run") if routines.count > 1 else ("function", "runs")
            return f"{what} {routines} {run} with the rights of {owner!r} for {users.in_quotes}"
        case Fired(routine, tables, owner, users):
            what = "tables" if tables.count > 1 else "table"
            return (
                f"function {routine} runs with the rights of {owner!r} as a trigger on {what} {tables}, to which "
                f"{users.in_quotes} may write"
            )
        case Through():
            return _through(found)
        case ThroughRule(rule, relation, letters, on, owner, users):
            return (
                f"rule {rule} on {relation} reaches {on} with the rights of {owner!r} for {users.in_quotes}, "
                f"by {_privileges(letters)}"
            )
        case _:
            assert_never(found)


def _through(found: Through) -> str:
    """What is read for certain, and written only where PostgreSQL takes the view for updatable."""
    what = "materialized view" if found.materialized else "view"
    certain = "" if found.letters in ("r", "p") else ", if it is updatable,"
    part = "a part of " if found.letters == "p" else "" if found.letters == "r" else "on "
    return (
        f"{what} {found.view}{certain} lets {found.users.in_quotes} {_privileges(found.letters)} {part}{found.on} with "
        f"the rights of {found.owner!r}, which the spec doesn't give"
    )


def _privileges(letters: str) -> str:
    return ", ".join(sorted({_PRIVILEGES[letter] for letter in letters}))
