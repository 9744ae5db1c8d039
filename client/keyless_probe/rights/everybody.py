"""What is so whoever asks: who rules databases, which roles log in, and what others than a spec's roles have on what it
declares or on everything. From catalogs that everybody may read."""

from typing import Final, LiteralString

# Superusers are no outsiders: no grant and no owner stops one, and on RDS none but AWS's own can be.
_RULERS: Final[LiteralString] = """
SELECT d.datname::pg_catalog.text, r.rolname::pg_catalog.text, d.datname = pg_catalog.current_database()
FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba
WHERE d.datname = pg_catalog.current_database() AND NOT r.rolsuper OR r.rolname = ANY (%(roles)s) ORDER BY 1
"""
_LOGINS: Final[LiteralString] = """
SELECT r.rolname::pg_catalog.text FROM pg_catalog.pg_roles r
WHERE r.rolcanlogin AND r.rolname = ANY (%(roles)s) ORDER BY 1
"""
# What an extension itself has given, it answers for.
_STRANGERS: Final[LiteralString] = """
SELECT r.rolname::pg_catalog.text, e.privilege_type, o.what, pg_catalog.min(o.name), pg_catalog.count(*)
FROM (
    SELECT 'database' AS what, d.datname::pg_catalog.text AS name, d.datdba AS owner, d.datacl AS acl, d.oid,
        d.tableoid AS class
    FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
    UNION ALL SELECT 'schema', n.nspname, n.nspowner, n.nspacl, n.oid, n.tableoid
    FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname || '.' || c.relname, c.relowner,
        c.relacl, c.oid, c.tableoid
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT 'column', n.nspname || '.' || c.relname || '.' || a.attname, c.relowner, a.attacl, c.oid, c.tableoid
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY (%(schemas)s) AND NOT a.attisdropped
    UNION ALL SELECT 'function', n.nspname || '.' || p.proname, p.proowner, p.proacl, p.oid, p.tableoid
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL SELECT 'type', n.nspname || '.' || t.typname, t.typowner, t.typacl, t.oid, t.tableoid
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = ANY (%(schemas)s)
    UNION ALL
    SELECT 'future objects', pg_catalog.pg_get_userbyid(f.defaclrole), f.defaclrole, f.defaclacl, f.oid, f.tableoid
    FROM pg_catalog.pg_default_acl f WHERE pg_catalog.pg_get_userbyid(f.defaclrole) = ANY (%(roles)s)
) AS o CROSS JOIN LATERAL pg_catalog.aclexplode(o.acl) AS e JOIN pg_catalog.pg_roles r ON r.oid = e.grantee
WHERE e.grantee <> o.owner AND r.rolname <> ALL (%(roles)s) AND NOT r.rolsuper AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_init_privs i CROSS JOIN LATERAL pg_catalog.aclexplode(i.initprivs) AS g
    WHERE i.privtype = 'e' AND i.classoid = o.class AND i.objoid = o.oid
        AND g.grantee = e.grantee AND g.privilege_type = e.privilege_type)
GROUP BY 1, 2, 3 ORDER BY 1, 3, 2
"""
_POWERS: Final[LiteralString] = """
WITH RECURSIVE under (oid, through) AS (
    SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (ARRAY[
        'rds_superuser', 'rds_replication', 'pg_read_all_data', 'pg_write_all_data', 'pg_maintain',
        'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'])
    UNION SELECT m.member, u.through FROM pg_catalog.pg_auth_members m JOIN under u ON u.oid = m.roleid
)
SELECT r.rolname::pg_catalog.text, 'is a member of ' || u.through
FROM under u JOIN pg_catalog.pg_roles r ON r.oid = u.oid
WHERE r.rolname <> u.through AND r.rolname <> ALL (%(roles)s) AND NOT r.rolsuper
UNION ALL
SELECT r.rolname, 'has ' || a.attribute
FROM pg_catalog.pg_roles r CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.array_remove(ARRAY[
    CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL)) AS a (attribute)
WHERE r.rolname <> ALL (%(roles)s) AND NOT r.rolsuper
ORDER BY 1, 2
"""
QUERIES: Final[dict[str, LiteralString]] = {
    "rulers": _RULERS,
    "logins": _LOGINS,
    "strangers": _STRANGERS,
    "powers": _POWERS,
}
"""Rows by what they tell:

- rulers: database, owner, whether it is this one; this one, and those of `roles`
- logins: those of `roles` that may log in
- strangers: role, privilege, kind, an example, number; of roles that aren't in `roles`, on what is in `schemas`, these,
  this database, and what `roles` will make
- powers: role, what it is a member of or which attribute it has; of roles that aren't in `roles`
"""
