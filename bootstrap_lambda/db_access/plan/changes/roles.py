"""Changes of what the cluster has: databases, roles, memberships, and what sessions start with."""

from dataclasses import dataclass, field
from typing import ClassVar, final

from db_access.plan.changes.base import Scope, Step
from db_access.plan.roles import Role


@final
@dataclass(frozen=True)
class CreateDatabase(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Make a database that belongs to the master. Not part of any transaction."""

    name: str


@final
@dataclass(frozen=True)
class CreateRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    role: Role


@final
@dataclass(frozen=True)
class AlterRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Set the attributes of an existing role to those of `role`, and take `strip` (CREATEDB, …) away."""

    role: Role
    strip: tuple[str, ...]
    never_expires: bool = False
    """Lift the end that the role's password had."""


@final
@dataclass(frozen=True)
class DescribeRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Write the comment that says what the role is for and who manages it."""

    role: Role
    renewed: bool = field(default=False, compare=False)
    """It differs in the password's version alone."""


@final
@dataclass(frozen=True)
class ActAs(Step, scope=Scope.DATABASE, keeps_data=True):
    """Let the role's sessions in the database start as another role, or as itself (None)."""

    role: str
    database: str
    acts_as: str | None


@final
@dataclass(frozen=True)
class Configure(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Let the role's sessions start with a value of a setting, or with the server's (None)."""

    ALL: ClassVar[str] = "ALL"
    """As a name without values: every setting of the role. No setting has this name."""

    role: str
    name: str
    values: tuple[str, ...] | None
    database: str | None = None
    """In that database only, where it comes before what they start with everywhere."""


@final
@dataclass(frozen=True)
class SetPassword(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Give the role the password of that version of its secret. The password is in no change: `apply` puts it in."""

    role: str
    version: str
    renewed: bool = field(default=False, compare=False)
    """The role has that of another version already."""


@final
@dataclass(frozen=True)
class ClearPassword(Step, scope=Scope.CLUSTER, keeps_data=True):
    role: str


@final
@dataclass(frozen=True)
class EndLogin(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Let a role log in no more. It comes first, on its own: nothing that fails later undoes it."""

    role: str
    forget_password: bool
    """Whatever password it has, also one that it has set itself."""
    sessions: int | None = field(default=None, compare=False)
    """How many of its sessions were open when the plan was made; None: nobody has counted."""

    @property
    def why(self) -> str:
        match self.sessions:
            case None:
                return self.reason
            case 1:
                return f"{self.reason}: 1 session ends"
            case count:
                return f"{self.reason}: {count or 'no'} sessions end"


@final
@dataclass(frozen=True)
class DropRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Drop a retired role. PostgreSQL refuses it for a role that owns anything in any database."""

    role: str


@final
@dataclass(frozen=True)
class GrantRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    """Give a membership, or correct the options of one."""

    role: str
    member: str
    inherit: bool | None = None
    """None: as it is, or for a new one as the member's INHERIT attribute says. Otherwise needs PostgreSQL 16."""
    set: bool | None = None
    """None: as it is, or for a new one true. Otherwise needs PostgreSQL 16."""
    admin: bool = False
    new: bool = True


@final
@dataclass(frozen=True)
class RevokeRole(Step, scope=Scope.CLUSTER, keeps_data=True):
    role: str
    member: str
    admin_only: bool = False
    granted_by: str | None = None
    """The grantor, where it is none that the master has the rights of. Needs PostgreSQL 16."""
    cascade: bool = False
    """Take also the memberships that the member has given, and those in turn."""
    passed_on: tuple[str, ...] = field(default=(), compare=False)
    """Whose those are, as far as they were there when the plan was made."""


@final
@dataclass(frozen=True)
class LendRole(Step, scope=Scope.DATABASE, keeps_data=True):
    """Make the master a member of a role until `ReturnRole`, for what only a member can do in this database."""

    role: str
    master: str
    options: bool = field(default=False, compare=False)
    """Say that it is inherited and can be set, which a membership that is there already may not be. Needs PostgreSQL
    16."""


@final
@dataclass(frozen=True)
class ReturnRole(Step, scope=Scope.DATABASE, keeps_data=True):
    """End what `LendRole` began, in the same transaction, and with it a membership that the master had given itself."""

    role: str
    master: str


Loan = LendRole | ReturnRole
"""What a run takes for itself and gives back: needed for other changes, and none of its own."""

RoleChange = (
    CreateDatabase
    | CreateRole
    | AlterRole
    | DescribeRole
    | ActAs
    | Configure
    | SetPassword
    | ClearPassword
    | EndLogin
    | DropRole
    | GrantRole
    | RevokeRole
    | Loan
)
