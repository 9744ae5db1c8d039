"""What a reviewer must not miss of a plan: what takes away, makes an owner, or gives anything on data. Pure.

A comment shows it before everything else, with every name in full, so that no number of harmless changes hides it. Of
those who get to read the same, a few are named and the others counted: what can be read is named in full.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final, assert_never

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
    SetPassword,
    lasting,
)
from db_access.plan.losses import taken
from db_access.plan.privileges import PUBLIC, Privilege
from db_access.plan.render import line
from db_access.plan.render.lines import Line
from db_access.wording import SHOWN


class Look(StrEnum):
    """Why a change is shown first, in the order of the comment."""

    TAKES = "takes away"
    OWNS = "makes an owner"
    MORE = "gives more than reading and writing"
    WRITES = "gives writing"
    READS = "gives reading"


_READS: Final = frozenset({Privilege.SELECT, Privilege.USAGE, Privilege.CONNECT})
_WRITES: Final = frozenset({Privilege.INSERT, Privilege.UPDATE, Privilege.DELETE})
_IAM: Final = "rds_iam"
"""The membership of every IAM user."""


def first(plan: Plan) -> dict[Look, list[Line]]:
    """The lines to show first, each naming everybody and everything that it is about."""
    found: dict[Look, list[Line]] = {look: [] for look in Look}
    for change, look in _looks(plan):
        if look:
            found[look] += map(line, _of_objects(change) if look is Look.READS else spelt_out(change))
    return {look: lines for look, lines in found.items() if lines}


def rest(plan: Plan) -> Plan:
    """What remains to be shown after that."""
    return tuple(change for change, look in _looks(plan) if look is None)


def _looks(plan: Plan) -> Iterator[tuple[Change, Look | None]]:
    takes = {id(change) for change in taken(plan)}
    for change in lasting(plan):
        yield change, Look.TAKES if id(change) in takes else _gives(change)


def _gives(change: Change) -> Look | None:
    match change:
        case CreateSchema() | OwnSchema() | OwnObject():
            return Look.OWNS
        case ActAs():
            return Look.OWNS if change.acts_as is not None else None
        case GrantRole():
            return None if change.role == _IAM and not change.admin else Look.MORE
        case AlterRole():
            return Look.MORE if change.role.login else None
        case Configure():
            return Look.MORE
        case Grant() | GrantDefault():
            return _of_privileges(change)
        case CreateDatabase() | CreateRole() | DescribeRole() | SetPassword():
            return None
        case EndLogin() | ClearPassword() | DropRole() | Revoke() | RevokeDefault() | RevokeRole():
            return None  # of what the plan itself makes: nobody has it
        case LendRole() | ReturnRole():
            return None
        case _:
            assert_never(change)


def _of_privileges(change: Grant | GrantDefault) -> Look | None:
    given = frozenset(change.privileges)
    if PUBLIC in change.grantees or given - _READS - _WRITES:
        return Look.MORE
    if given & _WRITES:
        return Look.WRITES
    return Look.READS if Privilege.SELECT in given else None


def spelt_out(change: Change) -> Iterator[Change]:
    """The change in parts, each with so few names that a line shows them all."""
    match change:
        case Grant() | Revoke():
            for grantees in _few(change.grantees):
                yield from _of_objects(replace(change, grantees=grantees))
        case GrantDefault() | RevokeDefault():
            for grantees in _few(change.grantees):
                yield replace(change, grantees=grantees)
        case _:
            yield change


def _of_objects(change: Change) -> Iterator[Change]:
    """The same, with so few objects and columns each."""
    if isinstance(change, Grant | Revoke):
        for names in _few(change.target.names):
            for columns in _few(change.target.columns) if change.target.columns else [()]:
                yield replace(change, target=replace(change.target, names=names, columns=columns))
    else:
        yield change


def _few(names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """In parts that are not abbreviated."""
    return [tuple(names[at : at + SHOWN]) for at in range(0, len(names), SHOWN)]
