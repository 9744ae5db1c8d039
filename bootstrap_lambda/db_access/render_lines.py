"""One change as one line for people: what it is about, whether it adds, changes or takes away, and why. Pure.

A line is short whatever the plan's size, and stays one line whatever the names in it: `statements` has the full text.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import singledispatch
from typing import Final

from db_access.changes import (
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
    Grant,
    GrantDefault,
    GrantRole,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    RevokeRole,
    SetPassword,
    Target,
)
from db_access.state import PUBLIC, DefaultKey, Kind, Privilege, Role
from db_access.statements import statement

_SHOWN: Final = 3
"""Names of a list that are shown when there are more; the statement names them all."""


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    TAKE_AWAY = "take away"


@dataclass(frozen=True)
class Line:
    group: str
    action: Action
    what: str
    reason: str


def line(change: Change) -> Line:
    """The change as a person reads it."""
    group, action, what = _described(change)
    return Line(group, action, what, one_line(change.reason))


def one_line(text: str) -> str:
    """`text` without line breaks and other characters that don't print: a name in it can't start a line of its own."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


_Described = tuple[str, Action, str]


@singledispatch
def _described(change: Change) -> _Described:
    return "other", Action.CHANGE, one_line(statement(change).as_string(None))


@_described.register
def _(change: CreateDatabase) -> _Described:
    return "databases", Action.ADD, f"database {_name(change.name)}"


@_described.register
def _(change: CreateRole) -> _Described:
    return "roles", Action.ADD, f"role {_name(change.role.name)} ({_attributes(change.role)})"


@_described.register
def _(change: AlterRole) -> _Described:
    attributes = ", ".join([_attributes(change.role), *(f"no {name}" for name in change.strip)])
    return "roles", Action.CHANGE, f"role {_name(change.role.name)} ({attributes})"


@_described.register
def _(change: DescribeRole) -> _Described:
    return "roles", Action.CHANGE, f"comment on role {_name(change.role.name)}"


@_described.register
def _(change: ActAs) -> _Described:
    acts_as = "the user" if change.acts_as is None else _name(change.acts_as)
    return "sessions", Action.CHANGE, f"sessions of {_name(change.role)} in database {_name(change.database)} start as {acts_as}"


@_described.register
def _(change: Configure) -> _Described:
    value = "as the server has it" if change.values is None else _listed(map(json.dumps, change.values))
    return "sessions", Action.CHANGE, f"{change.name} of sessions of {_name(change.role)}: {one_line(value)}"


@_described.register
def _(change: SetPassword) -> _Described:
    return "roles", Action.CHANGE, f"password of role {_name(change.role)}, from version {one_line(change.version)} of its secret"


@_described.register
def _(change: ClearPassword) -> _Described:
    return "roles", Action.TAKE_AWAY, f"password of role {_name(change.role)}"


@_described.register
def _(change: DropRole) -> _Described:
    return "roles", Action.TAKE_AWAY, f"role {_name(change.role)}"


@_described.register
def _(change: GrantRole) -> _Described:
    membership = f"{_name(change.member)} in {_name(change.role)}"
    options = [
        *([] if change.inherit is None else ["inherits" if change.inherit else "does not inherit"]),
        *([] if change.set is None else ["can set the role" if change.set else "can't set the role"]),
        *(["may pass it on"] if change.admin else []),
    ]
    what = f"{membership} ({', '.join(options)})" if options else membership
    return "memberships", Action.ADD if change.new else Action.CHANGE, what


@_described.register
def _(change: RevokeRole) -> _Described:
    admin = " (the admin option only)" if change.admin_only else ""
    return "memberships", Action.TAKE_AWAY, f"{_name(change.member)} in {_name(change.role)}{admin}"


@_described.register
def _(change: CreateSchema) -> _Described:
    return "schemas", Action.ADD, f"schema {_name(change.name)}, owned by {_name(change.owner)}"


@_described.register
def _(change: OwnSchema) -> _Described:
    return "schemas", Action.CHANGE, f"schema {_name(change.name)}, owned by {_name(change.owner)}"


@_described.register
def _(change: OwnObject) -> _Described:
    return "owners", Action.CHANGE, f"{change.kind} {_name(change.schema)}.{_name(change.name)}, owned by {_name(change.owner)}"


@_described.register
def _(change: Grant) -> _Described:
    return "privileges", Action.ADD, f"{_held(change.privileges, _target(change.target))} to {_roles(change.grantees)}"


@_described.register
def _(change: Revoke) -> _Described:
    what = f"{_held(change.privileges, _target(change.target), change.option_only)} from {_roles(change.grantees)}"
    return "privileges", Action.TAKE_AWAY, what


@_described.register
def _(change: GrantDefault) -> _Described:
    return "default privileges", Action.ADD, f"{_held(change.privileges, _future(change.key))} to {_roles(change.grantees)}"


@_described.register
def _(change: RevokeDefault) -> _Described:
    what = f"{_held(change.privileges, _future(change.key), change.option_only)} from {_roles(change.grantees)}"
    return "default privileges", Action.TAKE_AWAY, what


def _held(privileges: Iterable[Privilege], on: str, option_only: bool = False) -> str:
    return f"{'the grant option of ' if option_only else ''}{', '.join(privileges)} on {on}"


def _target(target: Target) -> str:
    prefix = f"{_name(target.schema)}." if target.schema is not None and target.kind is not Kind.SCHEMA else ""
    objects = f"{_kind(target.kind, len(target.names))} {_listed(prefix + _name(name) for name in target.names)}"
    return f"{_kind('column', len(target.columns))} {_listed(map(_name, target.columns))} of {objects}" if target.columns else objects


def _future(key: DefaultKey) -> str:
    where = "" if key.schema is None else f" in schema {_name(key.schema)}"
    return f"future {_kind(key.kind, 2)} of {_name(key.creator)}{where}"


def _kind(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"


def _attributes(role: Role) -> str:
    sessions = [] if role.connection_limit == -1 else [f"at most {role.connection_limit} sessions"]
    until = [] if role.valid_until is None else [f"valid until {role.valid_until.isoformat()}"]
    return ", ".join(["login" if role.login else "no login", *([] if role.inherit else ["no inherit"]), *sessions, *until])


def _roles(names: Iterable[str]) -> str:
    return _listed("PUBLIC" if name == PUBLIC else _name(name) for name in names)


def _listed(items: Iterable[str]) -> str:
    names = list(items)
    if len(names) <= _SHOWN + 1:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"


def _name(name: str) -> str:
    """As it is, where nothing in it could mislead; otherwise quoted, what doesn't print written as an escape."""
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    return json.dumps(name, ensure_ascii=not name.isprintable())
