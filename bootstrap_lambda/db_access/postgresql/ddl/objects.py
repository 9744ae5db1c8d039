"""DDL for changes to schemas, owners, grants and default privileges. Executes nothing."""

from collections.abc import Iterable
from typing import assert_never

from psycopg.sql import SQL, Composable, Composed, Identifier

from db_access.plan.changes import (
    CreateSchema,
    Grant,
    GrantDefault,
    ObjectChange,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.plan.privileges import PUBLIC, DefaultKey, Kind, Privilege
from db_access.postgresql.ddl.names import PRIVILEGES, listed, routine


def object_statement(change: ObjectChange) -> Composed:
    """The statement for a change to a schema, an owner or a grant."""
    match change:
        case CreateSchema():
            return SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(Identifier(change.name), Identifier(change.owner))
        case OwnSchema():
            return SQL("ALTER SCHEMA {} OWNER TO {}").format(Identifier(change.name), Identifier(change.owner))
        case OwnObject():
            return _own_object(change)
        case Grant():
            grant = SQL("GRANT {} ON {} TO {}").format(
                _privileges(change.privileges, change.target.columns),
                _target(change.target),
                _grantees(change.grantees),
            )
            return _acting(change, grant)
        case Revoke():
            revoke = SQL("REVOKE {}{} ON {} FROM {}{}").format(
                _option(change.option_only),
                _privileges(change.privileges, change.target.columns),
                _target(change.target),
                _grantees(change.grantees),
                SQL(" CASCADE" if change.cascade else ""),
            )
            return _acting(change, revoke)
        case GrantDefault():
            return SQL("{} GRANT {} ON {} TO {}").format(
                _defaults(change.key),
                _privileges(change.privileges),
                _future(change.key.kind),
                _grantees(change.grantees),
            )
        case RevokeDefault():
            return SQL("{} REVOKE {}{} ON {} FROM {}").format(
                _defaults(change.key),
                _option(change.option_only),
                _privileges(change.privileges),
                _future(change.key.kind),
                _grantees(change.grantees),
            )
        case _:
            assert_never(change)


def _acting(change: Grant | Revoke, statement: Composed) -> Composed:
    if change.as_owner is not None:
        statement = SQL("SET LOCAL ROLE {}; {}; SET LOCAL ROLE NONE").format(Identifier(change.as_owner), statement)
    if change.usage_for is None:
        return statement
    schema, owner = Identifier(_schema(change.target)), Identifier(change.usage_for)
    return SQL("GRANT USAGE ON SCHEMA {0} TO {1}; {2}; REVOKE USAGE ON SCHEMA {0} FROM {1}").format(
        schema, owner, statement
    )


def _own_object(change: OwnObject) -> Composed:
    owner, name = Identifier(change.owner), Identifier(change.schema, change.name)
    match change.kind:
        case Kind.FUNCTION:
            return SQL("ALTER ROUTINE {} OWNER TO {}").format(routine(change.schema, change.name), owner)
        case Kind.TYPE:
            return SQL("ALTER TYPE {} OWNER TO {}").format(name, owner)
        case Kind.TABLE | Kind.SEQUENCE:  # ALTER TABLE takes views and sequences too
            return SQL("ALTER TABLE {} OWNER TO {}").format(name, owner)
        case Kind.DATABASE | Kind.SCHEMA:
            raise TypeError(f"{change.kind} {change.name!r} is not in a schema")
        case _:
            assert_never(change.kind)


def _target(target: Target) -> Composed:
    match target.kind:
        case Kind.DATABASE:
            return SQL("DATABASE {}").format(listed(map(Identifier, target.names)))
        case Kind.SCHEMA:
            return SQL("SCHEMA {}").format(listed(map(Identifier, target.names)))
        case Kind.FUNCTION:
            return SQL("ROUTINE {}").format(listed(routine(_schema(target), name) for name in target.names))
        case Kind.TYPE:
            return SQL("TYPE {}").format(listed(Identifier(_schema(target), name) for name in target.names))
        case Kind.TABLE:
            return SQL("TABLE {}").format(listed(Identifier(_schema(target), name) for name in target.names))
        case Kind.SEQUENCE:
            return SQL("SEQUENCE {}").format(listed(Identifier(_schema(target), name) for name in target.names))
        case _:
            assert_never(target.kind)


def _schema(target: Target) -> str:
    if target.schema is None:
        raise TypeError(f"{target.kind} {', '.join(map(repr, target.names))} has no schema")
    return target.schema


def _future(kind: Kind) -> SQL:
    """As ALTER DEFAULT PRIVILEGES calls objects of the kind."""
    match kind:
        case Kind.SCHEMA:
            return SQL("SCHEMAS")
        case Kind.TABLE:
            return SQL("TABLES")
        case Kind.SEQUENCE:
            return SQL("SEQUENCES")
        case Kind.FUNCTION:
            return SQL("ROUTINES")
        case Kind.TYPE:
            return SQL("TYPES")
        case Kind.DATABASE:
            raise TypeError("there are no default privileges on databases")
        case _:
            assert_never(kind)


def _option(only: bool) -> SQL:
    return SQL("GRANT OPTION FOR ") if only else SQL("")


def _defaults(key: DefaultKey) -> Composed:
    head = SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {}").format(Identifier(key.creator))
    return head if key.schema is None else SQL("{} IN SCHEMA {}").format(head, Identifier(key.schema))


def _privileges(privileges: Iterable[Privilege], columns: tuple[str, ...] = ()) -> Composed:
    names: Iterable[Composable] = (PRIVILEGES[privilege] for privilege in privileges)
    if columns:
        where = listed(map(Identifier, columns))
        names = (SQL("{} ({})").format(name, where) for name in names)
    return listed(names)


def _grantees(grantees: Iterable[str]) -> Composed:
    return listed(SQL("PUBLIC") if name == PUBLIC else Identifier(name) for name in grantees)
