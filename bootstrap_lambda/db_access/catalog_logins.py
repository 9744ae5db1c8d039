"""Ask the catalogs who reaches rds_iam once some memberships are added and others gone. Reads only; one round trip."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.lockout import Edge, Reach

# Each name once, with any one way: an IAM master of PostgreSQL 16 is a member of every user.
_REACH: Final[LiteralString] = """
WITH RECURSIVE edge (role, member) AS (
    SELECT granted.rolname, member.rolname
    FROM pg_auth_members AS m JOIN pg_roles AS granted ON granted.oid = m.roleid JOIN pg_roles AS member ON member.oid = m.member
  EXCEPT SELECT * FROM unnest(%(taken_roles)s::name[], %(taken_members)s::name[])
  UNION SELECT * FROM unnest(%(added_roles)s::name[], %(added_members)s::name[])
),
through (name) AS (
    SELECT unnest(%(iam)s::name[])
  UNION SELECT member FROM edge JOIN through ON role = name
),
otherwise (name) AS (
    SELECT 'rds_iam'::name
  UNION SELECT member FROM edge JOIN otherwise ON role = name WHERE member <> ALL(%(iam)s::name[])
),
found AS (
    SELECT DISTINCT ON (member) member, role, 'through' AS how FROM edge JOIN through ON role = name
  UNION ALL
    SELECT name, NULL, 'otherwise' FROM otherwise
)
SELECT member, role, how, coalesce((SELECT rolcanlogin AND NOT rolsuper FROM pg_roles WHERE rolname = member), false) AS login FROM found
WHERE member <> ALL(%(iam)s::name[])
"""


def reach(connection: Connection[Any], iam_users: Iterable[str], added: Iterable[Edge], taken: Iterable[Edge]) -> Reach:
    """`iam_users`: the spec's, who are to be members of rds_iam."""
    parameters = {
        "iam": sorted(iam_users),
        **dict(zip(("added_roles", "added_members"), _columns(sorted(added)), strict=True)),
        **dict(zip(("taken_roles", "taken_members"), _columns(sorted(taken)), strict=True)),
    }
    rows = connection.execute(_REACH, parameters).fetchall()
    return Reach(
        through={member: role for member, role, how, _ in rows if how == "through"},
        otherwise={member for member, _, how, _ in rows if how == "otherwise"},
        logins={member for member, _, _, login in rows if login},
    )


def _columns(edges: Sequence[Edge]) -> tuple[list[str], list[str]]:
    return [role for role, _ in edges], [member for _, member in edges]
