"""What PostgreSQL has answered at one moment: whether a role can use a privilege, and by which routes it has it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from psycopg import Connection

from db_access.wording import quoted
from keyless.effective import catalog as catalogs
from keyless.effective.catalog import Catalog, Held, Role, View
from keyless.effective.routes import Chains, Path, Route, Routes, Way
from keyless.effective.statements import question
from keyless.effective.things import COLUMN, Thing
from keyless_probe.rights.things import Kind


@dataclass(frozen=True)
class Finding:
    """That a role has a privilege, or reaches by something else what the privilege is for."""

    role: str
    privilege: str
    thing: Thing
    routes: tuple[Route, ...]
    lacks: tuple[str, ...] = ()
    """Without which the privilege is of no use; empty where it can be used."""
    asked: str = ""
    """What PostgreSQL answers with true; empty where the role hasn't the privilege itself."""

    @property
    def directly(self) -> bool:
        """Whether the role has it on the thing itself."""
        return any(route.way not in (Way.DEFINER, Way.CODE) for route in self.routes)

    @property
    def certain(self) -> bool:
        """Whether PostgreSQL says that it can."""
        return not self.lacks and any(route.way is not Way.CODE for route in self.routes)


@dataclass(frozen=True)
class Asked:
    """The answers of one moment."""

    catalog: Catalog
    chains: Chains
    held: Held

    @classmethod
    def of(cls, connection: Connection[Any], catalog: Catalog, roles: Iterable[Role], things: Iterable[Thing]) -> Self:
        """Of these roles and all that they may act as, on these things and what they are in."""
        chains = Chains(catalog)
        asked = {path[-1] for role in roles for path in chains.acting(role.oid)} | {view.owner for view in things}
        inside = {thing.schema for thing in things}
        places = [t for t in catalog.things if t.kind == Kind.DATABASE or (t.kind == Kind.SCHEMA and t.name in inside)]
        return cls(catalog, chains, catalogs.held(connection, asked, [*{*things, *places}]))

    def finding(self, role: Role, privilege: str, thing: Thing) -> Finding | None:
        """None: it has no such right, as whatever it acts."""
        ways = [path for path in self.acting(role) if privilege in self.held[path[-1], thing]]
        if not ways:
            return None
        usable = [path for path in ways if self._enters(path[-1], thing)]
        routes = [route for path in usable or ways for route in self._routes(path, privilege, thing)]
        lacks = (*self._outside(role), *([] if usable else [f"USAGE on schema {quoted(thing.schema)}"]))
        holder = self.catalog.roles[(usable or ways)[0][-1]].name
        return Finding(
            role.name, privilege, thing, tuple(dict.fromkeys(routes)), lacks, question(holder, privilege, thing)
        )

    def acting(self, role: Role) -> Sequence[Path]:
        """As itself first."""
        return self.chains.acting(role.oid)

    def anywhere(self, role: int, privilege: str, thing: Thing) -> bool:
        """Whether it has it on the thing or on a column, without a SET ROLE."""
        return any(privilege in self.held[role, place] for place in (thing, *self.columns.get(thing.oid, ())))

    def _routes(self, acting: Path, privilege: str, thing: Thing) -> Iterator[Route]:
        routes = Routes(self.catalog, self.chains)
        yield from routes.of(acting, privilege, thing)
        if thing.kind == COLUMN and not self.catalog.roles[acting[-1]].superuser:
            yield from routes.of(acting, privilege, self.tables[thing.oid])

    def _enters(self, role: int, thing: Thing) -> bool:
        return not thing.schema or "USAGE" in self.held[role, self.schemas[thing.schema]]

    def _outside(self, role: Role) -> Iterator[str]:
        if not role.login:
            yield "LOGIN"
        if role.limit == 0 and not role.superuser:
            yield "a CONNECTION LIMIT above 0"
        if "CONNECT" not in self.held[role.oid, self.database]:
            yield f"CONNECT on database {quoted(self.database.name)}"

    @cached_property
    def schemas(self) -> dict[str, Thing]:
        return {thing.name: thing for thing in self.catalog.things if thing.kind == Kind.SCHEMA}

    @cached_property
    def tables(self) -> dict[int, Thing]:
        return {thing.oid: thing for thing in self.catalog.things if thing.kind == Kind.TABLE}

    @cached_property
    def columns(self) -> dict[int, list[Thing]]:
        """By table, those that have rights of their own."""
        found: dict[int, list[Thing]] = {}
        for thing in self.catalog.things:
            if thing.kind == COLUMN:
                found.setdefault(thing.oid, []).append(thing)
        return found

    @cached_property
    def views(self) -> dict[int, list[View]]:
        """By what is below them."""
        found: dict[int, list[View]] = {}
        for view in self.catalog.views:
            found.setdefault(view.base, []).append(view)
        return found

    @cached_property
    def definers(self) -> list[Thing]:
        """Functions that run with their owner's rights."""
        return [t for t in self.catalog.things if t.kind == Kind.FUNCTION and t.oid in self.catalog.definers]

    @cached_property
    def kinds_of_definers(self) -> list[Thing]:
        """One of all that are alike."""
        return list({function.alike: function for function in self.definers}.values())

    @cached_property
    def database(self) -> Thing:
        return next(thing for thing in self.catalog.things if thing.kind == Kind.DATABASE)
