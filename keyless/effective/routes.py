"""How a role comes to a privilege: chains of memberships to what an ACL names. Explains; PostgreSQL has decided."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from db_access.wording import quoted
from keyless.effective.catalog import Catalog, Membership
from keyless.effective.predefined import PREDEFINED
from keyless.effective.statements import grant, identifier, member, owned, superuser
from keyless.effective.things import Thing

PUBLIC: Final = 0
Path = tuple[int, ...]
"""Roles, each a member of the next."""


class Way(StrEnum):
    DIRECT = "direct"
    GROUP = "group"
    PUBLIC = "PUBLIC"
    OWNERSHIP = "ownership"
    SUPERUSER = "superuser"
    PREDEFINED = "predefined role"
    DEFINER = "definer object"
    CODE = "definer function, maybe"
    """PostgreSQL doesn't say what its code does."""


@dataclass(frozen=True)
class Route:
    way: Way
    sentence: str
    made_by: tuple[str, ...]
    """Statements that make it, and that use it where it takes a SET ROLE."""
    after: str = ""
    """The role that is to be set first; empty where none is."""
    of_anybody: str = ""
    """The sentence without the user's own name, the same of all who have it so."""


class Chains:
    """Who comes to which role."""

    def __init__(self, catalog: Catalog) -> None:
        self._of: dict[int, list[Membership]] = {}
        self._superuser = {role.oid: role.superuser for role in catalog.roles.values()}
        self._inherited: dict[int, dict[int, Path]] = {}
        self._acting: dict[int, list[Path]] = {}
        self.links = {(membership.member, membership.role): membership for membership in catalog.memberships}
        for membership in catalog.memberships:
            self._of.setdefault(membership.member, []).append(membership)

    def inherited(self, role: int) -> Mapping[int, Path]:
        """Whose rights `role` has without doing anything, itself among them: the shortest path to each."""
        if role not in self._inherited:
            self._inherited[role] = self._reached(role, lambda membership: membership.inherits)
        return self._inherited[role]

    def acting(self, role: int) -> list[Path]:
        """As whom it may act: as itself, and by SET ROLE as those whose rights it hasn't anyway."""
        if role not in self._acting:
            ways = self._reached(role, lambda membership: membership.sets).items()
            new = self._superuser.keys() - self.inherited(role).keys() | {role}
            self._acting[role] = [path for to, path in ways if to in new or self._superuser[to]]
        return self._acting[role]

    def _reached(self, role: int, follows: Callable[[Membership], bool]) -> dict[int, Path]:
        paths: dict[int, Path] = {role: (role,)}
        ends: list[Path] = [(role,)]
        for path in ends:  # which grows
            for membership in self._of.get(path[-1], ()):
                if follows(membership) and membership.role not in paths:
                    paths[membership.role] = (*path, membership.role)
                    ends.append(paths[membership.role])
        return paths


@dataclass(frozen=True)
class Routes:
    catalog: Catalog
    chains: Chains

    def of(self, acting: Path, privilege: str, thing: Thing) -> Iterator[Route]:
        """By which a user has what PostgreSQL says that it has.

        Args:
            acting: the memberships by which it acts as the last of them; only the user where it acts as itself.
        """
        role, roles = acting[-1], self.catalog.roles
        if roles[role].superuser:
            yield self._route(Way.SUPERUSER, acting, (), [superuser(self._name(role))])
            return
        inherited = self.chains.inherited(role)
        for entry in thing.grants:
            if entry.privilege != privilege:
                continue
            if entry.grantee == PUBLIC and len(acting) == 1:  # which acts as nobody for that
                yield self._route(Way.PUBLIC, acting, (), [grant(privilege, thing, "")])
            elif entry.grantee in inherited:
                yield self._by_grant(acting, inherited[entry.grantee], privilege, thing)
        for group, path in inherited.items():
            if privilege in PREDEFINED.get(self._name(group), {}).get(thing.kind, ()):
                yield self._route(Way.PREDEFINED, acting, path, [])

    def _by_grant(self, acting: Path, path: Path, privilege: str, thing: Thing) -> Route:
        owns = path[-1] == thing.owner
        name = self._name(path[-1])
        made = [owned(thing, name)] if owns else [grant(privilege, thing, name)]
        way = Way.OWNERSHIP if owns else Way.DIRECT if len(path) == len(acting) == 1 else Way.GROUP
        return self._route(way, acting, path, made)

    def _route(self, way: Way, acting: Path, path: Path, made: list[str]) -> Route:
        chain = [*acting, *path[1:]]
        links = [(self._name(to), self._name(of), self.chains.links[to, of]) for to, of in pairwise(chain)]
        members = [member(*link, database=self.catalog.database) for link in links]
        after = self._name(acting[-1]) if len(acting) > 1 else ""
        used = [f"SET ROLE {identifier(after)};"] if after else []
        sentence, of_anybody = (self._sentence(way, acting, chain, you) for you in (self._quoted(chain[0]), "the user"))
        return Route(way, sentence, (*members, *made, *used), after, of_anybody)

    def _sentence(self, way: Way, acting: Path, chain: list[int], you: str) -> str:
        names = [you, *map(self._quoted, chain[1:])]
        by = " -> ".join(names)
        ends = {
            Way.DIRECT: "a grant to the user",
            Way.GROUP: f"a grant to {names[-1]}",
            Way.PUBLIC: "a grant to PUBLIC",
            Way.OWNERSHIP: f"{names[-1]} owns it",
            Way.SUPERUSER: f"{names[-1]} is a superuser",
            Way.PREDEFINED: f"what PostgreSQL gives {names[-1]} everywhere",
        }[way]
        via = f", by memberships {by}{self._until(chain)}" if len(chain) > 1 else ""
        after = f", after SET ROLE {self._quoted(acting[-1])}" if len(acting) > 1 else ""
        return f"{ends}{via}{after}"

    def _until(self, chain: list[int]) -> str:
        """The first end of those that are recorded of its memberships."""
        ends = [
            end for member, group in pairwise(chain) if (end := self.catalog.roles[member].until(self._name(group)))
        ]
        return f" until {min(ends):%Y-%m-%d %H:%M:%S} UTC" if ends else ""

    def _quoted(self, role: int) -> str:
        return quoted(self._name(role))

    def _name(self, role: int) -> str:
        return self.catalog.roles[role].name
