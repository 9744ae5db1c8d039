"""What a login has beside its rights on things that a spec declares: other roles, attributes, schemas and databases."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection

from keyless_probe.rights import everybody, starting

# A membership's own options came with PostgreSQL 16. Any chain counts, whatever its options: SET ROLE needs no more.
_MEMBERSHIPS: Final[LiteralString] = """
WITH RECURSIVE through (oid) AS (
    SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
    UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN through t ON t.oid = m.member
)
SELECT pg_catalog.pg_get_userbyid(m.member)::pg_catalog.text, pg_catalog.pg_get_userbyid(m.roleid)::pg_catalog.text,
       pg_catalog.bool_or(m.admin_option),
       pg_catalog.bool_or((pg_catalog.to_jsonb(m) ->> 'inherit_option')::pg_catalog.bool),
       pg_catalog.bool_or((pg_catalog.to_jsonb(m) ->> 'set_option')::pg_catalog.bool)
FROM pg_catalog.pg_auth_members m JOIN through t ON t.oid = m.member GROUP BY 1, 2 ORDER BY 1, 2
"""
_ATTRIBUTES: Final[LiteralString] = """
WITH RECURSIVE through (oid) AS (
    SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
    UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN through t ON t.oid = m.member
)
SELECT r.rolname::pg_catalog.text, pg_catalog.array_remove(ARRAY[
    CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL)
FROM pg_catalog.pg_roles r JOIN through t ON t.oid = r.oid ORDER BY 1
"""
_SCHEMAS: Final[LiteralString] = """
SELECT n.nspname::pg_catalog.text, p, pg_catalog.has_schema_privilege('public', n.oid, p)
FROM pg_catalog.pg_namespace n, pg_catalog.unnest(ARRAY['USAGE', 'CREATE']) AS p
WHERE n.nspname <> ALL (%(schemas)s) AND n.nspname !~ '^pg_(toast_)?temp_'
    AND (p = 'CREATE' OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
    AND pg_catalog.has_schema_privilege(n.oid, p)
UNION ALL
SELECT n.nspname, 'OWNERSHIP', false FROM pg_catalog.pg_namespace n
WHERE n.nspname <> ALL (%(schemas)s) AND pg_catalog.pg_get_userbyid(n.nspowner) = current_user AND n.nspname !~ '^pg_'
ORDER BY 1, 2
"""
_DATABASES: Final[LiteralString] = """
SELECT d.datname::pg_catalog.text, p, pg_catalog.has_database_privilege('public', d.oid, p)
FROM pg_catalog.pg_database d, pg_catalog.unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS p
WHERE d.datallowconn AND d.datname <> pg_catalog.current_database() AND pg_catalog.has_database_privilege(d.oid, p)
ORDER BY 1, 2
"""
_OWNERS: Final[LiteralString] = """
SELECT n.nspname::pg_catalog.text, o.what, pg_catalog.pg_get_userbyid(o.owner)::pg_catalog.text, EXISTS (
           SELECT FROM pg_catalog.pg_depend d WHERE d.classid = o.class AND d.objid = o.oid
           AND (d.deptype = 'e' OR d.deptype = 'i' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)),
       pg_catalog.count(*), pg_catalog.min(o.name::pg_catalog.text)
FROM (
    SELECT CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' WHEN 'v' THEN 'view' ELSE 'table' END AS what,
           c.relnamespace AS namespace, c.relname AS name, c.relowner AS owner, c.oid, c.tableoid AS class
    FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    UNION ALL SELECT 'function', p.pronamespace, p.proname, p.proowner, p.oid, p.tableoid FROM pg_catalog.pg_proc p
    UNION ALL
    SELECT 'type', t.typnamespace, t.typname, t.typowner, t.oid, t.tableoid FROM pg_catalog.pg_type t
    WHERE t.typtype IN ('d', 'e', 'r') OR t.typtype = 'b' AND t.typelem = 0
    UNION ALL SELECT 'schema', s.oid, s.nspname, s.nspowner, s.oid, s.tableoid FROM pg_catalog.pg_namespace s
) AS o JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
WHERE n.nspname = ANY (%(schemas)s) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_OUTSIDERS: Final[LiteralString] = """
WITH RECURSIVE under (oid, through) AS (
    SELECT r.oid, r.rolname FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (%(roles)s)
    UNION SELECT m.member, u.through FROM pg_catalog.pg_auth_members m JOIN under u ON u.oid = m.roleid
)
SELECT r.rolname::pg_catalog.text, u.through::pg_catalog.text
FROM under u JOIN pg_catalog.pg_roles r ON r.oid = u.oid
WHERE r.rolname <> ALL (%(roles)s) AND NOT r.rolsuper ORDER BY 1, 2
"""
_QUERIES: Final[dict[str, LiteralString]] = {
    "memberships": _MEMBERSHIPS,
    "attributes": _ATTRIBUTES,
    "schemas": _SCHEMAS,
    "databases": _DATABASES,
    "owners": _OWNERS,
    "outsiders": _OUTSIDERS,
    **everybody.QUERIES,
    **starting.QUERIES,
}


def beyond(connection: "Connection[Any]", schemas: Sequence[str], roles: Sequence[str]) -> dict[str, list[list[Any]]]:
    """In a guarded transaction, rows by what they tell:

    - memberships: member, role, whether WITH ADMIN, INHERIT, SET (None before PostgreSQL 16), of every role that the
      session's user comes to by whatever chain
    - attributes: role, attributes, of the same and of itself
    - schemas, databases: name, privilege, whether PUBLIC has it; of those that the session's role has a right on, and
      that aren't in `schemas`, or this database
    - owners: schema, kind, owner, whether an extension or PostgreSQL made it, number, an example; of `schemas`
    - outsiders: role, of which of `roles` it is a member, by whatever chain, and not one of them itself
    - what `everybody` and `starting` tell
    """
    given = {"schemas": list(schemas), "roles": list(roles)}
    return {what: [list(row) for row in connection.execute(query, given)] for what, query in _QUERIES.items()}
