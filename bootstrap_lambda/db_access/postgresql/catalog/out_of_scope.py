"""Ask the catalogs what is out of the spec's scope and worth knowing. Reads only."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection, Cursor

from db_access.plan.privileges import PUBLIC, Kind
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog import extensions
from db_access.postgresql.catalog.roles import MARKED
from db_access.postgresql.out_of_scope import LeftBehind, OtherRights, OutOfScope, Reachable
from db_access.postgresql.state import Desired

# Into other databases, whose ACL names the owner too, come the grantees and who inherits from them; four names for each
# grantee are enough. rdsadmin lets nobody in. What isn't looked at is found by an index, and of PostgreSQL's own
# objects (oids below 16384) only who is granted anything: no row about a table is read. However many roles there are,
# each is looked at once for a grantee.
_QUERY: Final[LiteralString] = f"""
WITH RECURSIVE ours (oid) AS MATERIALIZED (
    {MARKED}
  UNION SELECT oid FROM pg_roles WHERE rolname = ANY(%(adopted)s)
),
elsewhere AS MATERIALIZED (
    SELECT oid, datname, datdba, datacl, has_database_privilege(0::oid, oid, 'CONNECT') AS open
    FROM pg_database WHERE datallowconn AND datname <> ALL(%(declared)s) AND datname <> 'rdsadmin'
),
holding AS MATERIALIZED (
    SELECT oid AS database, grantee FROM elsewhere, aclexplode(datacl) WHERE NOT open AND privilege_type = 'CONNECT'
),
reached (grantee, role) AS (
    SELECT grantee, grantee FROM holding
  UNION
    SELECT grantee, m.member FROM reached JOIN pg_auth_members AS m ON m.roleid = role
        JOIN pg_roles ON pg_roles.oid = m.member
    WHERE coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, rolinherit)  -- of its own from PostgreSQL 16 on
),
visitor AS MATERIALIZED (
    SELECT grantee, rolname::text AS name, row_number() OVER (PARTITION BY grantee ORDER BY rolname::text) AS number
    FROM reached JOIN pg_roles ON oid = role WHERE rolcanlogin AND role IN (SELECT oid FROM ours)
),
given AS MATERIALIZED (  -- or PostgreSQL might go through all that is granted to our roles
    SELECT refobjid, refclassid, classid, objid FROM pg_shdepend
    WHERE dbid IN (0, (SELECT oid FROM pg_database WHERE datname = %(here)s)) AND classid IN (
        'pg_largeobject'::regclass, 'pg_parameter_acl'::regclass, 'pg_language'::regclass, 'pg_tablespace'::regclass,
        'pg_foreign_data_wrapper'::regclass, 'pg_foreign_server'::regclass) AND deptype = 'a'
  UNION ALL
    SELECT refobjid, refclassid, classid, objid FROM pg_shdepend
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %(here)s) AND objid < 16384
        AND classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass)
        -- schema public, which the plan knows
        AND NOT (classid = 'pg_namespace'::regclass AND objid = 2200) AND deptype = 'a'
  UNION ALL
    SELECT refobjid, refclassid, classid, objid FROM pg_shdepend  -- of large objects, and what a later version brings
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %(here)s) AND classid = 'pg_default_acl'::regclass
        AND deptype = 'a'
        AND objid IN (SELECT oid FROM pg_default_acl WHERE defaclobjtype NOT IN ('r', 'S', 'f', 'T', 'n'))
  UNION ALL
    SELECT refobjid, refclassid, classid, objid FROM pg_shdepend
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = %(here)s) AND classid = 'pg_user_mapping'::regclass
),
held AS (
    SELECT refobjid AS role, classid, objid, row_number() OVER one AS number,
        count(*) OVER (PARTITION BY refobjid) AS count
    FROM (
        SELECT DISTINCT refobjid, classid, objid FROM given
        WHERE refclassid = 'pg_authid'::regclass AND refobjid IN (SELECT oid FROM ours)
    ) AS once
    WINDOW one AS (PARTITION BY refobjid ORDER BY classid, objid)
)
SELECT 'reachable' AS what, datname::text AS name, CASE WHEN open THEN 'PUBLIC' END, ARRAY(
    SELECT DISTINCT name FROM holding JOIN visitor USING (grantee) WHERE database = elsewhere.oid
        AND number <= 4 ORDER BY 1 LIMIT 4
), 0
FROM elsewhere
UNION ALL
SELECT 'other rights', pg_get_userbyid(role), NULL, 
    array_agg(pg_describe_object(classid, objid, 0) ORDER BY number), min(count)
