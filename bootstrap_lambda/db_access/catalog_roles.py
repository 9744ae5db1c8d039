"""Catalog queries about roles. Parameters: mark, roles, master, drop."""

from typing import Final, LiteralString

OURS: Final[LiteralString] = """
ours AS MATERIALIZED (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname = ANY(%(roles)s) OR right(shobj_description(oid, 'pg_authid'), length(%(mark)s)) = %(mark)s
    UNION ALL SELECT 0, ''
)"""
"""The roles that are declared or marked as ours, and PUBLIC under the empty name."""

# What a run in this database doesn't take from a retired role. Rights here, which it takes, don't count.
_IN_THE_WAY: Final[LiteralString] = """
    (SELECT array_agg(what ORDER BY what) FROM (
        SELECT DISTINCT CASE
            WHEN deptype = 'o' AND dbid = 0 THEN 'owns ' || pg_describe_object(classid, objid, 0)
            WHEN deptype = 'o' THEN 'owns objects in database ' || quote_ident(datname)
            WHEN dbid = 0 AND classid = 'pg_database'::regclass THEN 'has rights on ' || pg_describe_object(classid, objid, 0)
            WHEN dbid = 0 THEN 'is named in ' || pg_describe_object(classid, objid, 0)
            WHEN deptype = 'a' THEN 'has rights in database ' || quote_ident(datname)
            ELSE 'is named in database ' || quote_ident(datname)
        END AS what
        FROM pg_shdepend LEFT JOIN pg_database ON pg_database.oid = dbid
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND NOT (deptype = 'a' AND (
            classid = 'pg_database'::regclass AND objid = (SELECT oid FROM pg_database WHERE datname = current_database())
            OR datname IS NOT DISTINCT FROM current_database()))
    ) AS found)"""

ROLES: Final[LiteralString] = f"""
WITH {OURS},
elsewhere AS MATERIALIZED (
    SELECT held.grantee FROM pg_database, aclexplode(datacl) AS held
    WHERE datname <> current_database() AND held.grantee <> 0 AND held.privilege_type = 'CONNECT'
)
SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolconnlimit AS connection_limit,
    shobj_description(oid, 'pg_authid') AS comment,
    array_remove(ARRAY[
        CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS elevated,
    (SELECT substr(setting, 6) FROM pg_db_role_setting, unnest(setconfig) AS setting
     WHERE setrole = role.oid AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND setting LIKE 'role=%%') AS acts_as,
    oid IN (SELECT grantee FROM elsewhere UNION SELECT member FROM pg_auth_members WHERE roleid IN (SELECT grantee FROM elsewhere))
        AS used_elsewhere,
    nullif(rolvaliduntil, 'infinity') AS valid_until,
    (SELECT setconfig FROM pg_db_role_setting WHERE setrole = role.oid AND setdatabase = 0) AS settings,
    CASE WHEN rolname = ANY(%(drop)s) THEN {_IN_THE_WAY} END AS in_the_way,
    oid
FROM pg_roles AS role WHERE oid IN (SELECT oid FROM ours)
"""

# Up to PostgreSQL 15 a membership has no inherit and set options of its own: to_jsonb gives NULL then.
MEMBERSHIPS: Final[LiteralString] = f"""
WITH {OURS}
SELECT granted.rolname AS role, member.rolname AS member,
    bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) AS inherit, bool_or(m.admin_option) AS admin,
    bool_or((to_jsonb(m) ->> 'set_option')::boolean) AS set
FROM pg_auth_members AS m
    JOIN pg_roles AS granted ON granted.oid = m.roleid
    JOIN pg_roles AS member ON member.oid = m.member
WHERE m.member IN (SELECT oid FROM ours)
    OR (member.rolname = %(master)s AND granted.rolname = ANY(%(roles)s))
GROUP BY 1, 2
"""
