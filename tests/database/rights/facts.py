"""What a server's own catalogs say about the kinds of rights that it has, as short texts."""

import string
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Literal

_QUERIES: Final = {
    "acl": """SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE atttypid = 'aclitem[]'::regtype AND relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace""",
    "names": """SELECT fktable || '.' || fkcols[1] FROM pg_get_catalog_foreign_keys()
        WHERE pktable = 'pg_authid'::regclass""",
    "function": "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^(has_.*_privilege|pg_has_role)$'",
    "attribute": "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_authid'::regclass AND attnum > 0",
    "option": "SELECT attname FROM pg_attribute WHERE attrelid = 'pg_auth_members'::regclass AND attnum > 0",
    "predefined": "SELECT rolname FROM pg_roles WHERE rolname ~ '^pg_'",
}


def facts(connection: Connection[Any]) -> set[str]:
    found = {f"{what} {name}" for what, query in _QUERIES.items() for (name,) in connection.execute(query.encode())}
    return (
        found
        | {f"privilege {each}" for each in _privileges(connection)}
        | {f"default {each}" for each in _defaults(connection)}
    )


def _privileges(connection: Connection[Any]) -> Iterator[str]:
    """Every letter that an ACL takes, with its name."""
    for letter in string.ascii_letters:
        item = SQL("SELECT privilege_type FROM aclexplode(ARRAY[{}::aclitem])").format(Literal(f"={letter}/rdsadmin"))
        with suppress(psycopg.errors.InvalidTextRepresentation):
            for (name,) in connection.execute(item):
                yield f"{letter} {name}"


def _defaults(connection: Connection[Any], first: str = "") -> Iterator[str]:
    """Every word, or two, of PostgreSQL's that ALTER DEFAULT PRIVILEGES takes for a kind of object."""
    words = [word.upper() for (word,) in connection.execute("SELECT word FROM pg_get_keywords()").fetchall()]
    for word in words:
        kind = f"{first} {word}".strip()
        try:
            connection.execute(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON {kind} FROM pg_monitor".encode())
        except psycopg.errors.SyntaxError as error:
            if not first and f'near "{word}"' not in (error.diag.message_primary or ""):  # the beginning of one
                yield from _defaults(connection, word)
        else:
            yield kind