FROM held WHERE number <= 3 GROUP BY role
UNION ALL
SELECT 'schema', nspname, NULL, '{{}}', 0 FROM pg_namespace
WHERE %(locked)s AND current_database() = %(here)s AND nspname <> ALL(%(schemas)s) AND nspname NOT LIKE 'pg\\_%%'
    AND nspname NOT IN ('public', 'information_schema') AND has_schema_privilege(0::oid, oid, 'USAGE, CREATE')
    AND oid NOT IN (SELECT objid FROM pg_depend WHERE classid = 'pg_namespace'::regclass AND deptype = 'e')
UNION ALL
(SELECT 'left', rolname::text, CASE WHEN rolcanlogin THEN 'login' END, '{{}}', count(*) OVER ()
FROM pg_shdescription JOIN pg_roles ON pg_roles.oid = objoid
WHERE classoid = 'pg_authid'::regclass AND rolname <> ALL(%(roles)s::name[]) AND EXISTS (
    SELECT FROM unnest(%(theirs)s::text[]) AS mark WHERE right(description, length(mark)) = mark)
ORDER BY NOT rolcanlogin, rolname LIMIT %(most)s)
ORDER BY 1, 2
"""

_MOST: Final = 50
"""Roles of a manager that is taken over from, by name; the others are counted."""

_Row = tuple[str, str, str | None, Sequence[str], int]


def ask(connection: Connection[Any], desired: Desired, *, managed_by: str, master: str) -> Answer[OutOfScope]:
    """Within a pipeline: ask for it."""
    here = next((objects for objects in desired.objects if objects.kind is Kind.DATABASE), None)
    parameters = {
        "here": here.names[0] if here else None,
        "locked": here is not None and PUBLIC in here.acl,
        "schemas": sorted(desired.declared),
        "mark": f"[managed by {managed_by}]",
        "adopted": sorted(role.name for role in desired.roles.values() if role.adopt or desired.take_over),
        "roles": sorted(desired.roles) if desired.take_over else [],
        "theirs": [f"[managed by {manager}]" for manager in sorted(desired.take_over)],
        "master": master,
        "most": _MOST,
        "declared": sorted(desired.databases),
        "additive": False,
    }
    asked: Cursor[_Row] = connection.execute(_QUERY, parameters)
    on_extensions = extensions.ask(connection, parameters)
    return Answer(lambda: _parsed(asked.fetchall(), on_extensions.read()))


def _parsed(rows: Sequence[_Row], on_extensions: tuple[OtherRights, ...]) -> OutOfScope:
    return OutOfScope(
        tuple(
            Reachable(name, public is not None, tuple(users))
            for what, name, public, users, _ in rows
            if what == "reachable" and (public or users)
        ),
        (
            *(OtherRights(name, tuple(on), count) for what, name, _, on, count in rows if what == "other rights"),
            *on_extensions,
        ),
        tuple(name for what, name, *_ in rows if what == "schema"),
        LeftBehind(
            tuple(name for what, name, note, *_ in rows if what == "left" and note),
            tuple(name for what, name, note, *_ in rows if what == "left" and not note),
            max((count for what, *_, count in rows if what == "left"), default=0),
        ),
    )
