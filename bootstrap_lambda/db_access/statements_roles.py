"""DDL for changes to roles, memberships and sessions. Executes nothing."""

from collections.abc import Iterable
from functools import singledispatch
from typing import assert_never

from psycopg.sql import SQL, Composable, Identifier, Literal

from db_access.changes import ActAs, AlterRole, CreateRole, DescribeRole, GrantRole, RevokeRole
from db_access.mark import comment
from db_access.state import Role


@singledispatch
def role_statement(change: object) -> Composable | None:
    """The statement for a change to a role; None for any other change."""
    return None


@role_statement.register
def _(change: CreateRole) -> Composable:
    return SQL("CREATE ROLE {} {}").format(Identifier(change.role.name), _attributes(change.role))


@role_statement.register
def _(change: AlterRole) -> Composable:
    strip = _spaced(SQL("NO{}").format(_ATTRIBUTES[name]) for name in change.strip)
    return SQL("ALTER ROLE {} {} {}").format(Identifier(change.role.name), _attributes(change.role), strip)


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
def _(change: GrantRole) -> Composable:
    grant = SQL("GRANT {} TO {}").format(Identifier(change.role), Identifier(change.member))
    match change.inherit:
        case None:
            return grant
        case True:
            return SQL("{} WITH INHERIT TRUE").format(grant)
        case False:
            return SQL("{} WITH INHERIT FALSE").format(grant)
        case _:
            assert_never(change.inherit)


@role_statement.register
def _(change: RevokeRole) -> Composable:
    form = SQL("REVOKE ADMIN OPTION FOR {} FROM {}") if change.admin_only else SQL("REVOKE {} FROM {}")
    return form.format(Identifier(change.role), Identifier(change.member))


_ATTRIBUTES = {name: SQL(name) for name in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")}


def _attributes(role: Role) -> Composable:
    return SQL("{} {} CONNECTION LIMIT {}").format(
        SQL("LOGIN") if role.login else SQL("NOLOGIN"), SQL("INHERIT") if role.inherit else SQL("NOINHERIT"), Literal(role.connection_limit)
    )


def _spaced(parts: Iterable[Composable]) -> Composable:
    return SQL(" ").join(list(parts))
