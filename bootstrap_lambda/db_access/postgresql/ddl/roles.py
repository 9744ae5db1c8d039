"""DDL for changes to databases, roles, memberships and sessions. Executes nothing."""

from collections.abc import Iterable
from typing import assert_never

from psycopg.sql import SQL, Composed, Identifier, Literal

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
from db_access.plan.roles import Role
from db_access.postgresql.ddl.names import listed, spaced
from db_access.postgresql.mark import comment


def role_statement(change: RoleChange) -> Composed:  # noqa: C901 - a case for each kind
    """The statement for a change to a database, a role or its sessions."""
    match change:
        case CreateDatabase():
            return SQL("CREATE DATABASE {}").format(Identifier(change.name))
        case CreateRole():
            return SQL("CREATE ROLE {} {}").format(Identifier(change.role.name), _attributes(change.role))
        case AlterRole():
            return _alter_role(change)
        case DescribeRole():
            text = Literal(comment(change.role))
            return SQL("COMMENT ON ROLE {} IS {}").format(Identifier(change.role.name), text)
        case ActAs():
            return _act_as(change)
        case Configure():
            return _configure(change)
        case SetPassword():  # as it is shown: no SQL, so that a script stops here instead of setting a wrong password
            return SQL("ALTER ROLE {} PASSWORD <redacted>").format(Identifier(change.role))
        case ClearPassword():
            return SQL("ALTER ROLE {} PASSWORD NULL").format(Identifier(change.role))
        case EndLogin():
            forget = SQL(" PASSWORD NULL") if change.forget_password else SQL("")
            return SQL("ALTER ROLE {} NOLOGIN{}").format(Identifier(change.role), forget)
        case DropRole():
            return SQL("DROP ROLE {}").format(Identifier(change.role))
        case GrantRole():
            return grant_role(change, [change.member])
        case RevokeRole():
            return _revoke_role(change)
        case LendRole():
            options = SQL(" WITH INHERIT TRUE, SET TRUE" if change.options else "")
            return SQL("GRANT {} TO {}{}").format(Identifier(change.role), Identifier(change.master), options)
        case ReturnRole():
            return SQL("REVOKE {} FROM {}").format(Identifier(change.role), Identifier(change.master))
        case _:
            assert_never(change)


def password_statement(change: SetPassword, verifier: str) -> Composed:
    """SetPassword as it is run, never shown."""
    return SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(change.role), Literal(verifier))


def grant_role(change: GrantRole, members: Iterable[str]) -> Composed:
    """The same membership for several members."""
    grant = SQL("GRANT {} TO {}").format(Identifier(change.role), listed(map(Identifier, members)))
    options = [
        *([SQL("ADMIN OPTION")] if change.admin else []),
        *([] if change.inherit is None else [SQL("INHERIT TRUE" if change.inherit else "INHERIT FALSE")]),
        *([] if change.set is None else [SQL("SET TRUE" if change.set else "SET FALSE")]),
    ]
    return SQL("{} WITH {}").format(grant, listed(options)) if options else grant


def _revoke_role(change: RevokeRole) -> Composed:
    by = SQL("") if change.granted_by is None else SQL(" GRANTED BY {}").format(Identifier(change.granted_by))
    return SQL("REVOKE {}{} FROM {}{}{}").format(
        SQL("ADMIN OPTION FOR " if change.admin_only else ""),
        Identifier(change.role),
        Identifier(change.member),
        by,
        SQL(" CASCADE" if change.cascade else ""),
    )


def _alter_role(change: AlterRole) -> Composed:
    strip = spaced(SQL("NO{}").format(_ATTRIBUTES[name]) for name in change.strip)
    forever = SQL(" VALID UNTIL 'infinity'") if change.never_expires else SQL("")
    role = change.role
    return SQL("ALTER ROLE {} {} {}{}").format(Identifier(role.name), _attributes(role), strip, forever)


def _act_as(change: ActAs) -> Composed:
    head = SQL("ALTER ROLE {} IN DATABASE {}").format(Identifier(change.role), Identifier(change.database))
    if change.acts_as is None:
        return SQL("{} RESET role").format(head)
    return SQL("{} SET role = {}").format(head, Literal(change.acts_as))


def _configure(change: Configure) -> Composed:
    name = SQL(".").join(map(Identifier, change.name.split(".")))
    where = SQL("") if change.database is None else SQL(" IN DATABASE {}").format(Identifier(change.database))
    head = SQL("ALTER ROLE {}{}").format(Identifier(change.role), where)
    if change.values is None:
        return SQL("{} RESET {}").format(head, SQL("ALL") if change.name == Configure.ALL else name)
    return SQL("{} SET {} = {}").format(head, name, listed(map(Literal, change.values)))


_ATTRIBUTES = {name: SQL(name) for name in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")}


def _attributes(role: Role) -> Composed:
    until = (
        SQL("") if role.valid_until is None else SQL(" VALID UNTIL {}").format(Literal(role.valid_until.isoformat()))
    )
    return SQL("{} {} CONNECTION LIMIT {}{}").format(
        SQL("LOGIN") if role.login else SQL("NOLOGIN"),
        SQL("INHERIT") if role.inherit else SQL("NOINHERIT"),
        Literal(role.connection_limit),
        until,
    )
