"""Hold PostgreSQL's answers about one class of objects against what the spec asks for. Pure."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege, Privileges

_NOTHING: Privileges = frozenset()


@dataclass(frozen=True)
class Held:
    privileges: Privileges
    whole: Privileges = _NOTHING
    """Of a column: what is held on the whole table, and the table's to answer for."""


@dataclass(frozen=True)
class ObjectClass:
    """Objects of one kind, owner and ACL: a representative, and what PostgreSQL answers about it."""

    kind: Kind
    schema: str | None
    column: str | None
    alone: str | None
    """The object's name, where the spec says something of it alone."""
    name: str
    oid: int
    count: int
    owner: str
    """Of what belongs to pg_database_owner, the database's owner."""
    answers: dict[str, Held] = field(default_factory=dict)
    """By user, and by PUBLIC for every user who is not named."""

    @property
    def shown(self) -> str:
        return self.name if not self.kind.in_schema else f"{self.schema}.{self.name}"


_NOUNS: Final = frozenset({"USAGE", "TEMPORARY", "TRIGGER", "REFERENCES"})
"""Privileges that somebody has; the others are what somebody can do."""


@dataclass(frozen=True)
class Violation:
    """One user's too many (or missing) privileges on an object, which stands for all of its class."""

    username: str
    of: ObjectClass
    privileges: tuple[Privilege, ...]
    missing: bool

    def sentence(self, routes: Mapping[Privilege, str]) -> str:
        column = f"column {self.of.column} of " if self.missing and self.of.column is not None else ""
        has, lacks = ("can", "can't") if _NOUNS.isdisjoint(self.privileges) else ("has", "lacks")
        what = f"{', '.join(self.privileges)} on {column}{self.of.kind} {self.of.shown}{_others(self.of)}"
        if self.missing:
            return f"{self.username!r} {lacks} {what}, though the spec gives it"
        through = " and ".join(sorted({routes[privilege] for privilege in self.privileges if privilege in routes}))
        how = f"through {through}" if through else "by a route that `keyless who can` shows"
        return f"{self.username!r} {has} {what}, {how}, though the spec doesn't give it"


def _others(of: ObjectClass) -> str:
    """How many it stands for, and in what they are alike: no name is asked for but its own."""
    if of.count == 1:
        return ""
    return f" and {of.count - 1:,} other {of.kind}{'s' if of.count > 2 else ''} with the same owner and rights"


def differences(
    found: ObjectClass, allowed: Acl, users: Set[str], through: Mapping[str, Set[str]] = MappingProxyType({})
) -> Iterator[Violation]:
    """What each of `users` has too much or too little of.

    Args:
        allowed: with what comes through groups.
        through: by user, roles of which it may have all rights besides.
    """
    public = found.answers[PUBLIC]
    # Where PUBLIC is open, what everybody has is nobody's violation.
    open_to_all = _NOTHING if PUBLIC in allowed else public.privileges
    named = (found.answers.keys() | allowed.keys()) - {PUBLIC}
    # Whoever isn't named holds what PUBLIC holds and should hold nothing.
    for username in sorted(users if public.privileges - open_to_all - public.whole else named & users):
        answer, should = found.answers.get(username, public), allowed.get(username, _NOTHING)
        if answer.privileges != should:
            besides = _NOTHING.union(
                *(found.answers.get(role, public).privileges for role in through.get(username, ()))
            )
            for privileges, missing in (
                (answer.privileges - should - open_to_all - answer.whole - besides, False),
                (should - answer.privileges, True),
            ):
                if privileges:
                    yield Violation(username, found, tuple(sorted(privileges)), missing)
