"""Ask the catalogs what stands around the spec's roles; `surroundings` says what for. Reads only.

`ask` and `told` are two steps, so that the question can be one of a pipeline's.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection, Cursor

from db_access.mark import parse
from db_access.state import PUBLIC, Kind, State
from db_access.surroundings import Aside, Reachable, Stranger, Surroundings

# Superusers have every right by themselves, and the master is meant to be a member of what it creates. Of other databases only who is
# owner, grantee or a member of one can do more than PUBLIC, so that has_database_privilege is asked of few, and four names are enough;
# rdsadmin lets nobody in. There the subqueries are looked up one by one, for PostgreSQL doesn't know how many rows a join would have.
# What isn't looked at is found by an index: no row about a table is read.
_AROUND: Final[LiteralString] = """
WITH RECURSIVE ours AS MATERIALIZED (
    SELECT objoid AS oid FROM pg_shdescription
    WHERE classoid = 'pg_authid'::regclass AND right(description, length(%(mark)s)) = %(mark)s
  UNION SELECT oid FROM pg_roles WHERE rolname = ANY(%(adopted)s)
),
stranger AS MATERIALIZED (
    SELECT member, roleid FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member
    WHERE roleid IN (SELECT oid FROM ours) AND member NOT IN (SELECT oid FROM ours) AND NOT rolsuper AND rolname <> %(master)s
),
through (stranger, member) AS (
    SELECT member, member FROM stranger
  UNION
    SELECT stranger, m.member FROM through JOIN pg_auth_members AS m ON m.roleid = through.member
    WHERE m.member NOT IN (SELECT oid FROM ours)
),
elsewhere AS MATERIALIZED (
    SELECT oid, datname, datdba, datacl, has_database_privilege(0::oid, oid, 'CONNECT') AS open
    FROM pg_database WHERE datallowconn AND datname <> ALL(%(declared)s) AND datname <> 'rdsadmin'
),
reached (database, role) AS (
    (SELECT oid, datdba FROM elsewhere WHERE NOT open
     UNION SELECT oid, grantee FROM elsewhere, aclexplode(datacl) WHERE NOT open AND privilege_type = 'CONNECT')
  UNION
    SELECT database, member FROM reached JOIN pg_auth_members ON roleid = role
),
held AS (
    SELECT refobjid AS role, classid, objid, row_number() OVER one AS number, count(*) OVER (PARTITION BY refobjid) AS count
    FROM pg_shdepend
    WHERE dbid IN (0, (SELECT oid FROM pg_database WHERE datname = %(here)s)) AND classid IN (
        'pg_largeobject'::regclass, 'pg_parameter_acl'::regclass, 'pg_language'::regclass, 'pg_tablespace'::regclass,
        'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass)
        AND deptype = 'a' AND refclassid = 'pg_authid'::regclass AND refobjid IN (SELECT oid FROM ours)
    WINDOW one AS (PARTITION BY refobjid ORDER BY classid, objid)
)
SELECT 'stranger' AS what, rolname::text AS name, shobj_description(oid, 'pg_authid') AS note,
    ARRAY(SELECT DISTINCT pg_get_userbyid(roleid)::text FROM stranger WHERE member = oid ORDER BY 1) AS list,
    ARRAY(SELECT pg_get_userbyid(member)::text FROM through
          WHERE stranger = oid AND member <> oid AND pg_get_userbyid(member) <> %(master)s ORDER BY 1) AS more, 0 AS count
FROM pg_roles WHERE oid IN (SELECT member FROM stranger)
UNION ALL
SELECT 'reachable', datname, CASE WHEN open THEN 'PUBLIC' END, ARRAY(
    SELECT name FROM (SELECT pg_get_userbyid(role)::text AS name, role FROM reached WHERE database = elsewhere.oid ORDER BY 1) AS candidate
    WHERE (SELECT rolcanlogin FROM pg_roles WHERE pg_roles.oid = role)
        AND right(shobj_description(role, 'pg_authid'), length(%(mark)s)) = %(mark)s
        AND has_database_privilege(role, elsewhere.oid, 'CONNECT')
    LIMIT 4), '{}', 0
FROM elsewhere
UNION ALL
SELECT 'aside', pg_get_userbyid(role), NULL, array_agg(pg_describe_object(classid, objid, 0) ORDER BY number), '{}', min(count)
FROM held WHERE number <= 3 GROUP BY role
UNION ALL
SELECT 'schema', nspname, NULL, '{}', '{}', 0 FROM pg_namespace
WHERE %(locked)s AND current_database() = %(here)s AND nspname <> ALL(%(schemas)s) AND nspname NOT LIKE 'pg\\_%%'
    AND nspname NOT IN ('public', 'information_schema') AND has_schema_privilege(0::oid, oid, 'USAGE')
    AND oid NOT IN (SELECT objid FROM pg_depend WHERE classid = 'pg_namespace'::regclass AND deptype = 'e')
ORDER BY 1, 2
"""

_Row = tuple[str, str, str | None, Sequence[str], Sequence[str], int]


def ask(connection: Connection[Any], desired: State, *, managed_by: str) -> Cursor[_Row]:
    """Send the question; `told` reads the answer."""
    here = next((objects for objects in desired.objects if objects.kind is Kind.DATABASE), None)
    parameters = {
        "here": here.names[0] if here else None,
        "locked": here is not None and PUBLIC in here.acl,
        "schemas": sorted(desired.schemas),
        "mark": f"[managed by {managed_by}]",
        "adopted": sorted(role.name for role in desired.roles.values() if role.adopt),
        "master": connection.info.user,
        "declared": sorted(desired.databases),
    }
    return connection.execute(_AROUND, parameters)


def told(answer: Iterable[_Row]) -> Surroundings:
    rows = list(answer)
    return Surroundings(
        tuple(
            Stranger(name, tuple(roles), tuple(members), parse(comment).managed_by)
            for what, name, comment, roles, members, _ in rows
            if what == "stranger"
        ),
        tuple(
            Reachable(name, public is not None, tuple(users))
            for what, name, public, users, _, _ in rows
            if what == "reachable" and (public or users)
        ),
        tuple(Aside(name, tuple(on), count) for what, name, _, on, _, count in rows if what == "aside"),
        tuple(name for what, name, *_ in rows if what == "schema"),
    )


def read(connection: Connection[Any], desired: State, *, managed_by: str) -> Surroundings:
    """In one round trip."""
    return told(ask(connection, desired, managed_by=managed_by))
