"""One step from the current to the desired state. Values with a reason; nothing here knows SQL.

`Change` is closed: DDL and rendering match it exhaustively, so that the type checker finds a kind they don't know.
"""

from typing import TypeVar

from db_access.plan.changes.base import Scope, Step
from db_access.plan.changes.objects import (
    CreateSchema,
    Grant,
    GrantDefault,
    ObjectChange,
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
    EndLogin,
    GrantRole,
    LendRole,
    Loan,
    ReturnRole,
    RevokeRole,
    RoleChange,
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
    "EndLogin",
    "Grant",
    "GrantDefault",
    "GrantRole",
    "LendRole",
    "Loan",
    "ObjectChange",
    "OwnObject",
    "OwnSchema",
    "Plan",
    "ReturnRole",
    "Revoke",
    "RevokeDefault",
    "RevokeRole",
    "RoleChange",
    "Scope",
    "SetPassword",
    "Step",
    "Target",
    "lasting",
]

Change = RoleChange | ObjectChange
Kept = TypeVar("Kept")
Plan = tuple[Change, ...]


def lasting(plan: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """What a plan changes, without what its run lends itself and gives back."""
    return tuple(change for change in plan if not isinstance(change, Loan))
