"""The proof's queries. One representative is asked for each distinct (schema, kind, owner, ACL), since equal ACLs answer alike."""

from typing import Final, LiteralString

_ROUTE: Final[LiteralString] = """
    CASE
        WHEN (SELECT rolsuper FROM pg_roles WHERE oid = u.oid) THEN 'a superuser attribute'
        WHEN c.owner = u.oid THEN 'ownership'
        WHEN pg_has_role(u.oid, c.owner, 'USAGE') THEN 'membership in the owner ' || pg_get_userbyid(c.owner)
        WHEN EXISTS (SELECT FROM aclexplode(c.acl) AS a WHERE a.grantee = u.oid) THEN 'a grant to the user'
        WHEN EXISTS (SELECT FROM aclexplode(c.acl) AS a WHERE a.grantee = 0) THEN 'PUBLIC'
        ELSE coalesce('membership in ' || (
            SELECT string_agg(DISTINCT pg_get_userbyid(a.grantee)::text, ', ') FROM aclexplode(c.acl) AS a
            WHERE a.grantee <> 0 AND pg_has_role(u.oid, a.grantee, 'USAGE')), 'a grant on columns or a predefined role')
    END"""

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
SELECT u.rolname AS username, c.kind, CASE WHEN c.kind <> 'database' THEN c.schema END AS schema, c.name, c.count,
    ARRAY(SELECT p FROM unnest(privileges) AS p WHERE """
    + _HELD.replace("{user}", "u.oid")
    + """) AS held,
    ARRAY(SELECT p FROM unnest(privileges) AS p WHERE """
    + _HELD.replace("{user}", "'public'::name")
    + """) AS public,
    """
    + _ROUTE
    + """ AS route
FROM u CROSS JOIN c JOIN (VALUES
    ('database', ARRAY['CONNECT', 'CREATE', 'TEMPORARY']), ('schema', ARRAY['USAGE', 'CREATE']), ('function', ARRAY['EXECUTE']),
    ('sequence', ARRAY['SELECT', 'UPDATE', 'USAGE']),
    ('table', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
        || CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] ELSE '{}' END)
) AS asked (kind, privileges) USING (kind)
ORDER BY u.rolname, c.kind, c.schema, c.name
"""
)

IAM_LOGINS: Final[LiteralString] = """
WITH RECURSIVE reached AS (
    SELECT oid FROM pg_roles WHERE rolname = 'rds_iam'
  UNION
    SELECT m.member FROM pg_auth_members AS m JOIN reached ON reached.oid = m.roleid
)
SELECT rolname FROM pg_roles JOIN reached USING (oid) WHERE rolcanlogin AND NOT rolsuper
"""
