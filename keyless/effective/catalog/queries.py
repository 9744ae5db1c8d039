"""The questions to the catalogs. No name in them is found outside pg_catalog, for so the session is settled."""

from typing import Final, LiteralString

ROLES: Final[LiteralString] = """
SELECT oid, rolname::text, rolsuper, rolcanlogin, rolconnlimit,
    CASE WHEN description LIKE '%[granted %' THEN description ELSE '' END
FROM pg_roles LEFT JOIN pg_shdescription ON objoid = oid AND classoid = 'pg_authid'::regclass
"""

# A membership's own options came with PostgreSQL 16: before, the member's attribute says whether it inherits. The
# database's owner is a member of pg_database_owner, without a row.
MEMBERSHIPS: Final[LiteralString] = """
SELECT member, roleid,
    bool_or(coalesce((to_jsonb(pg_auth_members) ->> 'inherit_option')::bool, rolinherit)),
    bool_or(coalesce((to_jsonb(pg_auth_members) ->> 'set_option')::bool, true)),
    bool_or(rolinherit), false
FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member GROUP BY 1, 2
UNION ALL
SELECT datdba, pg_roles.oid, true, false, true, true FROM pg_database, pg_roles
WHERE datname = current_database() AND rolname = 'pg_database_owner' AND pg_roles.oid <> datdba
"""
THINGS: Final[LiteralString] = """
SELECT kind, oid, coalesce(schema, '')::text, name::text, owner, coalesce(col, '')::text, num,
    CASE kind WHEN 'function' THEN pg_get_function_identity_arguments(oid) ELSE '' END,
    CASE kind WHEN 'function' THEN (SELECT oidvectortypes(proargtypes) FROM pg_proc WHERE oid = thing.oid) ELSE '' END,
    ARRAY(SELECT DISTINCT concat(grantee, ' ', privilege_type) FROM aclexplode(acl) ORDER BY 1)
FROM (
    SELECT 'database' AS kind, oid, NULL::name AS schema, datname::text AS name, datdba AS owner, NULL::name AS col,
        0 AS num, coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', oid, NULL, nspname, nspowner, NULL, 0, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace
  UNION ALL
    SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, pg_class.oid, nspname, relname, relowner, NULL, 0,
        coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  UNION ALL
    SELECT 'column', attrelid, nspname, relname, relowner, attname, attnum, attacl
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE NOT attisdropped AND (attacl IS NOT NULL
        OR (nspname = %(schema)s AND relname = %(name)s AND attname = %(column)s))
  UNION ALL
    SELECT 'function', pg_proc.oid, nspname, proname, proowner, NULL, 0, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
) AS thing
WHERE kind = 'database' OR coalesce(schema, name) = %(schema)s
    OR (coalesce(schema, name) <> 'information_schema' AND coalesce(schema, name) !~ '^pg_')
ORDER BY kind, schema, name, num
"""

# What can be changed through a view PostgreSQL tells only with a lock on it, as a SELECT takes; and a view that can be
# changed without a rule or trigger is of one relation, the first that its query names. One with security_invoker uses
# the rights of who asks. Column 0 is the whole row. Bits are those of pg_relation_is_updatable: 1 << CmdType, which is
# a rule's ev_type, too.
VIEWS: Final[LiteralString] = r"""
SELECT view.oid, refobjid, array_agg(DISTINCT refobjsubid), CASE WHEN %s AND refobjid = (
        SELECT found[1]::oid FROM regexp_matches(ev_action::text, ':relid (\d+)', 'g') WITH ORDINALITY AS of (found, at)
        WHERE found[1]::oid <> view.oid ORDER BY at LIMIT 1)
    THEN pg_relation_is_updatable(view.oid, false)
        & ~coalesce((SELECT bit_or(1 << ev_type::text::int) FROM pg_rewrite
            WHERE ev_class = view.oid AND ev_type <> '1'), 0)
        & ~coalesce((SELECT bit_or(((tgtype & 12) << 1) | ((tgtype & 16) >> 2)) FROM pg_trigger
            WHERE tgrelid = view.oid AND tgtype & 64 <> 0), 0)
    ELSE 0 END
FROM pg_class AS view JOIN pg_rewrite AS rule ON ev_class = view.oid AND ev_type = '1'
    JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = rule.oid AND refclassid = 'pg_class'::regclass
WHERE relkind IN ('v', 'm') AND refobjid <> view.oid
    AND NOT coalesce(reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1',
        'security_invoker=yes'], false)
GROUP BY view.oid, rule.oid, refobjid
"""
CHILDREN: Final[LiteralString] = """
SELECT inhparent, inhrelid, relkind::text,
    ARRAY(SELECT own.attnum::int FROM pg_attribute AS own JOIN pg_attribute AS above USING (attname)
        WHERE own.attrelid = inhrelid AND above.attrelid = inhparent AND NOT above.attisdropped)
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhparent
WHERE relkind IN ('r', 'p', 'f')
"""
# A foreign key's own statements run with the rights of the owner of the table that refers to the other.
CASCADES: Final[LiteralString] = """
SELECT confrelid, conrelid, conkey, confupdtype = 'c', confdeltype = 'c' FROM pg_constraint
WHERE contype = 'f' AND confrelid <> conrelid AND 'c' IN (confupdtype, confdeltype)
"""
DEFINERS: Final[LiteralString] = "SELECT oid FROM pg_proc WHERE prosecdef"
HELD: Final[LiteralString] = """
SELECT role, place, array_agg(privilege)
FROM unnest(%(roles)s::oid[]) AS of_role (role),
    ROWS FROM (unnest(%(kinds)s::text[]), unnest(%(oids)s::oid[]), unnest(%(numbers)s::int2[])) WITH ORDINALITY
        AS thing (kind, oid, num, place)
    JOIN ROWS FROM (unnest(%(of_kinds)s::text[]), unnest(%(privileges)s::text[])) AS possible (kind, privilege)
        USING (kind)
WHERE CASE kind
    WHEN 'database' THEN has_database_privilege(role, oid, privilege)
    WHEN 'schema' THEN has_schema_privilege(role, oid, privilege)
    WHEN 'sequence' THEN has_sequence_privilege(role, oid, privilege)
    WHEN 'function' THEN has_function_privilege(role, oid, privilege)
    WHEN 'column' THEN has_column_privilege(role, oid, num, privilege)
    ELSE has_table_privilege(role, oid, privilege) END
GROUP BY 1, 2
"""
