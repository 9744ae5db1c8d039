"""Ask for rights on extensions' objects, which no run takes away: they belong to others. Reads only.

What belongs to our roles or the master is planned and proven like everything else, whatever extension has it.
"""

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection, Cursor

from db_access.plan.privileges import PUBLIC
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog.roles import MARKED, OWNERS
from db_access.postgresql.out_of_scope import OtherRights

# Whatever a role of ours has there is said. PUBLIC's part is the extension's own as far as pg_init_privs has it. From
# the few members on everything is found by an index: no other row about a right is read.
_QUERY: Final[LiteralString] = f"""
WITH ours (oid) AS MATERIALIZED (
    {MARKED}
  UNION SELECT oid FROM pg_roles WHERE rolname = ANY(%(adopted)s)
),
{OWNERS},
member AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
        AND classid = ANY(ARRAY['pg_class', 'pg_proc', 'pg_type']::regclass[]) AND objid >= 16384
        AND current_database() = %(here)s
),
object AS MATERIALIZED (
    SELECT classid, objid, relowner AS owner, relacl AS acl,
        acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner) AS usual
    FROM member JOIN pg_class ON oid = objid WHERE classid = 'pg_class'::regclass
  UNION ALL
    SELECT classid, objid, proowner, proacl, acldefault('f', proowner)
    FROM member JOIN pg_proc ON oid = objid WHERE classid = 'pg_proc'::regclass
  UNION ALL
    SELECT classid, objid, typowner, typacl, acldefault('T', typowner)
    FROM member JOIN pg_type ON oid = objid WHERE classid = 'pg_type'::regclass
),
theirs AS MATERIALIZED (SELECT * FROM object WHERE owner NOT IN (SELECT oid FROM owners)),
part AS (
    SELECT classid, objid, 0 AS objsubid, owner, acl, usual FROM theirs WHERE acl IS NOT NULL
  UNION ALL
    SELECT classid, objid, attnum, owner, attacl, acldefault('c', owner)
    FROM theirs JOIN pg_attribute ON attrelid = objid AND attacl IS NOT NULL WHERE classid = 'pg_class'::regclass
),
held AS (
    SELECT refobjid AS role, owner, classid, objid FROM theirs, LATERAL (
        SELECT refobjid FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND pg_shdepend.classid = theirs.classid AND pg_shdepend.objid = theirs.objid AND deptype = 'a'
            AND refclassid = 'pg_authid'::regclass AND refobjid IN (SELECT oid FROM ours)
        LIMIT ALL OFFSET 0  -- or PostgreSQL might go through all that is granted to our roles
    ) AS given
  UNION
    SELECT 0, owner, classid, objid FROM part LEFT JOIN pg_init_privs AS initial
        ON initial.objoid = objid AND initial.classoid = classid AND initial.objsubid = part.objsubid
    WHERE %(locked)s AND EXISTS (
        SELECT privilege_type FROM aclexplode(acl) WHERE grantee = 0
      EXCEPT
        SELECT privilege_type FROM aclexplode(coalesce(initprivs, usual)) WHERE grantee = 0)
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY role, owner ORDER BY classid, objid) AS number,
        count(*) OVER (PARTITION BY role, owner)
    FROM held
)
SELECT CASE WHEN role = 0 THEN '' ELSE pg_get_userbyid(role) END AS role, pg_get_userbyid(owner) AS owner,
    array_agg(pg_describe_object(classid, objid, 0) ORDER BY number), min(count)
FROM numbered WHERE number <= 3 GROUP BY 1, 2 ORDER BY 1, 2
"""

_Row = tuple[str, str, Sequence[str], int]


def ask(connection: Connection[Any], parameters: dict[str, Any]) -> Answer[tuple[OtherRights, ...]]:
    """Within a pipeline: ask for it. `parameters`: mark, adopted, master, here (the database), locked."""
    asked: Cursor[_Row] = connection.execute(_QUERY, parameters)
    return Answer(
        lambda: tuple(
            OtherRights(role or PUBLIC, tuple(on), count, owner) for role, owner, on, count in asked.fetchall()
        )
    )
