"""Changes of what the cluster has: databases, roles, memberships, and what sessions start with."""

from dataclasses import dataclass

from db_access.plan.changes.base import Step
from db_access.postgresql.state import Role


@dataclass(frozen=True)
class CreateDatabase(Step):
    """Make a database that belongs to the master. Not part of any transaction."""

    name: str


@dataclass(frozen=True)
class CreateRole(Step):
    role: Role


@dataclass(frozen=True)
class AlterRole(Step):
    """Set the attributes of an existing role to those of `role`, and take `strip` (CREATEDB, …) away."""

    role: Role
    strip: tuple[str, ...]
    never_expires: bool = False
    """Lift the end that the role's password had."""


@dataclass(frozen=True)
class DescribeRole(Step):
    """Write the comment that says what the role is for and who manages it."""

    role: Role


@dataclass(frozen=True)
class ActAs(Step):
    """Let the role's sessions in the database start as another role, or as itself (None)."""

    role: str
    database: str
    acts_as: str | None


@dataclass(frozen=True)
class Configure(Step):
    """Let the role's sessions start with a value of a setting, or with the server's (None)."""

    role: str
    name: str
    values: tuple[str, ...] | None
    database: str | None = None
    """In that database only, where it comes before what they start with everywhere."""


@dataclass(frozen=True)
class SetPassword(Step):
    """Give the role the password of that version of its secret. The password is in no change: `apply` puts it in."""

    role: str
    version: str


@dataclass(frozen=True)
class ClearPassword(Step):
    role: str


@dataclass(frozen=True)
class DropRole(Step):
    """Drop a retired role. PostgreSQL refuses it for a role that owns anything in any database."""

    role: str


@dataclass(frozen=True)
class GrantRole(Step):
    """Give a membership, or correct the options of one."""

    role: str
    member: str
    inherit: bool | None = None
    """None: as it is, or for a new one as the member's INHERIT attribute says. Otherwise needs PostgreSQL 16."""
    set: bool | None = None
    """None: as it is, or for a new one true. Otherwise needs PostgreSQL 16."""
    admin: bool = False
    new: bool = True


@dataclass(frozen=True)
class RevokeRole(Step):
    role: str
    member: str
    admin_only: bool = False
