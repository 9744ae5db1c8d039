"""The catalog queries. Each answers one part of a State; parameters: mark, roles, schemas, creators, master.

Every ACL comes as JSON of grantee to privileges, for our roles and PUBLIC (the empty name) only, without the owner's own.
"""

from typing import Final, LiteralString

_OURS: Final[LiteralString] = """
ours AS MATERIALIZED (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname = ANY(%(roles)s) OR right(shobj_description(oid, 'pg_authid'), length(%(mark)s)) = %(mark)s
    UNION ALL SELECT 0, ''
)"""

_ACL: Final[LiteralString] = """
    (SELECT jsonb_object_agg(grantee, privileges) FROM (
        SELECT ours.rolname AS grantee, array_agg(held.privilege_type) AS privileges
        FROM aclexplode(acl) AS held JOIN ours ON ours.oid = held.grantee
        WHERE held.grantee <> owner
        GROUP BY ours.rolname
    ) AS grants)"""

ROLES: Final[LiteralString] = f"""
WITH {_OURS}
SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolconnlimit AS connection_limit,
    shobj_description(oid, 'pg_authid') AS comment,
    array_remove(ARRAY[
        CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS elevated,
    (SELECT substr(setting, 6) FROM pg_db_role_setting, unnest(setconfig) AS setting
     WHERE setrole = role.oid AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND setting LIKE 'role=%%') AS acts_as,
    EXISTS (SELECT FROM pg_database, aclexplode(datacl) AS held
            WHERE datname <> current_database() AND held.grantee = role.oid AND held.privilege_type = 'CONNECT') AS used_elsewhere
FROM pg_roles AS role WHERE oid IN (SELECT oid FROM ours)
"""

# Up to PostgreSQL 15 a membership has no inherit option of its own: to_jsonb gives NULL then.
MEMBERSHIPS: Final[LiteralString] = f"""
WITH {_OURS}
SELECT granted.rolname AS role, member.rolname AS member,
    bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) AS inherit, bool_or(m.admin_option) AS admin
FROM pg_auth_members AS m
    JOIN pg_roles AS granted ON granted.oid = m.roleid
    JOIN pg_roles AS member ON member.oid = m.member
WHERE m.member IN (SELECT oid FROM ours)
    OR (member.rolname = %(master)s AND granted.rolname = ANY(%(roles)s))
GROUP BY 1, 2
"""

SCHEMAS: Final[LiteralString] = """
SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ANY(%(schemas)s)
"""

# One row for each distinct (schema, kind, owner, ACL): a hundred tables granted alike are one row.
OBJECTS: Final[LiteralString] = f"""
WITH {_OURS},
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
WITH {_OURS},
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
