"""Changes of what one database has: schemas, owners, and rights on objects that exist or are to come."""

from dataclasses import dataclass, field
from typing import final

from db_access.plan.changes.base import Scope, Step
from db_access.plan.privileges import DefaultKey, Kind, Privilege


@final
@dataclass(frozen=True)
class CreateSchema(Step, scope=Scope.DATABASE, keeps_data=True):
    name: str
    owner: str


@final
@dataclass(frozen=True)
class OwnSchema(Step, scope=Scope.DATABASE, keeps_data=True):
    name: str
    owner: str


@final
@dataclass(frozen=True)
class OwnObject(Step, scope=Scope.DATABASE, keeps_data=True):
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


@final
@dataclass(frozen=True)
class Grant(Step, scope=Scope.DATABASE, keeps_data=True):
    target: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    as_owner: str | None = None
    """The owner, as whom it is carried out where PostgreSQL could take another role for the grantor."""
    usage_for: str | None = None
    """The owner, where it has no USAGE on the schema and gets it for as long as the statement takes."""


@final
@dataclass(frozen=True)
class Revoke(Step, scope=Scope.DATABASE, keeps_data=True):
    target: Target
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    option_only: bool = False
    """Leave the privileges, take only the right to pass them on."""
    cascade: bool = False
    """Take also what the grantees have passed on, and those in turn."""
    passed_on: tuple[str, ...] = field(default=(), compare=False)
    """What that is, and whose, as far as it was there when the plan was made."""
    as_owner: str | None = None
    usage_for: str | None = None
    """Both as in `Grant`."""


@final
@dataclass(frozen=True)
class GrantDefault(Step, scope=Scope.DATABASE, keeps_data=True):
    key: DefaultKey
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]


@final
@dataclass(frozen=True)
class RevokeDefault(Step, scope=Scope.DATABASE, keeps_data=True):
    key: DefaultKey
    privileges: tuple[Privilege, ...]
    grantees: tuple[str, ...]
    option_only: bool = False


ObjectChange = CreateSchema | OwnSchema | OwnObject | Grant | Revoke | GrantDefault | RevokeDefault
