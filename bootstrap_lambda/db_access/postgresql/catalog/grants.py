"""Catalog queries about objects and default privileges. Parameters: mark, roles, schemas, keeping, creators,
key_columns, types (whether the spec speaks of types), those of `acting`, touched (the schemas to look at; NULL for
all), names (the relations and types to look at, which an index finds; NULL for all).

Every ACL comes as the texts of its items, which `catalog_acl` reads.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.acting import ACTING
from db_access.postgresql.catalog.roles import OURS, OWNERS

SCHEMAS: Final[LiteralString] = """
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ANY(%(schemas)s)
"""

_IN: Final[LiteralString] = f"""
WITH RECURSIVE {OURS},
{OWNERS},
namespace AS (
    SELECT oid, nspname, nspowner, nspacl, nspname = ANY(%(schemas)s) AS declared,
        nspname = ANY(%(keeping)s) AS keeping
    FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%%'
        AND (%(touched)s::text[] IS NULL OR nspname = ANY(%(touched)s))
),
extended AS (
    SELECT classid, objid, deptype FROM pg_depend
    WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
        OR classid = 'pg_proc'::regclass AND deptype = 'i'  -- a range type's constructors, which PostgreSQL owns
)"""

# One row for each distinct (schema, kind, owner, ACL): a hundred tables granted alike are one row.
OBJECTS: Final[LiteralString] = f"""
{_IN},
relations AS (
    SELECT relnamespace, relkind = 'S' AS sequence, relowner, relacl, array_agg(relname::text) AS names
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relnamespace IN (SELECT oid FROM namespace)
        AND (%(names)s::name[] IS NULL OR relname = ANY(%(names)s::name[])
            AND relnamespace = ANY(ARRAY(SELECT oid FROM namespace)))
        AND (oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
            OR relowner IN (SELECT oid FROM owners))
    GROUP BY 1, 2, 3, 4
),
routines AS (SELECT pronamespace, proowner, proacl, array_agg(oid) AS oids FROM pg_proc
    WHERE pronamespace IN (SELECT oid FROM namespace)
        AND (oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_proc'::regclass)
            OR proowner IN (SELECT oid FROM owners) AND oid NOT IN (SELECT objid FROM extended WHERE deptype = 'i'))
    GROUP BY 1, 2, 3
),
{ACTING},
types AS (
    SELECT typnamespace, typowner, typacl, array_agg(typname::text) AS names FROM pg_type
    WHERE (oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_type'::regclass)
            OR typowner IN (SELECT oid FROM owners))
        AND (%(names)s::name[] IS NULL OR typname = ANY(%(names)s::name[])
            AND typnamespace = ANY(ARRAY(SELECT oid FROM namespace))) AND (
        typtype IN ('b', 'd', 'e', 'r') AND typelem = 0
        OR typtype = 'c' AND (typacl IS NOT NULL OR %(types)s 
            AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c')))
    GROUP BY 1, 2, 3
),
classes AS (
    SELECT 'database' AS kind, NULL AS schema, true AS declared, datdba AS owner,
        coalesce(datacl, acldefault('d', datdba)) AS acl, ARRAY[datname::text] AS names, NULL::oid[] AS oids,
        NULL AS acts
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', nspname, declared, nspowner, coalesce(nspacl, acldefault('n', nspowner)),
        ARRAY[nspname::text], NULL, NULL
    FROM namespace
  UNION ALL
    SELECT CASE WHEN sequence THEN 'sequence' ELSE 'table' END, nspname, declared, relowner, relacl, names, NULL,
        acts
    FROM judged_relations JOIN namespace ON namespace.oid = relnamespace
  UNION ALL
    SELECT 'function', nspname, declared, proowner, coalesce(proacl, acldefault('f', proowner)), NULL, oids, acts
    FROM judged_routines JOIN namespace ON namespace.oid = pronamespace
  UNION ALL
    SELECT 'type', nspname, declared, typowner, coalesce(typacl, acldefault('T', typowner)), names, NULL, NULL
    FROM types JOIN namespace ON namespace.oid = typnamespace
)
SELECT kind, schema, pg_get_userbyid(owner) AS owner, coalesce(acl, '{{}}')::text[] AS acl,
    coalesce(names, '{{}}') AS names,
    (SELECT jsonb_agg(jsonb_build_array(
         proname, proargtypes::regtype[]::text[],
         ARRAY(SELECT jsonb_build_array(nspname, typname) 
               FROM unnest(proargtypes) WITH ORDINALITY AS argument (oid, position)
               JOIN pg_type USING (oid) JOIN pg_namespace ON pg_namespace.oid = typnamespace ORDER BY position)))
     FROM pg_proc WHERE pg_proc.oid = ANY(oids)) AS routines,
    acts
FROM classes
WHERE declared OR kind = 'schema' OR EXISTS (SELECT FROM aclexplode(acl) AS held JOIN ours ON ours.oid = held.grantee
    WHERE held.grantee <> 0)
"""

# Apart from the rest: to look at all columns takes as long as everything else.
COLUMNS: Final[LiteralString] = f"""
{_IN},
columns AS (
    SELECT relnamespace, relowner, attname, attacl, array_agg(relname::text) AS names
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE (attacl IS NOT NULL  -- system columns too: who may read ctid, can delete row by row
            OR %(any_key)s AND attname = ANY(%(key_columns)s) AND attnum > 0) AND NOT attisdropped
        AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace IN (SELECT oid FROM namespace)
        AND (pg_class.oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
            OR relowner IN (SELECT oid FROM owners))
        AND (%(touched)s::text[] IS NULL
            OR attrelid = ANY(ARRAY(
                SELECT oid FROM pg_class WHERE relname = ANY(%(names)s::name[])
                    AND relnamespace = ANY(ARRAY(SELECT oid FROM namespace)))))
    GROUP BY 1, 2, 3, 4
)
SELECT nspname, pg_get_userbyid(relowner) AS owner, coalesce(attacl, '{{}}')::text[] AS acl, names, attname
FROM columns JOIN namespace ON namespace.oid = relnamespace
WHERE declared OR EXISTS (SELECT FROM aclexplode(attacl) AS held JOIN ours ON ours.oid = held.grantee
    WHERE held.grantee <> 0)
"""

DEFAULTS: Final[LiteralString] = f"""
WITH {OURS},
recorded AS (
    SELECT defaclrole AS owner, nspname AS schema, defaclacl AS acl,
        CASE defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'function' WHEN 'T' THEN 'type'
            WHEN 'n' THEN 'schema' END AS kind
    FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
    WHERE defaclobjtype IN ('r', 'S', 'f', 'T', 'n') AND (%(touched)s::text[] IS NULL OR nspname IS NULL
        OR nspname = ANY(%(touched)s))
)
SELECT pg_get_userbyid(owner) AS creator, schema, kind, acl::text[] FROM recorded
WHERE pg_get_userbyid(owner) = ANY(%(creators)s)
    OR owner IN (SELECT nspowner FROM pg_namespace WHERE nspname = ANY(%(keeping)s))
    OR EXISTS (SELECT FROM aclexplode(acl) AS held JOIN ours ON ours.oid = held.grantee WHERE held.grantee <> 0)
ORDER BY creator, schema, kind
"""
