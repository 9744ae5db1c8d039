"""Catalog queries about roles. Parameters: mark, roles, master, drop, additive, predefined."""

from typing import Final, LiteralString

from db_access.postgresql.catalog import bounded

MARKED: Final[LiteralString] = """
SELECT objoid FROM pg_shdescription JOIN pg_roles AS role ON role.oid = objoid
WHERE classoid = 'pg_authid'::regclass AND right(description, length(%(mark)s)) = %(mark)s
    AND NOT rolsuper AND rolname <> %(master)s AND rolname !~ '^(pg_|rds)'"""
"""The roles that are marked as ours and can be. Before PostgreSQL 16 whoever has CREATEROLE can write the mark on any
role that isn't a superuser: on the master, on rds_superuser, on pg_monitor."""

OURS: Final[LiteralString] = f"""
ours AS MATERIALIZED (
    SELECT oid, rolname FROM pg_roles
    WHERE rolname IN (SELECT unnest(%(roles)s::name[])) OR NOT %(additive)s AND oid IN ({MARKED})
    UNION ALL SELECT 0, ''
)"""
"""The roles that are declared or marked as ours, and PUBLIC under the empty name."""

OWNERS: Final[LiteralString] = """
owners AS MATERIALIZED (
    SELECT oid FROM ours WHERE oid <> 0 UNION SELECT oid FROM pg_roles WHERE rolname = %(master)s AND NOT rolsuper
)"""
"""Whose objects are held to the spec though an extension has them as members: `ALTER EXTENSION … ADD` hides nothing.
What a superuser owns is an extension's own, whoever the master is."""

# What a run in this database doesn't take from a retired role. Rights here, which it takes, don't count.
_IN_THE_WAY: Final[LiteralString] = """
    (SELECT array_agg(what ORDER BY what) FROM (
        SELECT DISTINCT CASE
            WHEN deptype = 'o' AND dbid = 0 THEN 'owns ' || pg_describe_object(classid, objid, 0)
            WHEN deptype = 'o' THEN 'owns objects in database ' || quote_ident(datname)
            WHEN dbid = 0 AND classid = 'pg_database'::regclass 
                THEN 'has rights on ' || pg_describe_object(classid, objid, 0)
            WHEN dbid = 0 THEN 'is named in ' || pg_describe_object(classid, objid, 0)
            WHEN deptype = 'a' AND datname = current_database()
                THEN 'has rights on ' || pg_describe_object(classid, objid, 0)
            WHEN deptype = 'a' THEN 'has rights in database ' || quote_ident(datname)
            ELSE 'is named in database ' || quote_ident(datname)
        END AS what
        FROM pg_shdepend LEFT JOIN pg_database ON pg_database.oid = dbid
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND NOT (deptype = 'a' AND (
            classid = 'pg_database'::regclass
                AND objid = (SELECT oid FROM pg_database WHERE datname = current_database())
            OR datname IS NOT DISTINCT FROM current_database()
                AND classid = ANY(ARRAY['pg_class', 'pg_proc', 'pg_type', 'pg_namespace', 'pg_default_acl']::regclass[])
                AND NOT EXISTS (  -- what an extension installed is left as it is
                    SELECT FROM pg_depend WHERE pg_depend.classid = pg_shdepend.classid
                        AND pg_depend.objid = pg_shdepend.objid
                        AND pg_depend.refclassid = 'pg_extension'::regclass AND pg_depend.deptype = 'e'
                        AND NOT EXISTS (SELECT FROM pg_shdepend AS owned WHERE owned.dbid = pg_shdepend.dbid
                            AND owned.classid = pg_shdepend.classid AND owned.objid = pg_shdepend.objid
                            AND owned.deptype = 'o' AND owned.refobjid IN (SELECT oid FROM owners)))))
    ) AS found)"""

