"""How statements name things: lists of identifiers, and functions with their argument types."""

from collections.abc import Iterable

from psycopg.sql import SQL, Composable, Composed, Identifier

from db_access.plan.privileges import Privilege
from db_access.postgresql.state import Routine

PRIVILEGES: dict[Privilege, SQL] = {
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
"""Written out, because only literal text becomes SQL."""


def listed(parts: Iterable[Composable]) -> Composed:
    return SQL(", ").join(list(parts))


def spaced(parts: Iterable[Composable]) -> Composed:
    return SQL(" ").join(list(parts))


def routine(schema: str, name: str) -> Composed:
    """By the types of its input arguments, each with its mode: without one PostgreSQL reads a procedure's list as that
    of all arguments, too, and `p(integer)` may be another one (parse_func.c, LookupFuncWithArgs).

    Raises TypeError for a name that no catalog gave: its argument types are not known.
    """
    if not isinstance(name, Routine):
        raise TypeError(f"function {name!r} is not from a catalog, so its argument types are not known")
    plain, types = name.parts
    inputs = listed(SQL("IN {}").format(Identifier(*type_)) for type_ in types)
    return SQL("{}({})").format(Identifier(schema, plain), inputs)
