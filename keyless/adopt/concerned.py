"""Whom something is about that stands against adopting a role. Pure."""

from collections.abc import Set
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
    ReturnRole,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
)


def concerned(change: Change, among: Set[str]) -> Set[str]:
    """Those of `among` without which the change would not be made; of a membership the member, if it is one."""
    match change:
        case CreateRole() | AlterRole() | DescribeRole():
            return {change.role.name} & among
        case Grant() | Revoke() | GrantDefault() | RevokeDefault():
            return {*change.grantees} & among
        case GrantRole() | RevokeRole():
            return {change.member if change.member in among else change.role} & among
        case ActAs() | Configure() | SetPassword() | ClearPassword() | EndLogin() | DropRole():
            return {change.role} & among
        case CreateSchema() | OwnSchema() | OwnObject():
            return {change.owner} & among
        case CreateDatabase() | LendRole() | ReturnRole():
            return frozenset()
        case _:
            assert_never(change)


def within(change: Change, schemas: Set[str]) -> Set[str]:
    """Those of `schemas` in which, or of which, something would change."""
    match change:
        case Grant() | Revoke():
            return {change.target.schema or ""} & schemas
        case GrantDefault() | RevokeDefault():
            return {change.key.schema or ""} & schemas
        case CreateSchema() | OwnSchema():
            return {change.name} & schemas
        case OwnObject():
            return {change.schema} & schemas
        case _:
            return frozenset()


def belonging(problem: str, roles: Set[str]) -> Set[str]:
    """Whose part of a spec the problem is in, by the names behind its place; else whom it names."""
    place = problem.partition("): ")[0]
    return {name for name in roles if place.endswith(f" ({name}") or f" ({name}, " in place} or named_in(problem, roles)


def named_in(sentence: str, roles: Set[str]) -> Set[str]:
    """Those that the sentence names: in quotes, or in parentheses behind a place in the spec."""
    return {name for name in roles if repr(name) in sentence or f"({name})" in sentence or f"{name!a}" in sentence}
