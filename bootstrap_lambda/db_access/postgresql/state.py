"""What a database's access looks like: what a spec asks for (`Desired`) and what PostgreSQL has (`Current`).

Two types over a shared one, so that neither is taken for the other. Values only. Objects are grouped by equal ACL,
so that the size of a state follows the catalog's variety and not tables times users.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from db_access.plan.privileges import Acl, DefaultKey, Kind, Privileges
from db_access.plan.roles import Role
from db_access.postgresql.others import OtherGrant, Stranger
from db_access.spec.model.settings import Settings

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands in text from the catalogs before the digits of each byte that is no UTF-8. What has it in its name can't be
named in a statement."""


@dataclass(frozen=True)
class DesiredRole(Role):
    keeps_password: bool = False
    """It has a password whose secret this run doesn't know, and which it therefore leaves as it is."""
    adopt: bool = False
    """Take the role over where nobody manages it."""


@dataclass(frozen=True)
class CurrentRole(Role):
    elevated: frozenset[str] = frozenset()
    """Attributes that bypass grants: SUPERUSER, CREATEROLE, CREATEDB, REPLICATION, BYPASSRLS."""
    used_elsewhere: bool = False
    """Has CONNECT on another database of the cluster."""
    settings_here: Settings = frozenset()
    """What its sessions start with in this database only, `role` aside. No spec asks for any."""
    in_the_way: tuple[str, ...] = ()
    """Of roles to drop only: what the role still owns or holds, that a plan here doesn't take."""
    taken_from: str | None = None
    """Who has managed it until now, where the spec takes it over: the mark is still theirs."""
    oid: int = field(default=0, compare=False)
    sessions: int | None = field(default=None, compare=False)
    """How many it has open in the whole cluster."""


@dataclass(frozen=True)
class Membership:
    role: str
    member: str
    inherit: bool | None = True
    """None: PostgreSQL before 16, where the member's INHERIT attribute decides."""
    admin: bool = False
    set: bool | None = True
    """Whether the member can SET ROLE; None: PostgreSQL before 16, where it always can."""


@dataclass(frozen=True)
class ForeignGrant:
    """A grant by somebody else than the owner, of what it may pass on itself."""

    grantor: str
    grantee: str
    privileges: Privileges
    options: Privileges = frozenset()
    """The part of them that the grantee may pass on in turn."""


@dataclass(frozen=True)
class ForeignMembership:
    """A membership by a grantor of whom the master doesn't have the rights; PostgreSQL 16 and later keep them apart."""

    membership: Membership
    grantor: str


class Routine(str):
    """The name of a function, as `answer(integer)`, that remembers what DDL needs to name it."""

    parts: tuple[str, tuple[tuple[str, str], ...]]
    """Name, and schema and name of each argument's type."""

    @classmethod
    def of(cls, signature: str, name: str, types: Iterable[Sequence[str]]) -> "Routine":
        routine = cls(signature)
        routine.parts = name, tuple((schema, type_) for schema, type_ in types)
        return routine


Place = tuple[Kind, str | None, str | None]
"""Kind, schema, and a column's name when it is about columns."""


@dataclass(frozen=True)
class Objects:
    """Objects of one kind and schema that share an ACL.

    With columns the ACL is that of the columns of these names, in the tables that `names` says.
    """

    kind: Kind
    schema: str | None
    names: tuple[str, ...]
    acl: Acl
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class DesiredObjects(Objects):
    """No names mean all of that kind in the schema; with names the ACL is what those have beyond it.

    PUBLIC is absent from the ACL where it is not the spec's business.
    """


@dataclass(frozen=True)
class CurrentObjects(Objects):
    """Objects that share an owner, too. The ACL is what roles of ours have from the owner. `columns` is no or one
    column."""

    owner: str = ""
    options: Acl = field(default_factory=dict)
    """What the owner gave to anybody with the right to pass it on."""
    foreign: tuple[ForeignGrant, ...] = ()
    """The grants that don't come from the owner."""
    others: tuple[OtherGrant, ...] = ()
    """What roles that aren't ours have been granted, by whomever."""
    acts: str | None = None
    """Where the owner makes no objects in the schema: what can run with the owner's rights, if anything can."""


