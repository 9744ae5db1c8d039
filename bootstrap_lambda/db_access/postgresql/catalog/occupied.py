"""What somebody has in a database: whether a deploy is the first there. Everybody may ask it, without locks."""

from typing import Any, Final, LiteralString

from psycopg import Connection

# Extensions' objects don't count, nor what a managed service puts beside PostgreSQL's own.
_OCCUPIED: Final[LiteralString] = """
WITH made (classid, oid, namespace) AS (
    SELECT 'pg_namespace'::regclass, oid, oid FROM pg_namespace
  UNION ALL SELECT 'pg_class'::regclass, oid, relnamespace FROM pg_class WHERE relkind NOT IN ('i', 'I', 't', 'c')
  UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type WHERE typrelid = 0 AND typelem = 0
  UNION ALL SELECT 'pg_largeobject'::regclass, oid, 0 FROM pg_largeobject_metadata
)
SELECT pg_describe_object(classid, oid, 0) FROM made
WHERE oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend
        WHERE pg_depend.classid = made.classid AND objid = made.oid AND deptype IN ('e', 'i'))
    AND (namespace = 0 OR EXISTS (SELECT FROM pg_namespace WHERE pg_namespace.oid = namespace
        AND nspname <> 'information_schema' AND nspname !~ '^pg_'))
ORDER BY 1 LIMIT 4
"""


def read(connection: Connection[Any]) -> tuple[str, ...]:
    """The first of it, as PostgreSQL describes it."""
    return tuple(what for (what,) in connection.execute(_OCCUPIED))
