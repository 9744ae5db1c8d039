"""What lets others at what they have no rights on: what runs with its owner's rights, which are views and SECURITY
DEFINER functions; and tables with partitions or children, or whose rows cascade. Not looked at: triggers and rules."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from db_access.wording import quoted
from keyless.effective.asking import Asked, Finding
from keyless.effective.catalog import Catalog, Role
from keyless.effective.routes import Route, Way
from keyless.effective.things import COLUMN, Thing
from keyless_probe.rights.things import Kind

_THROUGH_CODE = frozenset({Kind.TABLE, COLUMN, Kind.SEQUENCE})
_RELATION = frozenset({Kind.TABLE, COLUMN})
_Found = tuple[Route, Sequence[str]]
"""A route, and what it takes that is lacking."""


def between(catalog: Catalog, things: Iterable[Thing]) -> Iterator[Thing]:
    """What may be asked about when `Through` is to be found out."""
    ends = {thing.oid for thing in things if thing.kind in _RELATION}
    for _ in catalog.views:  # no chain of views is longer
        more = {view.oid for view in catalog.views if view.base in ends} - ends
        if not more:
            break
        ends |= more
    for thing in catalog.things:
        if thing.kind in _RELATION and thing.oid in ends:
            yield thing
        if thing.kind == Kind.FUNCTION and thing.oid in catalog.definers:
            yield thing


@dataclass(frozen=True)
class Through:
    """How somebody without a privilege on a thing comes to what it is for."""

    asked: Asked
    privilege: str
    thing: Thing
    every_function: bool = True
    """Whether to name each, or one of all that are alike."""

    @property
    def alike(self) -> tuple[object, ...]:
        """Of two things of which this is equal, the same are let at the privilege."""
        ends = (self.thing, *(chain[-1] for chain in self._chains))
        rights = frozenset((end.alike, end.oid if end.oid in self.asked.columns else 0) for end in ends)
        return self.privilege, self.thing.alike, rights

    def finding(self, role: Role) -> Finding | None:
        if self.thing.kind not in _THROUGH_CODE:
            return None
        found = [*self._views(role), *self._functions(role)]
        if not found:
            return None
        routes, lacks = zip(*found, strict=True)
        return Finding(role.name, self.privilege, self.thing, routes, () if () in lacks else lacks[0])

    def _views(self, role: Role) -> Iterator[_Found]:
        for chain in self._chains:
            steps = " -> ".join(_step(self.asked, *pair) for pair in pairwise(reversed(chain)))
            for finding in self._on(role, chain[-1]):
                of = f" ({quoted(finding.thing.column)})" if finding.thing.column else ""
                for route in finding.routes:
                    yield _through(Way.DEFINER, f"{self.privilege}{of} on {steps}", route), finding.lacks

    def _on(self, role: Role, top: Thing) -> list[Finding]:
        """Of columns where it hasn't all of it."""
        whole = self.asked.finding(role, self.privilege, top)
        if whole is not None:
            return [whole]
        columns = self.asked.columns.get(top.oid, ())
        return [found for column in columns if (found := self.asked.finding(role, self.privilege, column))]

    def _functions(self, role: Role) -> Iterator[_Found]:
        for function in self.asked.definers if self.every_function else self.asked.kinds_of_definers:
            if function.owner in self._owners and (finding := self.asked.finding(role, "EXECUTE", function)):
                owner = quoted(self.asked.catalog.roles[function.owner].name)
                words = f"EXECUTE on {function.shown}, which has the rights of {owner}"
                for route in finding.routes:
                    yield _through(Way.CODE, words, route), finding.lacks

    @cached_property
    def _chains(self) -> list[list[Thing]]:
        """From the thing to views over it and views over these: to each the shortest, for there can be very many."""
        start = self.asked.tables.get(self.thing.oid) if self.thing.kind in _RELATION else None
        chains, seen = [[start]] if start else [], {self.thing.oid}
        for below in chains:  # which grows
            for over in self._over(below):
                if over.oid not in seen:
                    seen.add(over.oid)
                    chains.append([*below, over])
        return chains[1:]

    def _over(self, below: list[Thing]) -> Iterator[Thing]:
        """Views over the last of `below` whose owner has the privilege on it."""
        column = self.thing.number if len(below) == 1 else 0
        for view in self.asked.views.get(below[-1].oid, ()):
            over = self.asked.tables.get(view.oid)
            if over is None or self.privilege not in view.passes or not view.names(column):
                continue
            if not view.as_owner or self.asked.anywhere(over.owner, self.privilege, below[-1]):
                yield over

    @cached_property
    def _owners(self) -> set[int]:
        """Those of functions who come to it: by a right, a view, or a function of such an owner."""
        definers = self.asked.kinds_of_definers
        owners = {function.owner for function in definers}
        ends = [self.thing, *(chain[-1] for chain in self._chains)]
        found = {owner for owner in owners for end in ends if self.asked.anywhere(owner, self.privilege, end)}
        for _ in owners:  # no chain of functions is longer
            open_to = [function for function in definers if function.owner in found]
            found |= {to for to in owners - found for f in open_to if "EXECUTE" in self.asked.held[to, f]}
        return found


def _through(way: Way, words: str, route: Route) -> Route:
    sentence, of_anybody = f"{words} ({route.sentence})", f"{words} ({route.of_anybody})"
    return Route(way, sentence, route.made_by, of_anybody=of_anybody)


def _step(asked: Asked, over: Thing, below: Thing) -> str:
    view = next(view for view in asked.views[below.oid] if view.oid == over.oid)
    name = f"{quoted(over.schema)}.{quoted(over.name)}"
    owner = quoted(asked.catalog.roles[over.owner].name)
    return f"view {name}, which has the rights of {owner}" if view.as_owner else f"table {name}, {view.words}"