AnyRole = TypeVar("AnyRole", bound=Role)
AnyObjects = TypeVar("AnyObjects", bound=Objects)


@dataclass(frozen=True)
class State(Generic[AnyRole, AnyObjects]):
    """What both have."""

    roles: Mapping[str, AnyRole]
    memberships: frozenset[Membership]
    schemas: Mapping[str, str]
    """Schema to owner."""
    objects: tuple[AnyObjects, ...]
    defaults: Mapping[DefaultKey, Acl]


@dataclass(frozen=True)
class Desired(State[DesiredRole, DesiredObjects]):
    """What a spec asks for in one database."""

    drop: frozenset[str] = frozenset()
    """Retired roles that are to be dropped once nothing is in the way."""
    databases: frozenset[str] = frozenset()
    """Every database that the spec declares, this one among them."""
    additive: bool = False
    """Roles of ours that it doesn't mention are none of its business."""
    kept: Mapping[tuple[Place, str], Acl] = field(default_factory=dict)
    """Single objects whose ACL stays, whatever is asked for."""
    owned: Mapping[tuple[Place, str], str] = field(default_factory=dict)
    """Single objects that stay with their owner, who may do anything with them."""
    through: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By member, roles whose rights it keeps, though nothing asks for the membership."""
    take_over: frozenset[str] = frozenset()
    """Other managers, whose roles are ours where it declares them."""
    acknowledged: Mapping[str, str] = field(default_factory=dict)
    """Roles that it doesn't manage and that may have rights here, and why."""


@dataclass(frozen=True)
class Current(State[CurrentRole, CurrentObjects]):
    """What PostgreSQL has, as far as a spec is about it."""

    foreign_memberships: tuple[ForeignMembership, ...] = ()
    """Those of our roles that are not in `memberships`, for others have given them."""
    other_memberships: frozenset[tuple[str, str]] = frozenset()
    """The rest of the cluster's memberships, as role and member, by which a login may come to a role of ours."""
    logins: frozenset[str] = frozenset()
    """The master and whoever is a member of anything, where they can log in; no superusers."""
    membership_options: bool = True
    """Whether memberships have inherit and set options of their own: False before PostgreSQL 16."""
    maintain: bool = True
    """Whether PostgreSQL knows the privilege MAINTAIN: False before 17."""
    predefined: Mapping[str, bool] = field(default_factory=dict)
    """The predefined roles that the spec names and the server has, to whether the master may make others members."""
    default_options: Mapping[DefaultKey, Acl] = field(default_factory=dict)
    """What future objects would give with the right to pass it on."""
    limits: "Limits" = field(default_factory=lambda: Limits())
    default_others: Mapping[DefaultKey, tuple[OtherGrant, ...]] = field(default_factory=dict)
    """What future objects would give to roles that aren't ours."""
    strangers: Mapping[str, Stranger] = field(default_factory=dict)
    uninherited: frozenset[tuple[str, str]] = frozenset()
    """Of `other_memberships`, those without the role's rights until SET ROLE."""
    slots: int | None = None
    """Connections that PostgreSQL has for roles without a reserve of their own."""
    just_made: bool = False
    """This run has made the database, so nobody has come to rely on it."""


@dataclass(frozen=True)
class Limits:
    """What the master lacks the authority for, as far as a spec may ask for it; nothing for a superuser."""

    roles: frozenset[str] = frozenset()
    """Roles that it may neither alter nor give: without ADMIN OPTION on them, or superusers."""
    attributes: frozenset[str] = frozenset()
    """Attributes that it can't take from a role."""
    owners: frozenset[str] = frozenset()
    """Owners of the database and of its schemas that it can't act for."""
    risen: frozenset[str] = frozenset()
    """Roles marked as ours that the spec doesn't name and that somebody has made superusers."""
    unnameable: frozenset[str] = frozenset()
    """Roles of ours whose names are no text in the database's encoding."""
    creates_schemas: bool = True
