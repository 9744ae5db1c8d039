"""One step from the current to the desired state. Values with a reason; nothing here knows SQL."""

from dataclasses import dataclass, field

from db_access.state import DefaultKey, Kind, Privilege, Role


@dataclass(frozen=True, kw_only=True)
class _Change:
    reason: str = field(compare=False)


@dataclass(frozen=True)
class CreateRole(_Change):
    role: Role


@dataclass(frozen=True)
class AlterRole(_Change):
    """Set the attributes of an existing role to those of `role`, and take `strip` (CREATEDB, …) away."""

    role: Role
    strip: tuple[str, ...]


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
class GrantRole(_Change):
    role: str
    member: str
    inherit: bool | None = None
    """None: as the member's INHERIT attribute says. Otherwise corrects the option of a membership (PostgreSQL 16+)."""


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
class Target:
    """What a GRANT names: objects of one kind in one schema; of functions, always all."""

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


Change = (
    CreateRole
    | AlterRole
    | DescribeRole
    | ActAs
    | GrantRole
    | RevokeRole
    | CreateSchema
    | OwnSchema
    | Grant
    | Revoke
    | GrantDefault
    | RevokeDefault
)
Plan = tuple[Change, ...]
