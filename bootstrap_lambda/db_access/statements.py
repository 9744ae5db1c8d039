"""DDL for each change, composed from identifiers and literals. Only here and in the two modules below is DDL written."""

from psycopg.sql import Composed

from db_access.changes import Change
from db_access.statements_grants import grant_statement
from db_access.statements_roles import role_statement


def statement(change: Change) -> Composed:
    """The one statement that carries `change` out."""
    composed = role_statement(change) or grant_statement(change)
    if composed is None:
        raise TypeError(f"no statement for {change!r}")
    return Composed([composed])
