"""DDL for each change, composed from identifiers and literals. The only place that writes DDL; executes nothing."""

from collections.abc import Iterable
from functools import singledispatch
from typing import assert_never

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from db_access.changes import (
    ActAs,
    AlterRole,
    Change,
    CreateRole,
    CreateSchema,
    DescribeRole,
    Grant,
    GrantDefault,
    GrantRole,
    OwnSchema,
    Revoke,
    RevokeDefault,
    RevokeRole,
    Target,
)
from db_access.mark import comment
from db_access.state import PUBLIC, DefaultKey, Kind, Privilege, Role

_OF_ALL = {Kind.TABLE: SQL("TABLES"), Kind.SEQUENCE: SQL("SEQUENCES"), Kind.FUNCTION: SQL("ROUTINES")}


def statement(change: Change) -> Composed:
    """The one statement that carries `change` out."""
    return Composed([_statement(change)])


@singledispatch
def _statement(change: object) -> Composable:
    raise TypeError(f"no statement for {change!r}")


@_statement.register
def _(change: CreateRole) -> Composable:
    return SQL("CREATE ROLE {} {}").format(Identifier(change.role.name), _attributes(change.role))


@_statement.register
def _(change: AlterRole) -> Composable:
    strip = _spaced(SQL("NO{}").format(_ATTRIBUTES[name]) for name in change.strip)
    return SQL("ALTER ROLE {} {} {}").format(Identifier(change.role.name), _attributes(change.role), strip)


@_statement.register
def _(change: DescribeRole) -> Composable:
    return SQL("COMMENT ON ROLE {} IS {}").format(Identifier(change.role.name), Literal(comment(change.role)))


@_statement.register
def _(change: ActAs) -> Composable:
    head = SQL("ALTER ROLE {} IN DATABASE {}").format(Identifier(change.role), Identifier(change.database))
    if change.acts_as is None:
        return SQL("{} RESET role").format(head)
    return SQL("{} SET role = {}").format(head, Literal(change.acts_as))


@_statement.register
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


@_statement.register
def _(change: RevokeRole) -> Composable:
    form = SQL("REVOKE ADMIN OPTION FOR {} FROM {}") if change.admin_only else SQL("REVOKE {} FROM {}")
    return form.format(Identifier(change.role), Identifier(change.member))


@_statement.register
def _(change: CreateSchema) -> Composable:
    return SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(change.name), Identifier(change.owner))


@_statement.register
def _(change: OwnSchema) -> Composable:
    return SQL("ALTER SCHEMA {} OWNER TO {}").format(Identifier(change.name), Identifier(change.owner))


@_statement.register
def _(change: Grant) -> Composable:
    return SQL("GRANT {} ON {} TO {}").format(
        _privileges(change.privileges, change.target.columns), _target(change.target), _grantees(change.grantees)
    )


@_statement.register
def _(change: Revoke) -> Composable:
    return SQL("REVOKE {} ON {} FROM {}").format(
        _privileges(change.privileges, change.target.columns), _target(change.target), _grantees(change.grantees)
    )


@_statement.register
def _(change: GrantDefault) -> Composable:
    return SQL("{} GRANT {} ON {} TO {}").format(
        _defaults(change.key), _privileges(change.privileges), _OF_ALL[change.key.kind], _grantees(change.grantees)
    )


@_statement.register
def _(change: RevokeDefault) -> Composable:
    return SQL("{} REVOKE {} ON {} FROM {}").format(
        _defaults(change.key), _privileges(change.privileges), _OF_ALL[change.key.kind], _grantees(change.grantees)
    )


_ATTRIBUTES = {name: SQL(name) for name in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")}


def _attributes(role: Role) -> Composable:
    return SQL("{} {} CONNECTION LIMIT {}").format(
        SQL("LOGIN") if role.login else SQL("NOLOGIN"), SQL("INHERIT") if role.inherit else SQL("NOINHERIT"), Literal(role.connection_limit)
    )


def _defaults(key: DefaultKey) -> Composable:
    head = SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}").format(Identifier(key.creator))
    return head if key.schema is None else SQL("{} IN SCHEMA {}").format(head, Identifier(key.schema))


def _privileges(privileges: Iterable[Privilege], columns: tuple[str, ...] = ()) -> Composable:
    names: Iterable[Composable] = (_PRIVILEGES[privilege] for privilege in privileges)
    if columns:
        where = _listed(map(Identifier, columns))
        names = (SQL("{} ({})").format(name, where) for name in names)
    return _listed(names)


_PRIVILEGES: dict[Privilege, SQL] = {
    Privilege.SELECT: SQL("SELECT"),
    Privilege.INSERT: SQL("INSERT"),
    Privilege.UPDATE: SQL("UPDATE"),
    Privilege.DELETE: SQL("DELETE"),
    Privilege.TRUNCATE: SQL("TRUNCATE"),
    Privilege.REFERENCES: SQL("REFERENCES"),
    Privilege.TRIGGER: SQL("TRIGGER"),
    Privilege.MAINTAIN: SQL("MAINTAIN"),
    Privilege.USAGE: SQL("USAGE"),
    Privilege.CREATE: SQL("CREATE"),
    Privilege.CONNECT: SQL("CONNECT"),
    Privilege.TEMPORARY: SQL("TEMPORARY"),
    Privilege.EXECUTE: SQL("EXECUTE"),
}


def _target(target: Target) -> Composable:
    match target.kind:
        case Kind.DATABASE:
            return SQL("DATABASE {}").format(_listed(map(Identifier, target.names)))
        case Kind.SCHEMA:
            return SQL("SCHEMA {}").format(_listed(map(Identifier, target.names)))
        case Kind.FUNCTION:
            return SQL("ALL ROUTINES IN SCHEMA {}").format(Identifier(target.schema or ""))
        case Kind.TABLE:
            return SQL("TABLE {}").format(_listed(Identifier(target.schema or "", name) for name in target.names))
        case Kind.SEQUENCE:
            return SQL("SEQUENCE {}").format(_listed(Identifier(target.schema or "", name) for name in target.names))
        case _:
            assert_never(target.kind)


def _grantees(grantees: Iterable[str]) -> Composable:
    return _listed(SQL("PUBLIC") if name == PUBLIC else Identifier(name) for name in grantees)


def _listed(parts: Iterable[Composable]) -> Composable:
    return SQL(", ").join(list(parts))


def _spaced(parts: Iterable[Composable]) -> Composable:
    return SQL(" ").join(list(parts))
