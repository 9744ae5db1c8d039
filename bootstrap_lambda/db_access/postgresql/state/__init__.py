"""What a database's access looks like: what a spec asks for (`Desired`) and what PostgreSQL has (`Current`).

Two types over a shared one, so that neither is taken for the other. Values only. Objects are grouped by equal ACL,
so that the size of a state follows the catalog's variety and not tables times users.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from db_access.plan.privileges import Acl, DefaultKey
from db_access.plan.roles import Role
from db_access.postgresql.others import OtherGrant, Stranger
from db_access.postgresql.state.limits import UNREADABLE, Limits
from db_access.postgresql.state.objects import CurrentObjects, DesiredObjects, ForeignGrant, Objects, Place, Routine
from db_access.postgresql.state.roles import CurrentRole, DesiredRole, ForeignMembership, Membership

__all__ = [
    "UNREADABLE",
    "Current",
    "CurrentObjects",
    "CurrentRole",
    "Desired",
    "DesiredObjects",
    "DesiredRole",
    "ForeignGrant",
    "ForeignMembership",
    "Limits",
    "Membership",
    "Objects",
    "Place",
    "Routine",
    "State",
]

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

    keeping: frozenset[str] = frozenset()
    """Schemas that keep their owners, and what is in them its. Who that is the catalog says: `planning.keeping`."""
    keepers: frozenset[str] = frozenset()
    """Roles of the spec that own schemas because these keep their owners, and for no other reason."""
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
    take_back: frozenset[str] = frozenset()
    """Other managers, whose roles are ours again where it declares them and they were taken from it."""
    acknowledged: Mapping[str, str] = field(default_factory=dict)
    """Roles that it doesn't manage and that may have rights here, and why."""
    may_have: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)
    """Memberships, as role and member, that may be given for a while, and for how long at most."""

    @property
    def declared(self) -> Set[str]:
        """Every schema that the spec names."""
        return self.schemas.keys() | self.keeping


@dataclass(frozen=True)
class Current(State[CurrentRole, CurrentObjects]):
    """What PostgreSQL has, as far as a spec is about it."""

    foreign_memberships: tuple[ForeignMembership, ...] = ()
    """Everybody's that neither the master gave nor a role whose rights it has. None of them is in `memberships`."""
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
    limits: Limits = field(default_factory=Limits)
    default_others: Mapping[DefaultKey, tuple[OtherGrant, ...]] = field(default_factory=dict)
    """What future objects would give to roles that aren't ours."""
    strangers: Mapping[str, Stranger] = field(default_factory=dict)
    uninherited: frozenset[tuple[str, str]] = frozenset()
    """Of `other_memberships`, those without the role's rights until SET ROLE."""
    slots: int | None = None
    """Connections that PostgreSQL has for roles without a reserve of their own."""
    now: datetime | None = None
    """By the server's clock."""
    just_made: bool = False
    """This run has made the database, so nobody has come to rely on it."""
