"""What the access spec gives on MySQL and MariaDB, read once more from docs/access-spec.md#on-mysql-and-mariadb: by its
own reading, so that a fault in the engine's is seen. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from db_access.spec import Access, AccessSpec, Grant, Group, Owner, User
from db_access.spec.model.names import split_object
from keyless_probe.rights.things import Kind, Thing

_DATA: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
_PRESETS: Final = {
    Access.READ_ONLY: ("SELECT",),
    Access.APPEND_ONLY: ("INSERT",),
    Access.WRITE_ONLY: ("INSERT", "UPDATE", "DELETE"),
    Access.READ_WRITE: _DATA,
    Access.OWNER: (
        *(*_DATA, "CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE"),
        *("ALTER ROUTINE", "EXECUTE", "EVENT", "LOCK TABLES", "CREATE TEMPORARY TABLES"),
    ),
}
LOCKED: Final = "locked"
"""Part of the words that refuse a locked account."""


class Right(NamedTuple):
    privilege: str
    schema: str
    table: str = ""
    """Empty: every one, future ones too."""
    column: str = ""
    """In lower case, as MySQL compares columns. Empty: the whole."""


@dataclass(frozen=True)
class Meaning:
    spec: AccessSpec
    database: str
    """A name for a group of schemas; there is nothing of it on the server."""

    @cached_property
    def schemas(self) -> tuple[str, ...]:
        return tuple(schema.name for schema in self.spec.database(self.database).schemas)

    @cached_property
    def declared(self) -> frozenset[str]:
        """Schemas of all databases: users log in to the server."""
        return frozenset(schema.name for database in self.spec.databases for schema in database.schemas)

    @cached_property
    def key_columns(self) -> frozenset[str]:
        grants = (grant for grantee in self.spec.grantees for grant in grantee.grants)
        return frozenset(column.lower() for grant in grants for column in grant.key_columns)

    @cached_property
    def _known(self) -> dict[str, frozenset[Right]]:
        return {}

    def rights(self, user: User) -> frozenset[Right]:
        """With those of its groups, and of the owners of schemas that it has by `access: owner`."""
        if user.username not in self._known:
            holders: list[User | Group | Owner] = [user, *self._owners(user)]
            self._known[user.username] = frozenset(right for one in holders for right in self._of(one))
        return self._known[user.username]

    def groups(self, holder: User | Group | Owner) -> frozenset[str]:
        """By any chain."""
        return frozenset(group.name for group in self._groups(holder))

    def allows(self, user: User, thing: Thing, column: str, needs: Iterable[str]) -> bool:
        """Whether it has all these privileges on the thing, or on the column of it."""
        return all(self._has(self.rights(user), thing, column.lower(), privilege) for privilege in needs)

    def _has(self, rights: frozenset[Right], thing: Thing, column: str, privilege: str) -> bool:
        if Right(privilege, thing.schema) in rights:
            return True
        if thing.kind is not Kind.TABLE:
            return False
        if Right(privilege, thing.schema, thing.name) in rights:
            return True
        columns = [column] if column else [one.name.lower() for one in thing.columns]
        tables = ("", thing.name)
        return bool(columns) and all(
            any(Right(privilege, thing.schema, table, one) in rights for table in tables) for one in columns
        )

    def _owners(self, user: User) -> Iterator[Owner]:
        named = {schema.name: schema.named_owner for one in self.spec.databases for schema in one.schemas}
        acting = {named[schema] for g in user.grants if g.access is Access.OWNER for schema in g.schemas}
        return (owner for owner in self.spec.owners if owner.name in acting)

    def _of(self, holder: User | Group | Owner) -> Iterator[Right]:
        for one in (holder, *self._groups(holder)):
            for grant in one.grants:
                yield from _given(grant)

    def _groups(self, holder: User | Group | Owner) -> Iterator[Group]:
        by_name = {group.name: group for group in self.spec.groups}
        for membership in holder.groups:
            yield by_name[membership.name]
            yield from self._groups(by_name[membership.name])


def lets_in(user: User) -> str:
    """Why the server must not let the user in: part of its own words; empty when it must."""
    return "" if user.logs_in else LOCKED


def _given(grant: Grant) -> Iterator[Right]:
    named = [found for name in grant.only if (found := split_object(name, grant.schemas))]
    places = named if grant.only else [(schema, "") for schema in grant.schemas]
    for schema, table in places:
        yield from (Right(privilege, schema, table) for privilege in _on_tables(grant))
        yield from (Right("SELECT", schema, table, column.lower()) for column in grant.key_columns)
    for schema in grant.schemas:
        yield from (Right(privilege, schema) for privilege in grant.functions)
        if "CREATE" in grant.schema_privileges:
            yield Right("CREATE", schema)


def _on_tables(grant: Grant) -> tuple[str, ...]:
    return _PRESETS[grant.access] if grant.access else grant.tables
