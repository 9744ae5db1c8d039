"""What the access spec gives, read once more from docs/access-spec.md: by its own reading, so that a fault in the
engine's is seen. Pure.

A right is `(column, privilege)`: the column is empty for the whole of a thing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from db_access.spec import Access, AccessSpec, Grant, Grantee, Owner, User
from keyless_probe.rights.things import Kind, Thing

Right = tuple[str, str]
_TABLES: Final[Mapping[Access, tuple[str, ...]]] = MappingProxyType(
    {
        Access.READ_ONLY: ("SELECT",),
        Access.APPEND_ONLY: ("INSERT",),
        Access.WRITE_ONLY: ("INSERT", "UPDATE", "DELETE"),
        Access.READ_WRITE: ("SELECT", "INSERT", "UPDATE", "DELETE"),
        Access.OWNER: (),
    }
)
_DRAWS: Final = frozenset({Access.APPEND_ONLY, Access.WRITE_ONLY, Access.READ_WRITE})
"""Presets with USAGE on sequences."""
EVERYTHING: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {
        Kind.DATABASE: frozenset({"CONNECT", "CREATE", "TEMPORARY"}),
        Kind.SCHEMA: frozenset({"USAGE", "CREATE"}),
        Kind.TABLE: frozenset(
            {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
        ),
        Kind.SEQUENCE: frozenset({"USAGE", "SELECT", "UPDATE"}),
        Kind.FUNCTION: frozenset({"EXECUTE"}),
    }
)
"""What an owner may do with what is its own."""
_PREDEFINED: Final[Mapping[str, Mapping[Kind, frozenset[str]]]] = MappingProxyType(
    {
        "pg_read_all_data": {
            Kind.SCHEMA: frozenset({"USAGE"}),
            Kind.TABLE: frozenset({"SELECT"}),
            Kind.SEQUENCE: frozenset({"SELECT"}),
        },
        "pg_write_all_data": {
            Kind.SCHEMA: frozenset({"USAGE"}),
            Kind.TABLE: frozenset({"INSERT", "UPDATE", "DELETE"}),
            Kind.SEQUENCE: frozenset({"UPDATE"}),
        },
        "pg_maintain": {Kind.SCHEMA: frozenset({"USAGE"}), Kind.TABLE: frozenset({"MAINTAIN"})},
    }
)
"""postgresql.org, Predefined Roles. The others have no rights on these kinds."""
_PUBLICS: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {Kind.DATABASE: frozenset({"CONNECT", "TEMPORARY"}), Kind.FUNCTION: frozenset({"EXECUTE"})}
)
"""What everybody has where the spec leaves PUBLIC open (postgresql.org, Privileges, table 5.2)."""


@dataclass(frozen=True)
class Meaning:
    spec: AccessSpec
    database: str
    kept: Mapping[str, str] = field(default_factory=dict)
    """Owners that schemas keep, as the database has them."""

    @cached_property
    def schemas(self) -> dict[str, str]:
        """To their owners; to nobody, where a schema keeps its owner and nobody has said who that is."""
        here = self.spec.database(self.database).schemas
        return {schema.name: schema.named_owner or self.kept.get(schema.name, "") for schema in here}

    @cached_property
    def keeping(self) -> frozenset[str]:
        """Schemas that keep their owners, and in which everything stays whose it is."""
        return frozenset(s.name for s in self.spec.database(self.database).schemas if s.named_owner is None)

    def as_found(self, things: Iterable[Thing]) -> "Meaning":
        """With the owners of schemas that keep them."""
        found = {one.name: one.owner for one in things if one.kind is Kind.SCHEMA and one.name in self.keeping}
        return replace(self, kept=found)

    def makers(self, schema: str) -> tuple[str, ...]:
        """Whose the objects of a schema may be: of one that keeps its owner anybody's, besides."""
        return next(one for one in self.spec.database(self.database).schemas if one.name == schema).makers

    @cached_property
    def key_columns(self) -> frozenset[str]:
        """Names of columns that somebody may read of tables."""
        grants = (grant for grantee in self.spec.grantees for grant in self._grants(grantee))
        return frozenset(column for grant in grants for column in grant.key_columns)

    @property
    def open(self) -> bool:
        return self.spec.database(self.database).public == "open"

    @cached_property
    def _grantees(self) -> dict[str, Grantee]:
        return {grantee.name: grantee for grantee in self.spec.grantees}

    def acts_as(self, user: User) -> str:
        """The role that the user's sessions start as."""
        if owner := next((self.schemas[g.schemas[0]] for g in self._grants(user) if g.access is Access.OWNER), None):
            return owner
        roles = [values[0] for name, values in user.settings.items() if name.lower() == "role"]
        return roles[0] if roles and roles[0] != "none" else user.username

    def allows(self, role: str, thing: Thing, column: str, any_of: frozenset[str]) -> bool:
        """Whether sessions that act as `role` can do what any one of these privileges is enough for."""
        rights = self._rights(role, thing)
        enough = any((of, privilege) in rights for of in {"", column} for privilege in any_of)
        if not enough and not ("SELECT" in any_of and not column and _each_column(rights, thing)):
            return False
        return thing.kind in (Kind.DATABASE, Kind.SCHEMA) or self._door(role, thing.schema)

    def _door(self, role: str, schema: str) -> bool:
        """Who may not use a schema can do nothing with what is in it."""
        return ("", "USAGE") in self._rights(role, Thing(Kind.SCHEMA, schema, schema, self.schemas[schema]))

    def _rights(self, role: str, thing: Thing) -> frozenset[Right]:
        publics = _whole(_PUBLICS.get(thing.kind, frozenset())) if self.open else frozenset()
        own = _whole(EVERYTHING[thing.kind]) if self.owner(thing) == role else frozenset()
        acting = _whole(self._of_acting(role)) if thing.kind is Kind.DATABASE else frozenset()
        return publics | own | acting | self._of_grantee(role, thing)

    def owner(self, thing: Thing) -> str:
        """Whose it must be. One of a creator is that creator's; whatever else the database says is not the spec's, but
        where a schema keeps its owner."""
        if thing.kind is Kind.DATABASE:
            return ""
        if thing.schema in self.keeping:
            return thing.owner
        makers = self.makers(thing.schema)
        return thing.owner if thing.kind is not Kind.SCHEMA and thing.owner in makers else makers[0]

    def _of_grantee(self, role: str, thing: Thing) -> frozenset[Right]:
        """Its own rights and those of the groups that it inherits from."""
        if role in _PREDEFINED:
            return _whole(_PREDEFINED[role].get(thing.kind, frozenset()))
        if role not in self._grantees:
            return frozenset()
        grantee = self._grantees[role]
        inherited = (self._of_grantee(group.name, thing) for group in grantee.groups if group.inherit)
        return frozenset(self._given(grantee, thing)).union(*inherited)

    def _of_acting(self, owner: str) -> frozenset[str]:
        """On the database, what its users bring an owner that they act as."""
        acting = (u for u in self.spec.users if u.username != owner and self.owner_of(u) == owner)
        return frozenset[str]().union(*(self._on_database(user) for user in acting)) - {"CONNECT"}

    def owner_of(self, user: User) -> str | None:
        """Whom its sessions act as by `access: owner`."""
        return next((self.schemas[g.schemas[0]] for g in self._grants(user) if g.access is Access.OWNER), None)

    def _grants(self, grantee: Grantee) -> list[Grant]:
        return [grant for grant in grantee.grants if grant.database == self.database]

    def _given(self, grantee: Grantee, thing: Thing) -> Iterator[Right]:
        if thing.kind is Kind.DATABASE:
            given = self._on_database(grantee)
            acting = isinstance(grantee, User) and self.owner_of(grantee) is not None
            yield from _whole(given & {"CONNECT"} if acting else given)
            return
        for grant in self._grants(grantee):
            if thing.schema in grant.schemas and grant.access is not Access.OWNER:
                yield from _by(grant, thing)

    def _on_database(self, grantee: Grantee) -> frozenset[str]:
        grants = self._grants(grantee)
        here = bool(grants) or self.database in grantee.databases
        if isinstance(grantee, Owner):
            named = (owner for schema, owner in self.schemas.items() if schema not in self.keeping)
            here = here or grantee.name in named
        if not here:
            return frozenset()
        beyond = (privilege for grant in grants for privilege in grant.database_privileges)
        return frozenset({*grantee.privileges, *beyond})


