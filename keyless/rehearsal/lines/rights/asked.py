"""What PostgreSQL answers about each right, beside what the spec gives: of everything there is, so that nothing depends
on which few of it are tried out. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, LiteralString

from psycopg.sql import SQL, Composed, Identifier, Literal

from keyless.rehearsal.lines.rights.meaning import Meaning
from keyless.rehearsal.lines.rights.measured import DONE, REFUSED, Answer, Tried
from keyless.rehearsal.lines.rights.probes import Probe
from keyless_probe.rights.held import PASSED_ON, PRIVILEGES, Held
from keyless_probe.rights.things import Kind, Thing

_FUNCTIONS: Final[Mapping[Kind, LiteralString]] = {
    Kind.DATABASE: "has_database_privilege({}, {})",
    Kind.SCHEMA: "has_schema_privilege({}, {})",
    Kind.TABLE: "has_table_privilege({}, {})",
    Kind.SEQUENCE: "has_sequence_privilege({}, {})",
    Kind.FUNCTION: "has_function_privilege({}, {})",
}
_HOW: Final = "PostgreSQL says yes to"
_NO: Final = Answer(REFUSED, "PostgreSQL was asked, and says no")
_SHUT: Final = Answer(REFUSED, "PostgreSQL was asked, and says no to USAGE on the schema")
_NONE: Final = "3F000"
_YES: Final = Answer(DONE, "")
_MAINTAINS: Final = 170_000
"""The version of PostgreSQL that MAINTAIN came with."""


@dataclass(frozen=True)
class Asked:
    """Of one role, which a user's sessions act as."""

    meaning: Meaning
    role: str
    held: Sequence[Held]
    keys: frozenset[str]
    """Names of columns that somebody may read."""
    version: int
    """The server's."""

    def tried(self, done: Collection[Tried] = ()) -> Iterator[Tried]:
        """All but what was found out by doing it. A right on a column, or to pass one on, that the spec doesn't give is
        there only when it is held."""
        already = {_key(one.probe.thing, privilege) for one in done for privilege in one.probe.any_of}
        known = {_key(one.probe.thing, one.probe.column) for one in done if one.probe.any_of == {"SELECT"}}
        yield from (t for t in self._lacking() if _key(t.probe.thing, *t.probe.any_of) not in already)
        for one in self.held:
            if not self._extensions(one):
                yield from (t for t in self._whole(one) if _key(one.thing, *t.probe.any_of) not in already)
                yield from (t for t in self._columns(one) if t.can or _key(one.thing, t.probe.column) not in known)

    def checked(self, done: Tried) -> Tried:
        """A refusal by code of the database's own, which may raise what it likes, says nothing about the right."""
        if done.can is not False or not any(self._may(done.probe.thing, one) for one in done.probe.any_of):
            return done
        said = f"{done.answer.message}; and yet PostgreSQL says yes to the right"
        return replace(done, answer=Answer(f"{REFUSED}, by code of the database's own", said))

    def _may(self, thing: Thing, privilege: str) -> bool:
        found = (one for one in self.held if _key(one.thing, "") == _key(thing, ""))
        return any(self._answer(one, privilege in one.privileges).done for one in found)

    @property
    def extensions(self) -> int:
        """How many things aren't judged: an extension's maker answers for them."""
        return sum(self._extensions(one) for one in self.held)

    def _extensions(self, one: Held) -> bool:
        return one.extended and one.thing.owner not in self.meaning.makers(one.thing.schema)

    def _lacking(self) -> Iterator[Tried]:
        """The schemas that aren't there."""
        there = {one.thing.name for one in self.held if one.thing.kind is Kind.SCHEMA}
        for schema in self.meaning.schemas.keys() - there:
            thing, answer = Thing(Kind.SCHEMA, schema, schema, ""), Answer(_NONE, f"there is no schema {schema}")
            yield from (self._of(thing, privilege, "", answer) for privilege in PRIVILEGES[Kind.SCHEMA])

    def _whole(self, one: Held) -> Iterator[Tried]:
        for privilege in PRIVILEGES[one.thing.kind]:
            if privilege != "MAINTAIN" or self.version >= _MAINTAINS:
                yield self._of(one.thing, privilege, "", self._answer(one, privilege in one.privileges))
        if not self._owns(one.thing):
            yield from (self._of(one.thing, p, "", _YES) for p in sorted(one.privileges) if p.endswith(PASSED_ON))

    def _columns(self, one: Held) -> Iterator[Tried]:
        """Those that the spec may give, and each right that is held beyond those on the whole."""
        for column, privileges in one.columns.items():
            if column in self.keys:
                yield self._of(one.thing, "SELECT", column, self._answer(one, "SELECT" in privileges))
            if not self._owns(one.thing):
                beyond = privileges - one.privileges - ({"SELECT"} if column in self.keys else set())
                yield from (self._of(one.thing, p, column, self._answer(one, held=True)) for p in sorted(beyond))

    def _answer(self, one: Held, held: bool) -> Answer:
        if held and one.thing.kind not in (Kind.DATABASE, Kind.SCHEMA) and one.thing.schema not in self._doors:
            return _SHUT
        return _YES if held else _NO

    def _of(self, thing: Thing, privilege: str, column: str, answer: Answer) -> Tried:
        any_of = frozenset({privilege})
        probe = Probe(thing, column, any_of, _question(thing, privilege, column), how=_HOW)
        return Tried(probe, self._meant.allows(self.role, thing, column, any_of), answer)

    @cached_property
    def _meant(self) -> Meaning:
        return self.meaning.as_found(one.thing for one in self.held)

    def _owns(self, thing: Thing) -> bool:
        """Who owns a thing may pass on what there is on it."""
        return self._meant.owner(thing) == self.role

    @property
    def _doors(self) -> frozenset[str]:
        """Schemas that may be used."""
        schemas = (one for one in self.held if one.thing.kind is Kind.SCHEMA)
        return frozenset(one.thing.name for one in schemas if "USAGE" in one.privileges)


def _key(thing: Thing, of: str) -> tuple[str, str, str, str]:
    return thing.kind, thing.schema, thing.signature, of


def _question(thing: Thing, privilege: str, column: str) -> Composed:
    """As somebody could ask it by hand."""
    plain = thing.kind in (Kind.DATABASE, Kind.SCHEMA)
    arguments = f"({', '.join(thing.arguments)})" if thing.kind is Kind.FUNCTION else ""
    name = thing.name if plain else Identifier(thing.schema, thing.name).as_string(None) + arguments
    if column:
        return SQL("has_column_privilege({}, {}, {})").format(Literal(name), Literal(column), Literal(privilege))
    return SQL(_FUNCTIONS[thing.kind]).format(Literal(name), Literal(privilege))
