"""What a plan takes away, and from whom. Pure."""

from typing import assert_never

from db_access.plan.changes import (
    ActAs,
    AlterRole,
    Change,
    ClearPassword,
    Configure,
    CreateDatabase,
    CreateRole,
    CreateSchema,
    DescribeRole,
    DropRole,
    EndLogin,
    Grant,
    GrantDefault,
    GrantRole,
    LendRole,
    OwnObject,
    OwnSchema,
    Plan,
    ReturnRole,
    Revoke,
    RevokeDefault,
    RevokeRole,
    Scope,
    SetPassword,
)
from db_access.plan.told import Told


def losers(change: Change | Told) -> tuple[str, ...]:
    """Whom the change takes something from, PUBLIC under its empty name."""
    match change:
        case Told():
            return change.losers
        case EndLogin() | ClearPassword() | DropRole():
            return (change.role,)
        case AlterRole():
            return (change.role.name,) if change.strip else ()
        case RevokeRole():
            return (change.member,)
        case GrantRole():
            return () if change.new or not (change.inherit is False or change.set is False) else (change.member,)
        case Revoke() | RevokeDefault():
            return change.grantees
        case CreateDatabase() | CreateRole() | DescribeRole() | ActAs() | Configure() | SetPassword():
            return ()
        case LendRole() | ReturnRole():  # what the run lends itself
            return ()
        case CreateSchema() | OwnSchema() | OwnObject() | Grant() | GrantDefault():
            return ()
        case _:
            assert_never(change)


def taken(plan: Plan) -> Plan:
    """The changes that take something away which somebody has: nobody has anything in a database that the plan makes,
    or on what a role will make that the plan makes."""
    made = {change.role.name for change in plan if isinstance(change, CreateRole)}
    new = any(isinstance(change, CreateDatabase) for change in plan)
    return tuple(
        change
        for change in plan
        if losers(change)
        and not (isinstance(change, RevokeDefault) and change.key.creator in made)
        and not (new and change.scope is Scope.DATABASE)
    )
