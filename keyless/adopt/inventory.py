"""Which roles and schemas a database has, and which of them a spec could speak of at all. Reads catalogs only."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.postgresql import mark
from db_access.postgresql.others import built_in
from db_access.postgresql.planning.reach import OWNER_OF_THE_DATABASE
from db_access.spec.model import forms
from db_access.spec.model.kept import nameable_owner
from db_access.spec.model.names import role_name

_ROLES: Final[LiteralString] = """
SELECT rolname::text, rolcanlogin, shobj_description(oid, 'pg_authid') FROM pg_roles
WHERE NOT rolsuper AND rolname <> current_user ORDER BY rolname
"""
_SCHEMAS: Final[LiteralString] = """
SELECT nspname::text, pg_get_userbyid(nspowner)::text FROM pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname
"""
_DATABASE: Final[LiteralString] = """
SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()
"""
_SETTINGS: Final[LiteralString] = "SELECT lower(name) FROM pg_settings WHERE name LIKE '%.%'"
_OWNERS: Final = f"a role of the spec, the master, or {OWNER_OF_THE_DATABASE} in a database that belongs to the master"
_DESCRIBED: Final = 1000
"""Characters of a description that a spec takes."""


@dataclass(frozen=True)
class Found:
    """A role that is neither a superuser nor who is connected, nor PostgreSQL's or RDS's own."""

    name: str
    login: bool
    description: str = ""
    managed_by: str | None = None

    def refused(self, manager: str) -> str | None:
        """Why the spec of `manager` can't declare it, if it can't."""
        try:
            role_name(self.name)
        except ValueError as error:
            return str(error)
        if self.managed_by not in (None, manager):
            return f"it is managed by {self.managed_by!r}"
        if set(self.description) & set("[]\0") or len(self.description) > _DESCRIBED:
            return f"its comment is none that a description can be; allowed: {forms.IN_WORDS[forms.DESCRIPTION]}"
        return None


@dataclass(frozen=True)
class Inventory:
    database: str
    master: str
    """Who is connected."""
    roles: Mapping[str, Found]
    schemas: Mapping[str, str]
    """To their owners."""
    settings: Set[str]
    """Names with a dot that PostgreSQL knows, in small letters: those of its extensions that are loaded."""
    database_owner: str

    def named(self, owner: str, included: Set[str]) -> bool:
        """Whether a spec that declares `included` can name it as the owner of a schema."""
        return owner in included and not self.roles[owner].login and nameable_owner(owner)

    def kept(self, owner: str, included: Set[str]) -> bool:
        """Whether such a spec can say of the owner's schemas that they keep it, and not who it is."""
        if owner == OWNER_OF_THE_DATABASE:
            return self.database_owner == self.master
        return owner == self.master or (owner in included and not self.named(owner, included))

    def undeclarable(self, declared: Set[str], left: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Each schema that is not among `declared`, and why. `left`: what is known of some."""
        for schema, owner in self.schemas.items():
            if schema not in declared:
                yield schema, left.get(schema) or f"it belongs to {owner!r}, {self._wrong(owner)}; allowed: {_OWNERS}"

    def _wrong(self, owner: str) -> str:
        if owner == OWNER_OF_THE_DATABASE:
            return f"which is {self.database_owner!r}, whose the database is"
        if built_in(owner):
            return "which is PostgreSQL's or RDS's own"
        if owner not in self.roles:
            return "a superuser"
        return "which the spec doesn't declare"


def read(connection: Connection[Any]) -> Inventory:
    roles = (_found(*row) for row in connection.execute(_ROLES).fetchall())
    return Inventory(
        database=connection.info.dbname,
        master=connection.info.user,
        roles={role.name: role for role in roles if not built_in(role.name)},
        schemas=dict(connection.execute(_SCHEMAS).fetchall()),
        settings={name for (name,) in connection.execute(_SETTINGS).fetchall()},
        database_owner=next((name for (name,) in connection.execute(_DATABASE).fetchall()), ""),
    )


def _found(name: str, login: bool, comment: str | None) -> Found:
    marked = mark.parse(comment)
    return Found(name, login, marked.description, marked.managed_by)
