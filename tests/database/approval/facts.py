"""What is so in a cluster and a database, one fact each, by names only: two of them differ in what was done, and in
nothing else. Asked of the catalogs without the engine."""

from collections import Counter
from typing import Any

from psycopg import Connection

Facts = Counter[tuple[Any, ...]]

_FACTS = """
WITH held (what, name, owner, acl) AS (
    SELECT 'database', datname::text, datdba, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'relation', oid::regclass::text, relowner,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    FROM pg_class WHERE relnamespace > 16383 AND relkind IN ('r', 'S', 'v')
    UNION ALL SELECT 'column', attrelid::regclass::text || '.' || attname, 0, attacl
    FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid > 16383
    UNION ALL SELECT 'function', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc WHERE oid > 16383
    UNION ALL SELECT 'default', concat_ws(' ', defaclrole::regrole, nspname, defaclobjtype), 0, defaclacl
    FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
)
SELECT what, name, 'owner', pg_get_userbyid(owner)::text FROM held WHERE owner <> 0
UNION ALL SELECT what, name, privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END FROM held, aclexplode(acl)
UNION ALL SELECT 'role', rolname, 'attributes',
    (to_jsonb(r) - 'rolpassword' - 'oid' - 'rolconfig')::text || coalesce(shobj_description(r.oid, 'pg_authid'), '')
FROM pg_roles r
UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text, admin_option::text FROM pg_auth_members
UNION ALL SELECT 'setting', setrole::regrole::text, coalesce(datname, 'everywhere'), unnest(setconfig)
FROM pg_db_role_setting LEFT JOIN pg_database ON pg_database.oid = setdatabase
"""


def facts(connection: "Connection[Any]") -> Facts:
    return Counter(connection.execute(_FACTS).fetchall())


def done(before: Facts, after: Facts) -> tuple[Facts, Facts]:
    """What has come, and what has gone."""
    return after - before, before - after
