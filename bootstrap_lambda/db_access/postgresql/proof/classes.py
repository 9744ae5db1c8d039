"""The part of the proof's question that finds out which objects answer alike, so that one of each class is asked about.

Parameters: owners (whose objects are looked at though an extension has them as members), schemas, named_schemas,
named, any_named, column_schemas, column_tables, all_columns, key_columns, any_key.
"""

from typing import Final, LiteralString

CLASSES: Final[LiteralString] = """
namespace AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = ANY(%(schemas)s)),
owners AS MATERIALIZED (SELECT oid FROM pg_roles WHERE rolname = ANY(%(owners)s) AND NOT rolsuper),
extended AS (
    SELECT classid, objid, deptype FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
        OR classid = 'pg_proc'::regclass AND deptype = 'i'  -- a range type's constructors, which PostgreSQL owns
),
named AS (SELECT DISTINCT * FROM unnest(%(named_schemas)s::text[], %(named)s::text[]) AS named (schema, name)),
columned AS (
    SELECT pg_class.oid FROM unnest(%(column_schemas)s::text[], %(column_tables)s::text[]) AS listed (schema, name)
        JOIN namespace ON nspname = listed.schema JOIN pg_class ON relnamespace = namespace.oid
            AND relname = listed.name
),
relations AS (
    SELECT min(pg_class.oid) AS oid, relnamespace, relkind = 'S' AS sequence, relowner, relacl, named.name AS alone,
        count(*)
    FROM pg_class JOIN namespace ON namespace.oid = relnamespace LEFT JOIN named ON named.schema = nspname
        AND named.name = relname
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND (pg_class.oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
            OR relowner IN (SELECT oid FROM owners))
    GROUP BY 2, 3, 4, 5, 6
),
columns AS (
    SELECT min(pg_class.oid) AS oid, relnamespace, relowner, relacl, attname, attacl, named.name AS alone, count(*)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN namespace ON namespace.oid = relnamespace
        LEFT JOIN named ON named.schema = nspname AND named.name = relname
    WHERE (attacl IS NOT NULL  -- system columns too: who may read ctid, can delete row by row
            OR %(any_key)s AND attname = ANY(%(key_columns)s) AND attnum > 0) AND NOT attisdropped
        AND relkind IN ('r', 'p', 'v', 'm', 'f') 
        AND (%(all_columns)s OR attrelid = ANY(ARRAY(SELECT oid FROM columned)))
        AND (attrelid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
            OR relowner IN (SELECT oid FROM owners))
    GROUP BY 2, 3, 4, 5, 6, 7
),
signatures AS (
    SELECT pg_proc.oid, pronamespace, proname, proowner, proacl,
        proname || '(' || array_to_string(proargtypes::regtype[]::text[], ', ') || ')' AS signature
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM namespace)
        AND (oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_proc'::regclass)
            OR proowner IN (SELECT oid FROM owners) AND oid NOT IN (SELECT objid FROM extended WHERE deptype = 'i'))
),
routines AS (
    SELECT min(signatures.oid) AS oid, pronamespace, proowner, proacl, named.name AS alone, count(*)
    FROM signatures JOIN namespace ON namespace.oid = pronamespace LEFT JOIN named ON named.schema = nspname
        AND named.name = signature
    GROUP BY 2, 3, 4, 5
),
types AS (
    SELECT min(pg_type.oid) AS oid, typnamespace, typowner, typacl, named.name AS alone, count(*)
    FROM pg_type JOIN namespace ON namespace.oid = typnamespace LEFT JOIN named ON named.schema = nspname
        AND named.name = typname
    WHERE (pg_type.oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_type'::regclass)
            OR typowner IN (SELECT oid FROM owners))
        AND (typtype IN ('b', 'd', 'e', 'r') AND typelem = 0
        -- a composite type without an ACL is everybody's to use, and the row type of a table nobody's to grant
        OR typtype = 'c' AND (typacl IS NOT NULL OR %(any_named)s AND named.name IS NOT NULL))
    GROUP BY 2, 3, 4, 5
),
found AS (
    SELECT 'database' AS kind, oid, NULL::oid AS schema, NULL::name AS column, NULL AS alone, 1::bigint AS count,
        datdba AS owner,
        coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', oid, oid, NULL, NULL, 1, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM namespace
  UNION ALL
    SELECT CASE WHEN sequence THEN 'sequence' ELSE 'table' END, oid, relnamespace, NULL, alone, count, relowner,
        coalesce(relacl, acldefault(CASE WHEN sequence THEN 's' ELSE 'r' END::"char", relowner))
    FROM relations
  UNION ALL
    SELECT 'column', oid, relnamespace, attname, alone, count, relowner,
        coalesce(attacl, '{}') || coalesce(relacl, acldefault('r', relowner))
    FROM columns
  UNION ALL
    SELECT 'function', oid, pronamespace, NULL, alone, count, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM routines
  UNION ALL
    SELECT 'type', oid, typnamespace, NULL, alone, count, typowner, coalesce(typacl, acldefault('T', typowner))
    FROM types
),
class AS MATERIALIZED (SELECT row_number() OVER () AS id, found.* FROM found)"""
"""As common table expressions. The last one, `class`, has a representative of each (oid), and `alone` where the spec
names one object."""