def _each_column(rights: frozenset[Right], thing: Thing) -> bool:
    """Whether it may be read column by column: then all of it may."""
    return bool(thing.columns) and all((column.name, "SELECT") in rights for column in thing.columns)


def _whole(privileges: frozenset[str]) -> frozenset[Right]:
    return frozenset(("", privilege) for privilege in privileges)


def _by(grant: Grant, thing: Thing) -> Iterator[Right]:
    """By one grant, in a schema of its own."""
    if thing.kind is Kind.SCHEMA:
        yield from (("", privilege) for privilege in grant.schema_privileges)
        return
    if grant.only and not any(_names(name, thing, grant.schemas) for name in grant.only):
        return
    yield from (("", privilege) for privilege in _privileges(grant, thing.kind))
    if thing.kind is Kind.TABLE:
        yield from ((column, "SELECT") for column in grant.key_columns)


def _privileges(grant: Grant, kind: Kind) -> tuple[str, ...]:
    match kind:
        case Kind.TABLE:
            return _TABLES[grant.access] if grant.access else grant.tables
        case Kind.SEQUENCE:
            return (("USAGE",) if grant.access in _DRAWS else ()) if grant.access else grant.sequences
        case _:
            return () if grant.access else grant.functions


def _names(name: str, thing: Thing, schemas: tuple[str, ...]) -> bool:
    """Names have dots: of the schemas that `name` can begin with, the longest is meant."""
    inside = max((s for s in schemas if name.startswith(f"{s}.")), key=len, default="")
    return inside == thing.schema and name == f"{inside}.{thing.signature}"
