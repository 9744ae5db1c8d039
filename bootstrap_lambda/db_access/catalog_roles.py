"""Catalog queries about roles. Parameters: mark, roles, master."""

from typing import Final, LiteralString

OURS: Final[LiteralString] = """
ours AS MATERIALIZED (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname = ANY(%(roles)s) OR right(shobj_description(oid, 'pg_authid'), length(%(mark)s)) = %(mark)s
    UNION ALL SELECT 0, ''
)"""
"""The roles that are declared or marked as ours, and PUBLIC under the empty name."""

ROLES: Final[LiteralString] = f"""
WITH {OURS}
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
WITH {OURS}
SELECT granted.rolname AS role, member.rolname AS member,
    bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) AS inherit, bool_or(m.admin_option) AS admin
FROM pg_auth_members AS m
    JOIN pg_roles AS granted ON granted.oid = m.roleid
    JOIN pg_roles AS member ON member.oid = m.member
WHERE m.member IN (SELECT oid FROM ours)
    OR (member.rolname = %(master)s AND granted.rolname = ANY(%(roles)s))
GROUP BY 1, 2
"""
