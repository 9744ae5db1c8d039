"""Which database a connection is to, so that an approval for one isn't taken for another's of the same name."""

from typing import Any

import psycopg
from psycopg import Connection

from db_access.spec.approved import Identity

# Nothing has settled the session's search path yet: every function and operator is named with its schema.
_OID = """
SELECT oid::pg_catalog.text FROM pg_catalog.pg_database
WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
"""
_MADE_FOR = """
SELECT pg_catalog.substring(pg_catalog.shobj_description(oid, 'pg_database'), '^made for approval ([0-9a-f]{64})$')
FROM pg_catalog.pg_database
WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
    AND pg_catalog.pg_get_userbyid(datdba) OPERATOR(pg_catalog.=) session_user
"""
"""By the mark that `databases.create` leaves, on a database of the master's own: nobody else can have made it."""
_SYSTEM = "SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()"
_UNTOLD = (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction)
"""Everybody may execute it in PostgreSQL (System Information Functions, 9.27.9); a managed server may keep it back."""


def identity(connection: Connection[Any], *, database: str) -> Identity:
    """Asked before the session's first transaction, on the connection that a run then uses: it stays in its database.

    Args:
        database: the one that is meant; where the connection is to another one, it is still to be made.
    """
    connection.autocommit = True
    ((oid,),) = connection.execute(_OID).fetchall()
    try:
        ((system,),) = connection.execute(_SYSTEM).fetchall()
    except _UNTOLD:
        system = None
    there = connection.info.dbname == database
    return Identity(host=connection.info.host, system=system, oid=oid if there else None)


def made_for(connection: Connection[Any]) -> str | None:
    """The digest of the approval that a run has made the database for, and not finished. Asked as `identity`."""
    ((digest,),) = connection.execute(_MADE_FOR).fetchall() or [(None,)]
    return None if digest is None else str(digest)
