"""Changes of databases, roles, memberships and sessions, in words. Pure."""

import json
from functools import singledispatch

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
from db_access.plan.render.words import Action, Words, listed, one_line, shown
from db_access.postgresql.state import Role


@singledispatch
def role_words(change: object) -> Words | None:
    """Its words; None for any other change."""
    return None


@role_words.register
def _(change: CreateDatabase) -> Words:
    return "databases", Action.ADD, f"database {shown(change.name)}"


@role_words.register
def _(change: CreateRole) -> Words:
    return "roles", Action.ADD, f"role {shown(change.role.name)} ({_attributes(change.role)})"


@role_words.register
def _(change: AlterRole) -> Words:
    attributes = ", ".join([_attributes(change.role), *(f"no {attribute}" for attribute in change.strip)])
    return "roles", Action.CHANGE, f"role {shown(change.role.name)} ({attributes})"


@role_words.register
def _(change: DescribeRole) -> Words:
    return "roles", Action.CHANGE, f"comment on role {shown(change.role.name)}"


@role_words.register
def _(change: ActAs) -> Words:
    acts_as = "the user" if change.acts_as is None else shown(change.acts_as)
    return (
        "sessions",
        Action.CHANGE,
        f"sessions of {shown(change.role)} in database {shown(change.database)} start as {acts_as}",
    )


@role_words.register
def _(change: Configure) -> Words:
    otherwise = "as the server has it" if change.database is None else "as elsewhere"
    value = otherwise if change.values is None else listed(map(json.dumps, change.values))
    where = "" if change.database is None else f" in database {shown(change.database)}"
    return "sessions", Action.CHANGE, f"{change.name} of sessions of {shown(change.role)}{where}: {one_line(value)}"


@role_words.register
def _(change: SetPassword) -> Words:
    return (
        "roles",
        Action.CHANGE,
        f"password of role {shown(change.role)}, from version {one_line(change.version)} of its secret",
    )


@role_words.register
def _(change: ClearPassword) -> Words:
    return "roles", Action.TAKE_AWAY, f"password of role {shown(change.role)}"


@role_words.register
def _(change: DropRole) -> Words:
    return "roles", Action.TAKE_AWAY, f"role {shown(change.role)}"


@role_words.register
def _(change: GrantRole) -> Words:
    membership = f"{shown(change.member)} in {shown(change.role)}"
    options = [
        *([] if change.inherit is None else ["inherits" if change.inherit else "does not inherit"]),
        *([] if change.set is None else ["can set the role" if change.set else "can't set the role"]),
        *(["may pass it on"] if change.admin else []),
    ]
    what = f"{membership} ({', '.join(options)})" if options else membership
    return "memberships", Action.ADD if change.new else Action.CHANGE, what


@role_words.register
def _(change: RevokeRole) -> Words:
    admin = " (the admin option only)" if change.admin_only else ""
    return "memberships", Action.TAKE_AWAY, f"{shown(change.member)} in {shown(change.role)}{admin}"


def _attributes(role: Role) -> str:
    sessions = [] if role.connection_limit == -1 else [f"at most {role.connection_limit} sessions"]
    until = [] if role.valid_until is None else [f"valid until {role.valid_until.isoformat()}"]
    return ", ".join(
        ["login" if role.login else "no login", *([] if role.inherit else ["no inherit"]), *sessions, *until]
    )
