"""Ask the catalogs what the master lacks the authority for. Parameters: mark, roles, master, additive, groups, options
(whether memberships have options, which is PostgreSQL 16 and later)."""

from collections.abc import Collection, Iterable
from typing import Final, LiteralString

from db_access.postgresql.catalog.roles import OURS
from db_access.postgresql.catalog.settings import named
from db_access.postgresql.state import CurrentRole, Limits

# Who has CREATEROLE may change every role but superusers before PostgreSQL 16; from then on the roles on which it has
# ADMIN OPTION, by whatever chain. PostgreSQL itself is asked about those that the memberships don't show, which are
# few: it looks through all that the master administers, each time. What RDS lets its master do with its own roles is
# RDS's.
# A setting is for everybody to change, or for superusers and who has been granted SET on it; what the session doesn't
# know, such as one of an extension that it hasn't loaded, is for the latter (guc.c, validate_option_array_item).
# What can't be reset, from PostgreSQL 16 on, goes only with all others, by a superuser (AlterSetting).
# `role` and the like are known and not shown; what somebody has made up has a dot. A name's bytes may be no text here.
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
named AS MATERIALIZED (
    SELECT DISTINCT encode(substring(entry FROM 1 FOR position('='::bytea IN entry) - 1), 'escape') AS name
    FROM pg_db_role_setting, unnest(setconfig) AS setting, textsend(setting) AS entry
    WHERE setrole IN (SELECT oid FROM ours WHERE oid <> 0)
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
SELECT 'adjustable', name FROM named, me
WHERE (has_parameter_privilege(me.oid, name, 'SET') OR name IN (SELECT name FROM pg_settings WHERE context = 'user')
    OR name !~ '\\.' AND 'NO_SHOW_ALL' = ANY(pg_settings_get_flags(name)))
    AND NOT coalesce('NO_RESET' = ANY(pg_settings_get_flags(name)), false)
UNION ALL
SELECT 'not alone', name FROM named WHERE 'NO_RESET' = ANY(pg_settings_get_flags(name))
UNION ALL
SELECT 'superuser', '' FROM me WHERE rolsuper
UNION ALL
SELECT 'no schemas', '' FROM me WHERE NOT has_database_privilege(me.oid, current_database(), 'CREATE')
"""


def limits(rows: Iterable[tuple[str, str]], roles: Collection[CurrentRole]) -> Limits:
    """What the answer says, of these roles."""
    found: dict[str, set[str]] = {}
    for what, name in rows:
        found.setdefault(what, set()).add(name)
    beyond, attributes, owners, risen = (
        frozenset(found.get(what, ())) for what in ("role", "attribute", "owner", "risen")
    )
    settings = (
        frozenset[str]() if "superuser" in found else _set(roles).difference(map(named, found.get("adjustable", ())))
    )
    not_alone = frozenset(map(named, found.get("not alone", ())))
    return Limits(beyond, attributes, owners, risen, settings, not_alone, creates_schemas="no schemas" not in found)


def _set(roles: Iterable[CurrentRole]) -> frozenset[str]:
    """Names of settings."""
    return frozenset(name for role in roles for name, _ in (*role.settings, *role.settings_here))
