"""Where a role could make something as another one, if it can become that. Reads only."""

from typing import Any, Final

from psycopg import Connection


def read(connection: Connection[Any], member: str, group: str) -> list[tuple[str, list[str]]]:
    """Why and where: `database` with those in which the member may make schemas, `group` with schemas of this database
    in which the group may create, `owner` with those that are the member's. Nothing of who isn't there."""
    if connection.execute(_THERE, [[member, group]]).fetchall() != [(True,)]:
        return []
    return connection.execute(_LASTING, [member, group, member, member]).fetchall()


_THERE: Final = "SELECT count(*) = 2 FROM pg_roles WHERE rolname = ANY(%s)"
_LASTING: Final = """
SELECT why, array_agg(name ORDER BY name)
FROM (
    SELECT 'database' AS why, datname::text AS name
    FROM pg_database
    WHERE datallowconn AND has_database_privilege(%s, oid, 'CREATE')
    UNION ALL
    SELECT 'group', nspname::text
    FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(%s, oid, 'CREATE')
    UNION ALL
    SELECT 'owner', nspname::text
    FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND nspowner <> 'pg_database_owner'::regrole AND pg_has_role(%s, nspowner, 'MEMBER')
        AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = %s)
) AS found
GROUP BY why
ORDER BY why
"""
