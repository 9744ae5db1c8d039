"""The cluster's part of the question: who is a member of what, and what whoever comes to a role has beside objects of
the database.

It is answered alike from every database, also before the one in question is made. What is in the spec's databases is
left to the runs there. Of what is in others only a digest of which it is can be seen.

Parameters: takers and handed (roles), databases (the spec's), master.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.reached.parts import attributes, membership, rights

HANDED: Final[LiteralString] = """
handed (oid) AS (
    SELECT oid FROM pg_roles WHERE rolname = ANY(%(handed)s)
  UNION
    SELECT roleid FROM handed JOIN pg_auth_members ON member = handed.oid
)"""
"""Roles that somebody comes to, and those that they are in."""

_SHARED: Final[LiteralString] = f"""
SELECT 'other', NULL, pg_describe_object(classid, objid, 0), objid::text, owner::text, NULL, NULL, NULL,
    {rights("SELECT oid FROM handed")}
FROM (SELECT DISTINCT classid, objid FROM pg_shdepend WHERE dbid = 0 AND refclassid = 'pg_authid'::regclass
        AND refobjid IN (SELECT oid FROM handed) AND deptype IN ('a', 'o')
        AND classid IN ('pg_database'::regclass, 'pg_tablespace'::regclass, 'pg_parameter_acl'::regclass,
            'pg_subscription'::regclass)) AS shared,
    LATERAL (
        SELECT datname AS name, pg_get_userbyid(datdba) AS owner, datacl AS acl FROM pg_database
        WHERE classid = 'pg_database'::regclass AND pg_database.oid = objid
      UNION ALL
        SELECT spcname, pg_get_userbyid(spcowner), spcacl FROM pg_tablespace
        WHERE classid = 'pg_tablespace'::regclass AND pg_tablespace.oid = objid
      UNION ALL
        SELECT NULL, NULL, paracl FROM pg_parameter_acl
        WHERE classid = 'pg_parameter_acl'::regclass AND pg_parameter_acl.oid = objid
      UNION ALL
        SELECT NULL, pg_get_userbyid(subowner), NULL FROM pg_subscription
        WHERE classid = 'pg_subscription'::regclass AND pg_subscription.oid = objid
    ) AS held
WHERE classid <> 'pg_database'::regclass OR name <> ALL(%(databases)s)"""

_ELSEWHERE: Final[LiteralString] = """
SELECT 'elsewhere', NULL, pg_get_userbyid(refobjid)::text, NULL, datname::text, NULL, NULL,
    encode(sha256(convert_to(string_agg(concat_ws(' ', classid, objid, objsubid, deptype), E'\\n'
        ORDER BY classid, objid, objsubid, deptype), 'SQL_ASCII')), 'hex'), NULL
FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid
WHERE refclassid = 'pg_authid'::regclass AND refobjid IN (SELECT oid FROM handed) AND deptype IN ('a', 'o')
    AND datname <> ALL(%(databases)s)
GROUP BY refobjid, datname"""

CLUSTER: Final[LiteralString] = f"""
WITH RECURSIVE {HANDED},
taker (oid) AS (
    SELECT oid FROM pg_roles WHERE rolname = ANY(%(takers)s) AND rolname <> %(master)s
  UNION
    SELECT member FROM taker JOIN pg_auth_members ON roleid = taker.oid
    WHERE pg_get_userbyid(member) <> %(master)s
)
{membership("roleid IN (SELECT oid FROM taker) OR member IN (SELECT oid FROM handed)")}
UNION ALL {attributes("handed")}
UNION ALL {_SHARED}
UNION ALL {_ELSEWHERE}
"""
