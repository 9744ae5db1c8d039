"""Who may change what others may do in a whole cluster. Reads catalogs that everybody may read."""

from typing import Any, Final, LiteralString

from psycopg import Connection

_MOST: Final = 50
# Nothing has settled the session's search path yet: every function and operator is named with its schema.
_ADMINS: Final[LiteralString] = """
SELECT login.rolname::pg_catalog.text
FROM pg_catalog.pg_roles AS login
WHERE login.rolcanlogin AND EXISTS (
    SELECT FROM pg_catalog.pg_roles AS held
    WHERE (held.rolsuper OR held.rolcreaterole OR held.rolname OPERATOR(pg_catalog.=) 'rds_superuser')
        AND pg_catalog.pg_has_role(login.oid, held.oid, 'MEMBER')
)
ORDER BY 1
"""
"""Superusers; who has CREATEROLE; members of rds_superuser, by any chain, and by SET ROLE, too."""


def admins(connection: Connection[Any]) -> tuple[str, ...]:
    """Their names, at most 50. Ends the transaction."""
    names = [str(name) for (name,) in connection.execute(_ADMINS).fetchall()]
    connection.rollback()
    more = len(names) - _MOST
    return (*names[:_MOST], f"and {more:,} more") if more > 0 else tuple(names)