ROLES: Final[LiteralString] = f"""
WITH RECURSIVE {OURS},
{OWNERS},
elsewhere AS MATERIALIZED (
    SELECT held.grantee FROM pg_database, aclexplode(datacl) AS held
    WHERE datname <> current_database() AND held.grantee <> 0 AND held.privilege_type = 'CONNECT'
),
connecting (oid) AS (  -- by whatever chain of memberships
    SELECT grantee FROM elsewhere
  UNION
    SELECT member FROM pg_auth_members JOIN connecting ON roleid = connecting.oid
),
here AS (SELECT oid FROM pg_database WHERE datname = current_database()),
active AS MATERIALIZED (
    SELECT usesysid, count(*) AS sessions FROM pg_stat_activity
    WHERE backend_type IS DISTINCT FROM 'parallel worker' GROUP BY usesysid
)
SELECT rolname AS name, rolcanlogin AS login, rolinherit AS inherit, rolconnlimit AS connection_limit,
    {bounded.COMMENT} AS comment,
    array_remove(ARRAY[
        CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
        CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS elevated,
    {bounded.settings("(SELECT oid FROM here)")} AS settings_here,
    oid IN (SELECT oid FROM connecting) AS used_elsewhere,
    CASE WHEN rolvaliduntil < '0001-01-02 00:00+00' THEN '0001-01-02 00:00+00'
        WHEN rolvaliduntil < '10000-01-01 00:00+00' THEN rolvaliduntil
        -- within what Python's datetime can hold
        WHEN rolvaliduntil < 'infinity' THEN '9999-12-30 00:00+00' END AS valid_until,
    {bounded.settings("0")} AS settings,
    CASE WHEN rolname = ANY(%(drop)s) THEN {_IN_THE_WAY} END AS in_the_way,
    oid, coalesce((SELECT sessions FROM active WHERE usesysid = role.oid), 0) AS sessions
FROM pg_roles AS role LEFT JOIN pg_shdescription ON objoid = oid AND classoid = 'pg_authid'::regclass
WHERE oid IN (SELECT oid FROM ours)
"""


def _memberships(
    inherit: LiteralString, set_: LiteralString, inherits: LiteralString, grantor: LiteralString
) -> LiteralString:
    return f"""
WITH {OURS},
other AS MATERIALIZED (
    SELECT oid, rolname FROM pg_roles WHERE oid IN (SELECT grantor FROM pg_auth_members)
        AND rolname <> %(master)s AND NOT pg_has_role(%(master)s::name, oid, 'USAGE')
)
SELECT role.rolname AS role, member.rolname AS member,
    bool_or({inherit}) AS inherit, bool_or(admin_option) AS admin, bool_or({set_}) AS set,
    member.oid IN (SELECT oid FROM ours) OR member.rolname = %(master)s
        AND role.rolname IN (SELECT unnest(%(roles)s::name[])) AS ours,
    CASE WHEN member.rolname <> %(master)s THEN {grantor} END AS other_grantor, {inherits} AS inherits
FROM pg_auth_members AS granted
    JOIN pg_roles AS role ON role.oid = roleid
    JOIN pg_roles AS member ON member.oid = granted.member
    LEFT JOIN other ON other.oid = granted.grantor
GROUP BY role.oid, 1, member.oid, 2, 6, 7, member.rolinherit
"""


MEMBERSHIPS: Final = _memberships("inherit_option", "set_option", "bool_or(inherit_option)", "other.rolname")
"""All of the cluster, since any chain may end at a login; `ours` are those that a plan is about."""
MEMBERSHIPS_BEFORE_16: Final = _memberships("NULL::boolean", "NULL::boolean", "member.rolinherit", "NULL::name")
"""There a membership has no options of its own, and one grantor, of whom nothing depends."""

PREDEFINED: Final[LiteralString] = """
SELECT rolname, pg_has_role(%(master)s::name, oid, 'MEMBER WITH ADMIN OPTION')
    OR current_setting('server_version_num')::int < 160000
        AND (SELECT rolcreaterole FROM pg_roles WHERE rolname = %(master)s)
FROM pg_roles WHERE rolname = ANY(%(predefined)s)
"""
"""Before PostgreSQL 16 CREATEROLE is enough to give any membership but a superuser's."""

LOGINS: Final[LiteralString] = """
SELECT rolname FROM pg_roles
WHERE rolcanlogin AND NOT rolsuper AND (rolname = %(master)s OR oid IN (SELECT member FROM pg_auth_members))
"""
"""Whom a chain of memberships may end at, besides roles of ours."""

STRANGERS: Final[LiteralString] = f"""
SELECT rolname, rolcanlogin, array_remove(ARRAY[CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
        CASE WHEN rolreplication THEN 'REPLICATION' END, CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL),
    {bounded.COMMENT}
FROM pg_roles AS stranger LEFT JOIN pg_shdescription ON objoid = oid AND classoid = 'pg_authid'::regclass
WHERE NOT rolsuper AND rolname <> %(master)s AND rolname <> ALL(%(roles)s::name[]) AND oid NOT IN ({MARKED})
"""
"""Everybody else, superusers and the master aside."""

SLOTS: Final[LiteralString] = """
SELECT sum(CASE name WHEN 'max_connections' THEN setting::integer ELSE -setting::integer END)::integer,
    clock_timestamp()
FROM pg_settings WHERE context = 'postmaster' AND name IN ('max_connections', 'superuser_reserved_connections',
    'reserved_connections', 'rds.rds_superuser_reserved_connections')
"""
"""Connections that anybody may take; a parameter of such a name that somebody has made up has another context. And what
the server's clock says at this moment: a transaction may have waited for the lock."""
