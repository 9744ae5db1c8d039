"""One step from the current to the desired state. Values with a reason; nothing here knows SQL."""

from db_access.plan.changes.objects import (
    CreateSchema,
    Grant,
    GrantDefault,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.plan.changes.roles import (
    ActAs,
    AlterRole,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    DescribeRole,
    DropRole,
    GrantRole,
    RevokeRole,
    SetPassword,
)

__all__ = [
    "ActAs",
    "AlterRole",
    "Change",
    "ClearPassword",
    "Configure",
    "CreateDatabase",
    "CreateRole",
    "CreateSchema",
    "DescribeRole",
    "DropRole",
    "Grant",
    "GrantDefault",
    "GrantRole",
    "OwnObject",
    "OwnSchema",
    "Plan",
    "Revoke",
    "RevokeDefault",
    "RevokeRole",
    "SetPassword",
    "Target",
]

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
