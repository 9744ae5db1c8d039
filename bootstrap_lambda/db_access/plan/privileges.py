"""The words of PostgreSQL's access rights: privileges, what they are held on, and who holds which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

PUBLIC: Final = ""
"""The grantee that stands for everybody. No role can have an empty name."""


class Privilege(StrEnum):
    """PostgreSQL's privilege types (postgresql.org, Privileges, table 5.2)."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    REFERENCES = "REFERENCES"
    TRIGGER = "TRIGGER"
    MAINTAIN = "MAINTAIN"
    USAGE = "USAGE"
    CREATE = "CREATE"
    CONNECT = "CONNECT"
    TEMPORARY = "TEMPORARY"
    EXECUTE = "EXECUTE"


class Kind(StrEnum):
    """What privileges are held on."""

    DATABASE = "database"
    SCHEMA = "schema"
    TABLE = "table"
    """Whatever GRANT … ON TABLE reaches: tables, partitioned and foreign tables, views."""
    SEQUENCE = "sequence"
    FUNCTION = "function"
    """Functions, procedures and aggregates, each named with its argument types: `answer(integer)`."""
    TYPE = "type"
    """Base, enum, range and composite types and domains; not the row types of tables."""

    @property
    def in_schema(self) -> bool:
        """Whether schemas contain it: then it has an owner of its own, and default privileges are for future ones."""
        match self:
            case Kind.DATABASE | Kind.SCHEMA:
                return False
            case Kind.TABLE | Kind.SEQUENCE | Kind.FUNCTION | Kind.TYPE:
                return True
            case _:
                assert_never(self)

    @property
    def locked(self) -> bool:
        """Whether a locked PUBLIC has nothing on it. Types stay usable: nothing can be done with one alone."""
        match self:
            case Kind.DATABASE | Kind.SCHEMA | Kind.TABLE | Kind.SEQUENCE | Kind.FUNCTION:
                return True
            case Kind.TYPE:
                return False
            case _:
                assert_never(self)


IN_SCHEMAS: Final = tuple(kind for kind in Kind if kind.in_schema)
"""Tables come first: when a table changes hands, the sequences of its serial columns go along."""


@dataclass(frozen=True, order=True)
class DefaultKey:
    """Whose future objects, where (None: in every schema), of which kind."""

    creator: str
    schema: str | None
    kind: Kind


Privileges = frozenset[Privilege]
Acl = Mapping[str, Privileges]
"""Grantee to privileges; without the owner's own."""


def without(acl: Acl, owner: str) -> Acl:
    """`acl` as that of something of `owner`."""
    return {who: has for who, has in acl.items() if who != owner} if owner in acl else acl
