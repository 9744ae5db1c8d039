"""Changes of databases, roles, memberships and sessions, in words. Pure."""

import json
from typing import assert_never

from db_access.plan.changes import (
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
    ReturnRole,
    RevokeRole,
    RoleChange,
    SetPassword,
)
from db_access.plan.render.words import Action, Words
from db_access.plan.roles import UNLIMITED, Role
from db_access.wording import listed, one_line, quoted


def role_words(change: RoleChange) -> Words:  # noqa: C901 - a case for each kind
    match change:
        case CreateDatabase():
            return "databases", Action.ADD, f"database {quoted(change.name)}"
        case CreateRole():
            return "roles", Action.ADD, f"role {quoted(change.role.name)} ({_attributes(change.role)})"
        case AlterRole():
            attributes = ", ".join([_attributes(change.role), *(f"no {attribute}" for attribute in change.strip)])
            return "roles", Action.CHANGE, f"role {quoted(change.role.name)} ({attributes})"
        case DescribeRole():
            return "roles", Action.CHANGE, f"comment on role {quoted(change.role.name)}"
        case SetPassword():
            version = f"from version {one_line(change.version)} of its secret"
            return "roles", Action.CHANGE, f"password of role {quoted(change.role)}, {version}"
        case ClearPassword():
            return "roles", Action.TAKE_AWAY, f"password of role {quoted(change.role)}"
        case EndLogin():
            password = " and password" if change.forget_password else ""
            return "roles", Action.TAKE_AWAY, f"login{password} of role {quoted(change.role)}, whose sessions end"
        case DropRole():
            return "roles", Action.TAKE_AWAY, f"role {quoted(change.role)}"
        case ActAs():
            return "sessions", Action.CHANGE, _act_as(change)
        case Configure():
            return "sessions", Action.CHANGE, _configure(change)
        case GrantRole():
            return "memberships", Action.ADD if change.new else Action.CHANGE, _membership(change)
        case RevokeRole():
            return "memberships", Action.TAKE_AWAY, _taken(change)
        case LendRole():
            return "memberships", Action.CHANGE, f"{quoted(change.master)} in {quoted(change.role)}, for this run"
        case ReturnRole():
            return "memberships", Action.CHANGE, f"{quoted(change.master)} in {quoted(change.role)}, given back"
        case _:
            assert_never(change)


def _act_as(change: ActAs) -> str:
    acts_as = "the user" if change.acts_as is None else quoted(change.acts_as)
    return f"sessions of {quoted(change.role)} in database {quoted(change.database)} start as {acts_as}"


def _configure(change: Configure) -> str:
    otherwise = "as the server has it" if change.database is None else "as elsewhere"
    value = otherwise if change.values is None else listed([json.dumps(value) for value in change.values])
    where = "" if change.database is None else f" in database {quoted(change.database)}"
    return f"{change.name} of sessions of {quoted(change.role)}{where}: {one_line(value)}"


def _membership(change: GrantRole) -> str:
    options = [
        *([] if change.inherit is None else ["inherits" if change.inherit else "does not inherit"]),
        *([] if change.set is None else ["can set the role" if change.set else "can't set the role"]),
        *(["may pass it on"] if change.admin else []),
    ]
    membership = f"{quoted(change.member)} in {quoted(change.role)}"
    return f"{membership} ({', '.join(options)})" if options else membership


def _taken(change: RevokeRole) -> str:
    admin = " (the admin option only)" if change.admin_only else ""
    by = "" if change.granted_by is None else f", given by {quoted(change.granted_by)}"
    passed_on = ", and the memberships that it has given" if change.cascade else ""
    return f"{quoted(change.member)} in {quoted(change.role)}{admin}{by}{passed_on}"


def _attributes(role: Role) -> str:
    limited = role.connection_limit != UNLIMITED and not role.leaves_room
    sessions = [] if not limited else [f"at most {role.connection_limit} sessions"]
    until = [] if role.valid_until is None else [f"valid until {role.valid_until.isoformat()}"]
    inherit = [] if role.inherit else ["no inherit"]
    return ", ".join(["login" if role.login else "no login", *inherit, *sessions, *until])
