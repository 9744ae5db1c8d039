"""What the words of a spec mean on this family: from docs/access-spec.md alone, with nothing of the engine's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from db_access.spec import AccessSpec
from db_access.spec.model.grants import Grant
from db_access.spec.model.users import Group, Owner, User

PRESETS: Final = {
    "read_only": ("SELECT",),
    "append_only": ("INSERT",),
    "write_only": ("INSERT", "UPDATE", "DELETE"),
    "read_write": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "owner": (
        *("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "INDEX", "REFERENCES", "TRIGGER", "CREATE VIEW"),
        *("SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "EVENT", "LOCK TABLES", "CREATE TEMPORARY TABLES"),
    ),
}


@dataclass(frozen=True)
class Right:
    privilege: str
    schema: str
    table: str | None = None
    """None: on every one."""
    column: str | None = None


@dataclass(frozen=True)
class Rights:
    all: frozenset[Right] = frozenset()

    def has(self, privilege: str, schema: str, table: str | None = None) -> bool:
        wider = Right(privilege, schema)
        return wider in self.all or (table is not None and Right(privilege, schema, table) in self.all)

    def reads(self, schema: str, table: str, column: str) -> bool:
        """MySQL's columns differ by more than case."""
        columns = {
            right.column.lower()
            for right in self.all
            if right.column and right.schema == schema and right.table in (None, table)
        }
        return column.lower() in columns or self.has("SELECT", schema, table)

    def __or__(self, other: "Rights") -> "Rights":
        return Rights(self.all | other.all)

    def __le__(self, other: "Rights") -> bool:
        return self.all <= other.all


def of_user(spec: AccessSpec, user: User) -> Rights:
    """With all that its groups have, and the owners as whom it acts."""
    owners = {schema.name: schema.named_owner for database in spec.databases for schema in database.schemas}
    acts_as = {owners[name] for grant in user.grants if grant.access == "owner" for name in grant.schemas}
    held: list[User | Owner] = [user, *(owner for owner in spec.owners if owner.name in acts_as)]
    return Rights(frozenset(right for each in held for right in _held(spec, each)))


def groups_of(spec: AccessSpec, user: User) -> set[str]:
    """By any chain."""
    return {group.name for group in _groups(spec, user)}


def _held(spec: AccessSpec, holder: User | Group | Owner) -> Iterator[Right]:
    for each in (holder, *_groups(spec, holder)):
        for grant in each.grants:
            yield from _of_grant(grant)


def _groups(spec: AccessSpec, holder: User | Group | Owner) -> Iterator[Group]:
    by_name = {group.name: group for group in spec.groups}
    for membership in holder.groups:
        yield by_name[membership.name]
        yield from _groups(spec, by_name[membership.name])


def _of_grant(grant: Grant) -> Iterator[Right]:
    words: Iterable[str] = PRESETS[grant.access] if grant.access else grant.tables
    for schema in grant.schemas:
        tables = [name.removeprefix(f"{schema}.") for name in grant.only if _schema(grant, name) == schema]
        places = tables if grant.only else [None]
        yield from (Right(word, schema, table) for word in words for table in places)
        yield from (Right("SELECT", schema, table, column) for column in grant.key_columns for table in places)
        yield from (Right(word, schema) for word in grant.functions)
        if "CREATE" in grant.schema_privileges:
            yield Right("CREATE", schema)


def _schema(grant: Grant, name: str) -> str:
    return max((schema for schema in grant.schemas if name.startswith(f"{schema}.")), key=len)
