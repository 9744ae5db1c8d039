"""What the proof says, object by object: the spec's meaning with its violations applied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from psycopg import Connection

from db_access.postgresql import proof
from db_access.postgresql.desired import desired
from db_access.postgresql.proof.compare import ObjectClass, Violation
from db_access.spec import AccessSpec
from tests.conftest import MASTER
from tests.oracle.asking.things import Thing
from tests.oracle.meaning import Meaning, Right

_Place = tuple[str, str, str, str]
"""User, kind, schema and name."""


@dataclass
class Proven:
    meaning: Meaning
    extra: dict[_Place, set[Right]] = field(default_factory=dict)
    missing: dict[_Place, set[Right]] = field(default_factory=dict)
    amiss: list[str] = field(default_factory=list)
    """What the proof says of more or fewer objects than there are."""

    @classmethod
    def of(cls, connection: Connection[Any], spec: AccessSpec, meaning: Meaning, things: Sequence[Thing]) -> Self:
        proven = cls(meaning)
        for violation in proof.ask(connection, desired(spec, meaning.database, master=MASTER)).read():
            proven._add(violation, things)
        return proven

    def rights(self, name: str, thing: Thing) -> frozenset[Right]:
        place = (name, thing.kind, thing.schema, thing.name)
        meant = self.meaning.rights(name, thing)
        return (meant | frozenset(self.extra.get(place, ()))) - frozenset(self.missing.get(place, ()))

    def _add(self, violation: Violation, things: Sequence[Thing]) -> None:
        members = self._members(violation.of, things)
        if len(members) != violation.of.count:
            self.amiss.append(f"a class of {violation.of.count}, of which there are {len(members)}: {violation}")
        into = self.missing if violation.missing else self.extra
        for thing in members:
            rights = into.setdefault((violation.username, thing.kind, thing.schema, thing.name), set())
            found = {(violation.of.column or "", str(privilege)) for privilege in violation.privileges}
            rights |= found
            if violation.username not in self.meaning.grantees:
                continue  # the groups through which grants go: their rights are their members'
            if found & self.meaning.rights(violation.username, thing) != (found if violation.missing else set()):
                self.amiss.append(f"what the spec gives, or does not give, is said otherwise: {violation}")

    def _members(self, of: ObjectClass, things: Sequence[Thing]) -> list[Thing]:
        """What the class stands for: what is of one kind, schema, owner and ACL, named alone or not."""
        one = next(thing for thing in things if thing.kind == str(of.kind) and thing.oid == of.oid)
        alike = [
            thing
            for thing in things
            if (thing.kind, thing.schema, thing.owner, thing.acl) == (one.kind, one.schema, one.owner, one.acl)
            and (of.column is None or _of_column(thing, of.column) == _of_column(one, of.column))
        ]
        if of.kind == "type":
            alike = [thing for thing in alike if thing.form != "c" or thing.acl is not None or of.alone]
        if of.alone is not None:
            return [thing for thing in alike if thing.name == of.alone]
        return [thing for thing in alike if (thing.schema, thing.name) not in self._named]

    @property
    def _named(self) -> set[tuple[str, str]]:
        """What `only` names here, whoever has it."""
        found = set()
        for who in self.meaning.grantees.values():
            for grant in who.get("grants", []):
                if grant["database"] == self.meaning.database:
                    for name in grant.get("only", []):
                        schema = max((s for s in grant["schemas"] if name.startswith(f"{s}.")), key=len)
                        found.add((schema, name[len(schema) + 1 :]))
        return found


def _of_column(thing: Thing, column: str) -> tuple[bool, str | None]:
    return column in thing.columns, dict(thing.column_acls).get(column)
