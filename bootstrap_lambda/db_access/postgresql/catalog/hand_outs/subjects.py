"""Who is asked about, and what is left out, as common table expressions for the questions about hand-outs.

Parameters: mark, adopted, master, logins and subjects (each user, and the role as which its sessions act), set (how
pg_has_role() calls the right to SET ROLE), here (the database: nobody is asked about in another one).
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.roles import MARKED, OWNERS

SUBJECTS: Final[LiteralString] = f"""
ours (oid) AS MATERIALIZED (
    {MARKED}
  UNION SELECT oid FROM pg_roles WHERE rolname = ANY(%(adopted)s)
),
{OWNERS},
subject AS MATERIALIZED (
    SELECT oid, login::text AS name FROM unnest(%(logins)s::name[], %(subjects)s::name[]) AS asked (login, subject)
        JOIN pg_roles ON rolname = subject WHERE NOT rolsuper
        AND current_database() = %(here)s
),
inside AS MATERIALIZED (
    SELECT pg_namespace.oid AS schema, subject.oid, name FROM pg_namespace CROSS JOIN subject
    WHERE nspname NOT LIKE 'pg\\_%%' AND nspname <> 'information_schema'
        AND has_schema_privilege(subject.oid, pg_namespace.oid, 'USAGE')
),
system AS MATERIALIZED (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))"""

COLUMNS: Final[LiteralString] = """
    (SELECT string_agg(concat(attnum, attacl), ',' ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attacl IS NOT NULL)"""
"""What tells apart relations that answer alike otherwise."""

POWERFUL: Final[LiteralString] = """
    (SELECT rolsuper OR rolname = %(master)s FROM pg_roles WHERE oid = owner)"""


def without(owner: LiteralString) -> LiteralString:
    """Whether the subject neither has the rights of `owner` nor can take them."""
    return f"NOT pg_has_role(subject.oid, {owner}, 'USAGE') AND NOT pg_has_role(subject.oid, {owner}, %(set)s)"


def changed(catalog: LiteralString, owner: LiteralString, acl: LiteralString) -> LiteralString:
    """Whether `catalog`'s row isn't as an extension installed it, for whose part the extension's maker answers."""
    return f"""NOT EXISTS (
        SELECT FROM pg_depend LEFT JOIN pg_init_privs ON objoid = objid AND classoid = classid
            AND pg_init_privs.objsubid = 0
        WHERE classid = '{catalog}'::regclass AND objid = {catalog}.oid AND refclassid = 'pg_extension'::regclass
            AND deptype = 'e' AND {owner} NOT IN (SELECT oid FROM owners) AND {acl} IS NOT DISTINCT FROM initprivs)"""
