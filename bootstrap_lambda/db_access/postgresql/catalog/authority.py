"""Ask the catalogs what the master lacks the authority for. Parameters: mark, roles, master, additive, groups, options
(whether memberships have options, which is PostgreSQL 16 and later)."""

from collections.abc import Iterable
from typing import Final, LiteralString

from db_access.postgresql.catalog.roles import OURS
from db_access.postgresql.state import Limits

# Who has CREATEROLE may change every role but superusers before PostgreSQL 16; from then on the roles on which it has
# ADMIN OPTION, by whatever chain. PostgreSQL itself is asked about those that the memberships don't show, which are
# few: it looks through all that the master administers, each time. What RDS lets its master do with its own roles is
# RDS's.
AUTHORITY: Final[LiteralString] = f"""
WITH RECURSIVE {OURS},
me AS MATERIALIZED (SELECT * FROM pg_roles WHERE rolname = %(master)s),
through (oid) AS (
    SELECT oid FROM me
  UNION
    SELECT roleid FROM pg_auth_members AS m JOIN through ON m.member = through.oid
),
administered AS MATERIALIZED (
    SELECT roleid FROM pg_auth_members WHERE admin_option AND member IN (SELECT oid FROM through)
),
concerned AS MATERIALIZED (
    SELECT oid, rolname, rolsuper FROM pg_roles
    WHERE (oid IN (SELECT oid FROM ours) OR oid IN (
            SELECT roleid FROM pg_auth_members WHERE member IN (SELECT oid FROM ours))
        OR rolname = ANY(%(groups)s)) AND rolname <> %(master)s AND rolname !~ '^rds'
        AND (rolsuper OR %(options)s AND oid NOT IN (SELECT roleid FROM administered))
),
owner AS (
    SELECT datdba AS oid FROM pg_database WHERE datname = current_database()
  UNION
    SELECT nspowner FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%%'
)
SELECT 'role', concerned.rolname::text FROM concerned, me
WHERE NOT me.rolsuper AND (concerned.rolsuper OR NOT pg_has_role(me.oid, concerned.oid, 'MEMBER WITH ADMIN OPTION'))
UNION ALL
SELECT 'attribute', name FROM me, LATERAL (VALUES
    ('SUPERUSER', false), ('REPLICATION', %(options)s AND rolreplication),
    ('BYPASSRLS', %(options)s AND rolbypassrls), ('CREATEDB', NOT %(options)s OR rolcreatedb)
) AS attribute (name, its_own) WHERE NOT rolsuper AND NOT its_own
UNION ALL
SELECT 'owner', pg_get_userbyid(owner.oid)::text FROM owner, me WHERE NOT pg_has_role(me.oid, owner.oid, 'USAGE')
UNION ALL
SELECT 'risen', rolname::text FROM pg_roles JOIN pg_shdescription ON objoid = oid AND classoid = 'pg_authid'::regclass
WHERE rolsuper AND NOT %(additive)s AND right(description, length(%(mark)s)) = %(mark)s
    AND rolname <> ALL(%(roles)s::name[]) AND rolname <> %(master)s AND rolname !~ '^(pg_|rds)'
UNION ALL
SELECT 'no schemas', '' FROM me WHERE NOT has_database_privilege(me.oid, current_database(), 'CREATE')
"""


def limits(rows: Iterable[tuple[str, str]]) -> Limits:
    """What the answer says."""
    found: dict[str, set[str]] = {}
    for what, name in rows:
        found.setdefault(what, set()).add(name)
    roles, attributes, owners, risen = (
        frozenset(found.get(what, ())) for what in ("role", "attribute", "owner", "risen")
    )
    return Limits(roles, attributes, owners, risen, creates_schemas="no schemas" not in found)
