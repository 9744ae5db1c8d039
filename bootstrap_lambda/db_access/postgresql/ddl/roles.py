"""DDL for changes to roles, memberships and sessions. Executes nothing."""

from collections.abc import Iterable
from functools import singledispatch

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from db_access.plan.changes import (
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
from db_access.postgresql.mark import comment
from db_access.postgresql.state import Role


@singledispatch
def role_statement(change: object) -> Composable | None:
    """The statement for a change to a role; None for any other change."""
    return None


@role_statement.register
def _(change: CreateDatabase) -> Composable:
    return SQL("CREATE DATABASE {}").format(Identifier(change.name))


@role_statement.register
def _(change: CreateRole) -> Composable:
    return SQL("CREATE ROLE {} {}").format(Identifier(change.role.name), _attributes(change.role))


@role_statement.register
def _(change: AlterRole) -> Composable:
    strip = _spaced(SQL("NO{}").format(_ATTRIBUTES[name]) for name in change.strip)
    forever = SQL(" VALID UNTIL 'infinity'") if change.never_expires else SQL("")
    return SQL("ALTER ROLE {} {} {}{}").format(Identifier(change.role.name), _attributes(change.role), strip, forever)


@role_statement.register
def _(change: DescribeRole) -> Composable:
    return SQL("COMMENT ON ROLE {} IS {}").format(Identifier(change.role.name), Literal(comment(change.role)))


@role_statement.register
def _(change: ActAs) -> Composable:
    head = SQL("ALTER ROLE {} IN DATABASE {}").format(Identifier(change.role), Identifier(change.database))
    if change.acts_as is None:
        return SQL("{} RESET role").format(head)
    return SQL("{} SET role = {}").format(head, Literal(change.acts_as))


@role_statement.register
def _(change: Configure) -> Composable:
    name = SQL(".").join(map(Identifier, change.name.split(".")))
    where = SQL("") if change.database is None else SQL(" IN DATABASE {}").format(Identifier(change.database))
    head = SQL("ALTER ROLE {}{}").format(Identifier(change.role), where)
    if change.values is None:
        return SQL("{} RESET {}").format(head, name)
    return SQL("{} SET {} = {}").format(head, name, SQL(", ").join(map(Literal, change.values)))


@role_statement.register
def _(change: SetPassword) -> Composable:
    """As it is shown: no SQL, so that a script of statements stops here instead of setting a wrong password."""
    return SQL("ALTER ROLE {} PASSWORD <redacted>").format(Identifier(change.role))


def password_statement(change: SetPassword, verifier: str) -> Composed:
    """As it is run, never shown."""
    return SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(change.role), Literal(verifier))


@role_statement.register
def _(change: ClearPassword) -> Composable:
    return SQL("ALTER ROLE {} PASSWORD NULL").format(Identifier(change.role))


@role_statement.register
def _(change: DropRole) -> Composable:
    return SQL("DROP ROLE {}").format(Identifier(change.role))


@role_statement.register
def _(change: GrantRole) -> Composable:
    return grant_role(change, [change.member])


def grant_role(change: GrantRole, members: Iterable[str]) -> Composable:
    """The same membership for several."""
    grant = SQL("GRANT {} TO {}").format(Identifier(change.role), SQL(", ").join(map(Identifier, members)))
    options = [
        *([SQL("ADMIN OPTION")] if change.admin else []),
        *(
            SQL("{} {}").format(name, SQL("TRUE") if value else SQL("FALSE"))
            for name, value in _options(change)
            if value is not None
        ),
    ]
    return SQL("{} WITH {}").format(grant, SQL(", ").join(options)) if options else grant


def _options(change: GrantRole) -> tuple[tuple[SQL, bool | None], ...]:
    return (SQL("INHERIT"), change.inherit), (SQL("SET"), change.set)


@role_statement.register
def _(change: RevokeRole) -> Composable:
    form = SQL("REVOKE ADMIN OPTION FOR {} FROM {}") if change.admin_only else SQL("REVOKE {} FROM {}")
    return form.format(Identifier(change.role), Identifier(change.member))


_ATTRIBUTES = {name: SQL(name) for name in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")}


def _attributes(role: Role) -> Composable:
    until = (
        SQL("") if role.valid_until is None else SQL(" VALID UNTIL {}").format(Literal(role.valid_until.isoformat()))
    )
    return SQL("{} {} CONNECTION LIMIT {}{}").format(
        SQL("LOGIN") if role.login else SQL("NOLOGIN"),
        SQL("INHERIT") if role.inherit else SQL("NOINHERIT"),
        Literal(role.connection_limit),
        until,
    )


def _spaced(parts: Iterable[Composable]) -> Composable:
    return SQL(" ").join(list(parts))
