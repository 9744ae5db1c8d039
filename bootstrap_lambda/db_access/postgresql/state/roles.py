"""Roles and memberships, as a spec asks for them and as PostgreSQL has them. Values only."""

from dataclasses import dataclass, field

from db_access.plan.roles import Role
from db_access.spec.model.settings import Settings


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
class ForeignMembership:
    """A membership by a grantor of whom the master doesn't have the rights; PostgreSQL 16 and later keep them apart."""

    membership: Membership
    grantor: str
