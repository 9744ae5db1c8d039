"""What a database's access looks like: the one type for what should be (`desired`) and what is (`catalog`).

Values only. Objects are grouped by equal ACL, so that the size of a state follows the catalog's
variety and not tables times users.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db_access.plan.privileges import PUBLIC, Acl, Kind, Privilege, Privileges
from db_access.spec.model.settings import Settings

__all__ = [
    "PUBLIC",
    "Acl",
    "DefaultKey",
    "Given",
    "Kind",
    "Membership",
    "Objects",
    "Privilege",
    "Privileges",
    "Role",
    "Routine",
    "State",
]


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
    valid_until: datetime | None = None
    settings: Settings = frozenset()
    """What the role's sessions start with in every database."""
    settings_here: Settings = frozenset()
    """Of a current state: what they start with in this database only, `role` aside. No spec asks for any."""
    password_version: str | None = None
    """Which version of its secret the password comes from; None: the engine gave it no password."""
    own_password: bool = False
    """Of a desired state: has a password whose secret this run doesn't know, and which it therefore leaves as it is."""
    adopt: bool = False
    """Of a desired state: take the role over where nobody manages it."""
    in_the_way: tuple[str, ...] = ()
    """Of a current state, and of roles to drop only: what the role still owns or holds, that a plan here doesn't
    take."""
    oid: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Membership:
    role: str
    member: str
    inherit: bool | None = True
    """None in a current state before PostgreSQL 16, where the member's INHERIT attribute decides."""
    admin: bool = False
    set: bool | None = True
    """Whether the member can SET ROLE; None in a current state before PostgreSQL 16, where it always can."""


@dataclass(frozen=True)
class Given:
    """A grant by somebody else than the owner, who alone can take it back."""

    grantor: str
    grantee: str
    privileges: Privileges


class Routine(str):
    """The name of a function, as `answer(integer)`, that remembers what DDL needs to name it."""

    parts: tuple[str, tuple[tuple[str, str], ...]]
    """Name, and schema and name of each argument's type."""

    @classmethod
    def of(cls, signature: str, name: str, types: Iterable[Sequence[str]]) -> "Routine":
        routine = cls(signature)
        routine.parts = name, tuple((schema, type_) for schema, type_ in types)
        return routine


@dataclass(frozen=True)
class Objects:
    """Objects of one kind and schema that share an owner and an ACL.

    In a desired state no names mean all of that kind in the schema, and with names the ACL is what those have beyond
    it. With columns the ACL is that of the columns of these names, in the tables that `names` says.
    """

    kind: Kind
    schema: str | None
    names: tuple[str, ...]
    acl: Acl
    owner: str = ""
    columns: tuple[str, ...] = ()
    options: Acl = field(default_factory=dict)
    """What is held with the right to pass it on. Of a current state."""
    given: tuple[Given, ...] = ()
    """Grants that don't come from the owner, to or by roles of ours. Of a current state."""


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
    drop: frozenset[str] = frozenset()
    """Of a desired state: retired roles that are to be dropped once nothing is in the way."""
    databases: frozenset[str] = frozenset()
    """Of a desired state: every database that the spec declares, this one among them."""
    other_memberships: frozenset[tuple[str, str]] = frozenset()
    """Of a current state: the rest of the cluster's memberships, as role and member, by which a login may come to a
    role of ours."""
    logins: frozenset[str] = frozenset()
    """Of a current state: the master and whoever is a member of anything, where they can log in; no superusers."""
    membership_options: bool = True
    """Whether memberships have inherit and set options of their own: of a current state before PostgreSQL 16, False."""
    maintain: bool = True
    """Whether PostgreSQL knows the privilege MAINTAIN: of a current state before 17, False."""
    default_options: Mapping[DefaultKey, Acl] = field(default_factory=dict)
    """What future objects would give with the right to pass it on. Of a current state."""
