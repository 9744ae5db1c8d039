"""DDL for changes to schemas, grants and default privileges. Executes nothing."""

from collections.abc import Iterable
from functools import singledispatch
from typing import assert_never

from psycopg.sql import SQL, Composable, Identifier

from db_access.plan.changes import (
    CreateSchema,
    Grant,
    GrantDefault,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.postgresql.state import PUBLIC, DefaultKey, Kind, Privilege, Routine

_OF_ALL = {
    Kind.TABLE: SQL("TABLES"),
    Kind.SEQUENCE: SQL("SEQUENCES"),
    Kind.FUNCTION: SQL("ROUTINES"),
    Kind.TYPE: SQL("TYPES"),
    Kind.SCHEMA: SQL("SCHEMAS"),
}


@singledispatch
def grant_statement(change: object) -> Composable | None:
    """The statement for a change to a schema or a grant; None for any other change."""
    return None


@grant_statement.register
def _(change: CreateSchema) -> Composable:
    return SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(change.name), Identifier(change.owner))


@grant_statement.register
def _(change: OwnSchema) -> Composable:
    return SQL("ALTER SCHEMA {} OWNER TO {}").format(Identifier(change.name), Identifier(change.owner))


@grant_statement.register
def _(change: OwnObject) -> Composable:
    owner, name = Identifier(change.owner), Identifier(change.schema, change.name)
    match change.kind:
        case Kind.FUNCTION:
            return SQL("ALTER ROUTINE {} OWNER TO {}").format(_routine(change.schema, change.name), owner)
        case Kind.TYPE:
            return SQL("ALTER TYPE {} OWNER TO {}").format(name, owner)
        case _:  # ALTER TABLE takes views and sequences too
            return SQL("ALTER TABLE {} OWNER TO {}").format(name, owner)


@grant_statement.register
def _(change: Grant) -> Composable:
    return SQL("GRANT {} ON {} TO {}").format(
        _privileges(change.privileges, change.target.columns), _target(change.target), _grantees(change.grantees)
    )


@grant_statement.register
def _(change: Revoke) -> Composable:
    what = _privileges(change.privileges, change.target.columns)
    return SQL("REVOKE {}{} ON {} FROM {}").format(
        _option(change.option_only), what, _target(change.target), _grantees(change.grantees)
    )


@grant_statement.register
def _(change: GrantDefault) -> Composable:
    return SQL("{} GRANT {} ON {} TO {}").format(
        _defaults(change.key), _privileges(change.privileges), _OF_ALL[change.key.kind], _grantees(change.grantees)
    )


@grant_statement.register
def _(change: RevokeDefault) -> Composable:
    what = SQL("{}{}").format(_option(change.option_only), _privileges(change.privileges))
    return SQL("{} REVOKE {} ON {} FROM {}").format(
        _defaults(change.key), what, _OF_ALL[change.key.kind], _grantees(change.grantees)
    )


def _option(only: bool) -> Composable:
    return SQL("GRANT OPTION FOR " if only else "")


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
            return SQL("ROUTINE {}").format(_listed(_routine(target.schema or "", name) for name in target.names))
        case Kind.TYPE:
            return SQL("TYPE {}").format(_listed(Identifier(target.schema or "", name) for name in target.names))
        case Kind.TABLE:
            return SQL("TABLE {}").format(_listed(Identifier(target.schema or "", name) for name in target.names))
        case Kind.SEQUENCE:
            return SQL("SEQUENCE {}").format(_listed(Identifier(target.schema or "", name) for name in target.names))
        case _:
            assert_never(target.kind)


def _routine(schema: str, routine: str) -> Composable:
    if not isinstance(routine, Routine):
        raise TypeError(f"function {routine!r} is not from a catalog, so its argument types are not known")
    name, types = routine.parts
    return SQL("{}({})").format(Identifier(schema, name), _listed(Identifier(*type_) for type_ in types))


def _grantees(grantees: Iterable[str]) -> Composable:
    return _listed(SQL("PUBLIC") if name == PUBLIC else Identifier(name) for name in grantees)


def _listed(parts: Iterable[Composable]) -> Composable:
    return SQL(", ").join(list(parts))
