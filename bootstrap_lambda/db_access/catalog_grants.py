"""Catalog queries about objects and default privileges. Parameters: mark, roles, schemas, creators.

Every ACL comes as JSON of grantee to privileges, for our roles and PUBLIC (the empty name) only, without the owner's own.
"""

from typing import Final, LiteralString

from db_access.catalog_roles import OURS

_ACL: Final[LiteralString] = """
    (SELECT jsonb_object_agg(grantee, privileges) FROM (
        SELECT ours.rolname AS grantee, array_agg(held.privilege_type) AS privileges
        FROM aclexplode(acl) AS held JOIN ours ON ours.oid = held.grantee
        WHERE held.grantee <> owner
        GROUP BY ours.rolname
    ) AS grants)"""

SCHEMAS: Final[LiteralString] = """
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ANY(%(schemas)s)
"""

# One row for each distinct (schema, kind, owner, ACL): a hundred tables granted alike are one row.
OBJECTS: Final[LiteralString] = f"""
WITH {OURS},
namespace AS (
    SELECT oid, nspname, nspowner, nspacl, nspname = ANY(%(schemas)s) AS declared FROM pg_namespace
    WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%%'
),
classes AS (
    SELECT 'database' AS kind, NULL AS schema, true AS declared, datdba AS owner,
        coalesce(datacl, acldefault('d', datdba)) AS acl, ARRAY[datname::text] AS names, ARRAY[]::text[] AS columns
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', nspname, declared, nspowner, coalesce(nspacl, acldefault('n', nspowner)), ARRAY[nspname::text], ARRAY[]::text[]
    FROM namespace
  UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname, declared, relowner, relacl,
        array_agg(relname::text), ARRAY[]::text[]
    FROM pg_class JOIN namespace ON namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    GROUP BY 1, 2, 3, 4, 5
  UNION ALL
    SELECT 'table', nspname, false, relowner, attacl, ARRAY[relname::text], array_agg(attname::text)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN namespace ON namespace.oid = relnamespace
    WHERE attacl IS NOT NULL AND NOT attisdropped
    GROUP BY nspname, relname, relowner, attacl
  UNION ALL
    SELECT DISTINCT 'function', nspname, declared, proowner, coalesce(proacl, acldefault('f', proowner)), ARRAY[]::text[], ARRAY[]::text[]
    FROM pg_proc JOIN namespace ON namespace.oid = pronamespace
),
held AS (SELECT kind, schema, declared, pg_get_userbyid(owner) AS owner, names, columns, {_ACL} AS acl FROM classes)
SELECT kind, schema, owner, names, columns, acl FROM held
WHERE declared OR acl - '' <> '{{}}'
ORDER BY kind, schema, names, columns
"""

DEFAULTS: Final[LiteralString] = f"""
WITH {OURS},
recorded AS (
    SELECT defaclrole AS owner, nspname AS schema, defaclacl AS acl,
        CASE defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'function' END AS kind
    FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
    WHERE defaclobjtype IN ('r', 'S', 'f')
),
held AS (SELECT pg_get_userbyid(owner) AS creator, schema, kind, {_ACL} AS acl FROM recorded)
SELECT creator, schema, kind, acl FROM held
WHERE creator = ANY(%(creators)s) OR acl - '' <> '{{}}'
ORDER BY creator, schema, kind
"""
