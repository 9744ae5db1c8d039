"""The last look at a finished plan: nothing in it may lose data. Pure; knows nothing of how the plan came to be.

An allow-list, so that a kind of change that is added later is refused until somebody has said here that it destroys
nothing.
"""

from collections.abc import Iterable
from typing import Final

from db_access.errors import PlanError
from db_access.plan.changes import (
    ActAs,
    AlterRole,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    DropRole,
    Grant,
    GrantDefault,
    GrantRole,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
)

KEEPS_DATA: Final = frozenset(
    {
        ActAs,
        AlterRole,
        ClearPassword,
        Configure,
        CreateDatabase,
        CreateRole,
        CreateSchema,
        DescribeRole,
        DropRole,
        Grant,
        GrantDefault,
        GrantRole,
        OwnObject,
        OwnSchema,
        Revoke,
        RevokeDefault,
        RevokeRole,
        SetPassword,
    }
)
"""The kinds of change whose statement leaves every row and object in place, whatever it names. PostgreSQL drops no role
that owns one."""


def refuse(plan: Iterable[object], *, database: str) -> None:
    """Let a plan pass that destroys nothing.

    Raises:
        PlanError: with every change that isn't known to keep all data.
    """
    problems = [
        f"{type(change).__name__} is planned ({getattr(change, 'reason', 'without a reason')}), which may lose data; "
        f"allowed: {', '.join(sorted(kind.__name__ for kind in KEEPS_DATA))}"
        for change in plan
        if type(change) not in KEEPS_DATA
    ]
    if problems:
        raise PlanError(database, problems)
