"""The proof's queries. One representative is asked for each distinct (schema, kind, owner, ACL), since equal ACLs answer alike."""

from typing import Final, LiteralString

# A CASE by kind, because asking for a privilege that a kind doesn't have is an error.
_HELD: Final[LiteralString] = """
    CASE c.kind
        WHEN 'database' THEN has_database_privilege({user}, c.oid, p)
        WHEN 'schema' THEN has_schema_privilege({user}, c.oid, p)
        WHEN 'sequence' THEN has_sequence_privilege({user}, c.oid, p)
        WHEN 'function' THEN has_function_privilege({user}, c.oid, p)
        ELSE has_table_privilege({user}, c.oid, p)
            OR (c.columns AND p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege({user}, c.oid, p))
    END"""

EFFECTIVE: Final[LiteralString] = (
    """
WITH u AS (SELECT oid, rolname FROM pg_roles WHERE rolname = ANY(%(users)s)),
namespace AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = ANY(%(schemas)s)),
c AS MATERIALIZED (
    SELECT 'database' AS kind, oid, NULL::name AS schema, datname AS name, datdba AS owner,
        coalesce(datacl, acldefault('d', datdba)) AS acl, false AS columns, 1::bigint AS count
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', oid, nspname, nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner)), false, 1 FROM namespace
  UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, min(r.oid::bigint)::oid, nspname, min(relname::text)::name, relowner,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)), columns, count(*)
    FROM pg_class AS r JOIN namespace ON namespace.oid = relnamespace,
        LATERAL (SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = r.oid AND attacl IS NOT NULL) AS columns) AS a
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    -- a table with grants on columns is asked by itself
    GROUP BY 1, nspname, relowner, relkind, relacl, columns, CASE WHEN columns THEN r.oid END
  UNION ALL
    SELECT 'function', min(pg_proc.oid::bigint)::oid, nspname, min(proname::text)::name, proowner,
        coalesce(proacl, acldefault('f', proowner)), false, count(*)
    FROM pg_proc JOIN namespace ON namespace.oid = pronamespace GROUP BY nspname, proowner, proacl
)
SELECT u.rolname AS username, c.kind, CASE WHEN c.kind <> 'database' THEN c.schema END AS schema, c.name, c.oid, c.count,
    ARRAY(SELECT p FROM unnest(privileges) AS p WHERE """
    + _HELD.replace("{user}", "u.oid")
    + """) AS held,
    ARRAY(SELECT p FROM unnest(privileges) AS p WHERE """
    + _HELD.replace("{user}", "'public'::name")
    + """) AS public
FROM u CROSS JOIN c JOIN (VALUES
    ('database', ARRAY['CONNECT', 'CREATE', 'TEMPORARY']), ('schema', ARRAY['USAGE', 'CREATE']), ('function', ARRAY['EXECUTE']),
    ('sequence', ARRAY['SELECT', 'UPDATE', 'USAGE']),
    ('table', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
        || CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] ELSE '{}' END)
) AS asked (kind, privileges) USING (kind)
ORDER BY u.rolname, c.kind, c.schema, c.name
"""
)

# Asked only of what turned out to be a surprise: users, kinds, oids and privileges are arrays of one length.
ROUTES: Final[LiteralString] = """
WITH asked AS (
    SELECT username, kind, asked.oid, privilege, pg_roles.oid AS user, rolsuper
    FROM unnest(%(users)s::text[], %(kinds)s::text[], %(oids)s::oid[], %(privileges)s::text[]) AS asked (username, kind, oid, privilege)
        JOIN pg_roles ON rolname = username
),
acls AS (
    SELECT asked.*, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl, '' AS what
    FROM asked JOIN pg_database USING (oid) WHERE kind = 'database'
  UNION ALL
    SELECT asked.*, nspowner, coalesce(nspacl, acldefault('n', nspowner)), '' FROM asked JOIN pg_namespace USING (oid) WHERE kind = 'schema'
  UNION ALL
    SELECT asked.*, proowner, coalesce(proacl, acldefault('f', proowner)), '' FROM asked JOIN pg_proc USING (oid) WHERE kind = 'function'
  UNION ALL
    SELECT asked.*, relowner, coalesce(relacl, acldefault('r', relowner)), ''
    FROM asked JOIN pg_class USING (oid) WHERE kind IN ('table', 'sequence')
  UNION ALL
    SELECT asked.*, 0, attacl, ' on column ' || attname
    FROM asked JOIN pg_attribute ON attrelid = oid WHERE kind = 'table' AND attacl IS NOT NULL
),
routes AS (
    SELECT username, kind, oid, privilege, 'a superuser attribute' AS route FROM asked WHERE rolsuper
  UNION
    SELECT username, kind, oid, privilege,
        CASE WHEN owner = acls.user THEN 'ownership' ELSE 'membership in its owner ' || pg_get_userbyid(owner) END
    FROM acls WHERE owner <> 0 AND NOT rolsuper AND pg_has_role(acls.user, owner, 'USAGE')
  UNION
    SELECT username, kind, oid, privilege, what_through || what
    FROM acls, aclexplode(acl) AS held, LATERAL (SELECT CASE
        WHEN held.grantee = 0 THEN 'PUBLIC'
        WHEN held.grantee = acls.user THEN 'a grant to the user'
        ELSE 'membership in ' || pg_get_userbyid(held.grantee) END AS what_through) AS through
    WHERE held.privilege_type = privilege AND held.grantee <> owner AND NOT rolsuper
        AND (held.grantee = 0 OR pg_has_role(acls.user, held.grantee, 'USAGE'))
)
SELECT username, kind, oid, privilege, coalesce(string_agg(route, ' and ' ORDER BY route), 'a predefined role') AS route
FROM asked LEFT JOIN routes USING (username, kind, oid, privilege) GROUP BY 1, 2, 3, 4
"""

IAM_LOGINS: Final[LiteralString] = """
WITH RECURSIVE reached AS (
    SELECT oid FROM pg_roles WHERE rolname = 'rds_iam'
  UNION
    SELECT m.member FROM pg_auth_members AS m JOIN reached ON reached.oid = m.roleid
)
SELECT rolname FROM pg_roles JOIN reached USING (oid) WHERE rolcanlogin AND NOT rolsuper
"""
