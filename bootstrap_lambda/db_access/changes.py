"""One step from the current to the desired state. Values with a reason; nothing here knows SQL."""

from dataclasses import dataclass, field

from db_access.state import DefaultKey, Kind, Privilege, Role


@dataclass(frozen=True, kw_only=True)
class _Change:
    reason: str = field(compare=False)


@dataclass(frozen=True)
class CreateDatabase(_Change):
    """Make a database that belongs to the master. Not part of any transaction."""

    name: str


@dataclass(frozen=True)
class CreateRole(_Change):
    role: Role


@dataclass(frozen=True)
class AlterRole(_Change):
    """Set the attributes of an existing role to those of `role`, and take `strip` (CREATEDB, …) away."""

    role: Role
    strip: tuple[str, ...]
    never_expires: bool = False
    """Lift the end that the role's password had."""


@dataclass(frozen=True)
class DescribeRole(_Change):
    """Write the comment that says what the role is for and who manages it."""

    role: Role


@dataclass(frozen=True)
class ActAs(_Change):
    """Let the role's sessions in the database start as another role, or as itself (None)."""

    role: str
    database: str
    acts_as: str | None


@dataclass(frozen=True)
class Configure(_Change):
    """Let the role's sessions start with a value of a setting, or with the server's (None)."""

    role: str
    name: str
    values: tuple[str, ...] | None


@dataclass(frozen=True)
class SetPassword(_Change):
    """Give the role the password of that version of its secret. The password is in no change: `apply` puts it in."""

    role: str
    version: str


@dataclass(frozen=True)
class ClearPassword(_Change):
    role: str


@dataclass(frozen=True)
class DropRole(_Change):
    """Drop a retired role. PostgreSQL refuses it for a role that owns anything in any database."""

    role: str


@dataclass(frozen=True)
class GrantRole(_Change):
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
class RevokeRole(_Change):
    role: str
    member: str
    admin_only: bool = False


@dataclass(frozen=True)
class CreateSchema(_Change):
    name: str
    owner: str


@dataclass(frozen=True)
class OwnSchema(_Change):
    name: str
    owner: str


@dataclass(frozen=True)
class OwnObject(_Change):
    """Give a table (or view), sequence, function or type to another owner; every right on it stays."""

    kind: Kind
    schema: str
    name: str
    owner: str


@dataclass(frozen=True)
class Target:
    """What a GRANT names: objects of one kind in one schema, or columns of these names in them."""

    kind: Kind
    schema: str | None
    names: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grant(_Change):
    target: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]


@dataclass(frozen=True)
class Revoke(_Change):
    target: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    option_only: bool = False
    """Leave the privileges, take only the right to pass them on."""


@dataclass(frozen=True)
class GrantDefault(_Change):
    key: DefaultKey
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]


@dataclass(frozen=True)
class RevokeDefault(_Change):
    key: DefaultKey
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    option_only: bool = False


Change = (
    CreateDatabase
    | CreateRole
    | AlterRole
    | DescribeRole
    | ActAs
    | Configure
    | SetPassword
    | ClearPassword
    | DropRole
    | GrantRole
    | RevokeRole
    | CreateSchema
    | OwnSchema
    | OwnObject
    | Grant
    | Revoke
    | GrantDefault
    | RevokeDefault
)
Plan = tuple[Change, ...]
