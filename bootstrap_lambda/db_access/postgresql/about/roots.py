"""Where to begin to look: the objects and roles that a plan's statements name. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    CreateSchema,
    DescribeRole,
    Grant,
    GrantDefault,
    GrantRole,
    OwnObject,
    OwnSchema,
    Plan,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
    lasting,
)
from db_access.plan.privileges import Kind
from db_access.postgresql.state import Current, Desired, Routine


@dataclass(frozen=True)
class Roots:
    schemas: set[str] = field(default_factory=set)
    relations: set[tuple[str, str]] = field(default_factory=set)
    """Schema and name, of types too: a type and a relation can't share one, but for a table's own."""
    routines: set[tuple[str, str]] = field(default_factory=set)
    """Without arguments: what is called alike can be called instead."""
    takers: set[str] = field(default_factory=set)
    """Roles that get or lose something: so does who is a member of them."""
    handed: set[str] = field(default_factory=set)
    """Roles of which somebody gets all that they have."""

    @classmethod
    def of(cls, plan: Plan, current: Current, desired: Desired) -> Self:
        roots = cls()
        roots.schemas.update(desired.declared)
        for change in lasting(plan):
            roots._add_objects(change)
            roots.takers.update(_takers(change))
            roots.handed.update(_handed(change, current))
        return roots

    def _add_objects(self, change: Change) -> None:
        match change:
            case Grant() | Revoke():
                self._add(change.target.kind, change.target.schema, change.target.names)
            case OwnObject():
                self._add(change.kind, change.schema, (change.name,))
            case OwnSchema():
                self.schemas.add(change.name)
            case _:
                pass

    def _add(self, kind: Kind, schema: str | None, names: tuple[str, ...]) -> None:
        if kind is Kind.SCHEMA:
            self.schemas.update(names)
        elif schema is not None:
            self.schemas.add(schema)
            for name in names:
                if isinstance(name, Routine):
                    self.routines.add((schema, name.parts[0]))
                else:
                    self.relations.add((schema, name))

    def parameters(self) -> dict[str, Any]:
        relations, routines = sorted(self.relations), sorted(self.routines)
        return {
            "schemas": sorted(self.schemas),
            "relation_schemas": [schema for schema, _ in relations],
            "relations": [name for _, name in relations],
            "routine_schemas": [schema for schema, _ in routines],
            "routines": [name for _, name in routines],
            "takers": sorted(self.takers),
            "handed": sorted(self.handed),
        }


def _takers(change: Change) -> Iterator[str]:
    match change:
        case Grant() | Revoke() | GrantDefault() | RevokeDefault():
            yield from change.grantees
        case GrantRole() | RevokeRole():
            yield change.member
        case CreateSchema() | OwnSchema() | OwnObject():
            yield change.owner
        case AlterRole() | DescribeRole():
            yield change.role.name
        case ActAs() | SetPassword():
            yield change.role
        case _:
            pass


def _handed(change: Change, current: Current) -> Iterator[str]:
    match change:
        case GrantRole():
            yield change.role
        case ActAs(acts_as=str(role)):
            yield role
        case AlterRole(role=role) if role.login and role.name in current.roles and not current.roles[role.name].login:
            yield role.name
        case DescribeRole(role=role) if role.name in current.roles:
            there = current.roles[role.name]
            if there.managed_by != role.managed_by or there.taken_from is not None:
                yield role.name
        case _:
            pass
