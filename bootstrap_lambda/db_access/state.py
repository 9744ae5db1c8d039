"""What a database's access looks like: the one type for what should be (`desired`) and what is (`catalog`).

Values only. Objects are grouped by equal ACL, so that the size of a state follows the catalog's
variety and not tables times users.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    DATABASE = "database"
    SCHEMA = "schema"
    TABLE = "table"
    """Whatever GRANT … ON TABLE reaches: tables, partitioned and foreign tables, views."""
    SEQUENCE = "sequence"
    FUNCTION = "function"
    """Functions, procedures and aggregates of a schema, always taken together."""


Privileges = frozenset[Privilege]
Acl = Mapping[str, Privileges]
"""Grantee to privileges; without the owner's own. In a desired state, PUBLIC is absent where it is nobody's business."""


@dataclass(frozen=True)
class Role:
    name: str
    login: bool = False
    inherit: bool = True
    connection_limit: int = -1
    acts_as: str | None = None
    """The role that sessions in this database start as (ALTER ROLE … IN DATABASE … SET role)."""
    description: str = ""
    managed_by: str | None = None
    elevated: frozenset[str] = frozenset()
    """Attributes that bypass grants: SUPERUSER, CREATEROLE, CREATEDB, REPLICATION, BYPASSRLS."""
    used_elsewhere: bool = False
    """Has CONNECT on another database of the cluster. Known of a current state only."""


@dataclass(frozen=True)
class Membership:
    role: str
    member: str
    inherit: bool | None = True
    """None in a current state before PostgreSQL 16, where the member's INHERIT attribute decides."""
    admin: bool = False


@dataclass(frozen=True)
class Objects:
    """Objects of one kind and schema that share an owner and an ACL.

    `names` is empty in a desired state (all of that kind in the schema) and for functions.
    `columns` is not empty when the ACL is that of columns: then `names` is the one table.
    """

    kind: Kind
    schema: str | None
    names: tuple[str, ...]
    acl: Acl
    owner: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class DefaultKey:
    """Whose future objects, where (None: in every schema), of which kind."""

    creator: str
    schema: str | None
    kind: Kind


@dataclass(frozen=True)
class State:
    roles: Mapping[str, Role]
    memberships: frozenset[Membership]
    schemas: Mapping[str, str]
    """Schema to owner."""
    objects: tuple[Objects, ...]
    defaults: Mapping[DefaultKey, Acl]
