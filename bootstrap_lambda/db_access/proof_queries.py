"""The proof's queries; `proof` says why these questions are enough."""

from typing import Final, LiteralString

# A CASE by kind, because asking for a privilege that a kind doesn't have is an error. Answers are the letters that ACLs have.
# `whole` is what the user may do with the whole table of a column: not the column's to answer for.
EFFECTIVE: Final[LiteralString] = r"""
WITH RECURSIVE namespace AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = ANY(%(schemas)s)),
extended AS (SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'),
named AS (SELECT DISTINCT * FROM unnest(%(named_schemas)s::text[], %(named)s::text[]) AS named (schema, name)),
columned AS (
    SELECT pg_class.oid FROM unnest(%(column_schemas)s::text[], %(column_tables)s::text[]) AS listed (schema, name)
        JOIN namespace ON nspname = listed.schema JOIN pg_class ON relnamespace = namespace.oid AND relname = listed.name
),
relations AS (
    SELECT min(pg_class.oid) AS oid, relnamespace, relkind = 'S' AS sequence, relowner, relacl, named.name AS alone, count(*)
    FROM pg_class JOIN namespace ON namespace.oid = relnamespace LEFT JOIN named ON named.schema = nspname AND named.name = relname
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND pg_class.oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
    GROUP BY 2, 3, 4, 5, 6
),
columns AS (
    SELECT min(pg_class.oid) AS oid, relnamespace, relowner, relacl, attname, attacl, named.name AS alone, count(*)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN namespace ON namespace.oid = relnamespace
        LEFT JOIN named ON named.schema = nspname AND named.name = relname
    WHERE (attacl IS NOT NULL OR %(any_key)s AND attname = ANY(%(key_columns)s)) AND attnum > 0 AND NOT attisdropped
        AND relkind IN ('r', 'p', 'v', 'm', 'f') AND (%(all_columns)s OR attrelid = ANY(ARRAY(SELECT oid FROM columned)))
        AND attrelid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_class'::regclass)
    GROUP BY 2, 3, 4, 5, 6, 7
),
signatures AS (
    SELECT pg_proc.oid, pronamespace, proname, proowner, proacl,
        proname || '(' || array_to_string(proargtypes::regtype[]::text[], ', ') || ')' AS signature
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM namespace)
        AND oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_proc'::regclass)
),
routines AS (
    SELECT min(signatures.oid) AS oid, pronamespace, proowner, proacl, named.name AS alone, count(*)
    FROM signatures JOIN namespace ON namespace.oid = pronamespace LEFT JOIN named ON named.schema = nspname AND named.name = signature
    GROUP BY 2, 3, 4, 5
),
types AS (
    SELECT min(pg_type.oid) AS oid, typnamespace, typowner, typacl, named.name AS alone, count(*)
    FROM pg_type JOIN namespace ON namespace.oid = typnamespace LEFT JOIN named ON named.schema = nspname AND named.name = typname
    WHERE pg_type.oid NOT IN (SELECT objid FROM extended WHERE classid = 'pg_type'::regclass)
        AND (typtype IN ('b', 'd', 'e', 'r') AND typelem = 0
        -- a composite type without an ACL is everybody's to use, and the row type of a table nobody's to grant
        OR typtype = 'c' AND (typacl IS NOT NULL OR %(any_named)s AND named.name IS NOT NULL))
    GROUP BY 2, 3, 4, 5
),
found AS (
    SELECT 'database' AS kind, oid, NULL::oid AS schema, NULL::name AS column, NULL AS alone, 1::bigint AS count, datdba AS owner,
        coalesce(datacl, acldefault('d', datdba)) AS acl
    FROM pg_database WHERE datname = current_database()
  UNION ALL
    SELECT 'schema', oid, oid, NULL, NULL, 1, nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM namespace
  UNION ALL
    SELECT CASE WHEN sequence THEN 'sequence' ELSE 'table' END, oid, relnamespace, NULL, alone, count, relowner,
        coalesce(relacl, acldefault(CASE WHEN sequence THEN 's' ELSE 'r' END::"char", relowner))
    FROM relations
  UNION ALL
    SELECT 'column', oid, relnamespace, attname, alone, count, relowner,
        coalesce(attacl, '{}') || coalesce(relacl, acldefault('r', relowner))
    FROM columns
  UNION ALL
    SELECT 'function', oid, pronamespace, NULL, alone, count, proowner, coalesce(proacl, acldefault('f', proowner)) FROM routines
  UNION ALL
    SELECT 'type', oid, typnamespace, NULL, alone, count, typowner, coalesce(typacl, acldefault('T', typowner)) FROM types
),
class AS MATERIALIZED (SELECT row_number() OVER () AS id, found.* FROM found),
holder AS MATERIALIZED (
    SELECT id, grantee AS role FROM class, aclexplode(acl) WHERE grantee <> 0 UNION SELECT id, owner FROM class
),
edge AS MATERIALIZED (
    SELECT member, roleid AS role FROM pg_auth_members
  UNION ALL
    -- the one membership that is nowhere recorded
    SELECT datdba, (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner') FROM pg_database WHERE datname = current_database()
),
subject AS MATERIALIZED (
    SELECT oid, rolname, rolsuper,
        min(oid) OVER (PARTITION BY rolsuper, rolinherit, groups, CASE WHEN oid IN (SELECT role FROM holder) THEN oid END) AS twin
    FROM pg_roles LEFT JOIN (
        SELECT member, array_agg(DISTINCT roleid::text || coalesce(to_jsonb(m) ->> 'inherit_option', '')) AS groups
        FROM pg_auth_members AS m GROUP BY member
    ) AS memberships ON member = oid
    WHERE rolname = ANY(%(users)s)
),
reached (subject, role) AS (
    SELECT oid, oid FROM subject WHERE oid = twin
  UNION
    SELECT subject, edge.role FROM reached JOIN edge ON edge.member = reached.role
),
everywhere AS (
    SELECT oid FROM subject WHERE oid = twin AND rolsuper
  UNION
    SELECT subject FROM reached JOIN pg_roles ON pg_roles.oid = reached.role
    WHERE rolname LIKE 'pg\_%%' OR rolname LIKE 'rds%%' AND rolname <> 'rds_iam'
),
pair AS MATERIALIZED (
    SELECT subject, id, kind, oid, "column" FROM (
        SELECT subject, id FROM holder JOIN reached USING (role)
      UNION SELECT oid, id FROM everywhere CROSS JOIN (SELECT id FROM class) AS classes
      UNION SELECT 0, id FROM class
    ) AS pairs JOIN class USING (id)
    ORDER BY 1  -- PostgreSQL remembers the roles of the one it was asked about last
),
answer AS MATERIALIZED (
    SELECT subject, id, CASE kind
        WHEN 'database' THEN concat(
            CASE WHEN has_database_privilege(subject, oid, 'CONNECT') THEN 'c' END,
            CASE WHEN has_database_privilege(subject, oid, 'CREATE') THEN 'C' END,
            CASE WHEN has_database_privilege(subject, oid, 'TEMPORARY') THEN 'T' END)
        WHEN 'schema' THEN concat(
            CASE WHEN has_schema_privilege(subject, oid, 'USAGE') THEN 'U' END,
            CASE WHEN has_schema_privilege(subject, oid, 'CREATE') THEN 'C' END)
        WHEN 'sequence' THEN concat(
            CASE WHEN has_sequence_privilege(subject, oid, 'SELECT') THEN 'r' END,
            CASE WHEN has_sequence_privilege(subject, oid, 'UPDATE') THEN 'w' END,
            CASE WHEN has_sequence_privilege(subject, oid, 'USAGE') THEN 'U' END)
        WHEN 'function' THEN CASE WHEN has_function_privilege(subject, oid, 'EXECUTE') THEN 'X' ELSE '' END
        WHEN 'type' THEN CASE WHEN has_type_privilege(subject, oid, 'USAGE') THEN 'U' ELSE '' END
        WHEN 'column' THEN concat(
            CASE WHEN has_column_privilege(subject, oid, "column"::text, 'SELECT') THEN 'r' END,
            CASE WHEN has_column_privilege(subject, oid, "column"::text, 'INSERT') THEN 'a' END,
            CASE WHEN has_column_privilege(subject, oid, "column"::text, 'UPDATE') THEN 'w' END,
            CASE WHEN has_column_privilege(subject, oid, "column"::text, 'REFERENCES') THEN 'x' END)
        ELSE concat(
            CASE WHEN has_table_privilege(subject, oid, 'SELECT') THEN 'r' END,
            CASE WHEN has_table_privilege(subject, oid, 'INSERT') THEN 'a' END,
            CASE WHEN has_table_privilege(subject, oid, 'UPDATE') THEN 'w' END,
            CASE WHEN has_table_privilege(subject, oid, 'DELETE') THEN 'd' END,
            CASE WHEN has_table_privilege(subject, oid, 'TRUNCATE') THEN 'D' END,
            CASE WHEN has_table_privilege(subject, oid, 'REFERENCES') THEN 'x' END,
            CASE WHEN has_table_privilege(subject, oid, 'TRIGGER') THEN 't' END,
            CASE WHEN %(maintain)s AND has_table_privilege(subject, oid, 'MAINTAIN') THEN 'm' END)
        END AS held,
        CASE kind WHEN 'column' THEN concat(
            CASE WHEN has_table_privilege(subject, oid, 'SELECT') THEN 'r' END,
            CASE WHEN has_table_privilege(subject, oid, 'INSERT') THEN 'a' END,
            CASE WHEN has_table_privilege(subject, oid, 'UPDATE') THEN 'w' END,
            CASE WHEN has_table_privilege(subject, oid, 'REFERENCES') THEN 'x' END)
        ELSE '' END AS whole
    FROM pair
)
SELECT id, kind, CASE WHEN kind <> 'database' THEN nspname END AS schema, "column", alone, count, class.oid,
    CASE kind WHEN 'database' THEN current_database() WHEN 'schema' THEN nspname
        WHEN 'function' THEN (SELECT proname FROM pg_proc WHERE pg_proc.oid = class.oid)
        WHEN 'type' THEN (SELECT typname FROM pg_type WHERE pg_type.oid = class.oid)
        ELSE (SELECT relname FROM pg_class WHERE pg_class.oid = class.oid) END AS name,
    held, whole, users
FROM (
    SELECT id, held, whole, array_agg(coalesce(rolname, '')::text) AS users
    FROM answer LEFT JOIN subject ON subject.twin = answer.subject GROUP BY id, held, whole
) AS answers JOIN class USING (id) LEFT JOIN pg_namespace ON pg_namespace.oid = class.schema
"""

# Asked only of what turned out to be a surprise: users, kinds, oids and privileges are arrays of one length.
ROUTES: Final[LiteralString] = """
WITH asked AS (
    SELECT username, kind, asked.oid, privilege, pg_roles.oid AS user, rolsuper
    FROM unnest(%(users)s::text[], %(kinds)s::text[], %(oids)s::oid[], %(privileges)s::text[]) AS asked (username, kind, oid, privilege)
        JOIN pg_roles ON rolname = username
),
acls AS (
    SELECT asked.*, datdba AS owner, coalesce(datacl, acldefault('d', datdba)) AS acl, '' AS what
    FROM asked JOIN pg_database USING (oid) WHERE kind = 'database'
  UNION ALL
    SELECT asked.*, nspowner, coalesce(nspacl, acldefault('n', nspowner)), '' FROM asked JOIN pg_namespace USING (oid) WHERE kind = 'schema'
  UNION ALL
    SELECT asked.*, proowner, coalesce(proacl, acldefault('f', proowner)), '' FROM asked JOIN pg_proc USING (oid) WHERE kind = 'function'
  UNION ALL
    SELECT asked.*, typowner, coalesce(typacl, acldefault('T', typowner)), '' FROM asked JOIN pg_type USING (oid) WHERE kind = 'type'
  UNION ALL
    SELECT asked.*, relowner, coalesce(relacl, acldefault('r', relowner)), ''
    FROM asked JOIN pg_class USING (oid) WHERE kind IN ('table', 'sequence')
  UNION ALL
    SELECT asked.*, 0, attacl, ' on column ' || attname
    FROM asked JOIN pg_attribute ON attrelid = oid WHERE kind = 'table' AND attacl IS NOT NULL
),
routes AS (
    SELECT username, kind, oid, privilege, 'a superuser attribute' AS route FROM asked WHERE rolsuper
  UNION
    SELECT username, kind, oid, privilege,
        CASE WHEN owner = acls.user THEN 'ownership' ELSE 'membership in its owner ' || pg_get_userbyid(owner) END
    FROM acls WHERE owner <> 0 AND NOT rolsuper AND pg_has_role(acls.user, owner, 'USAGE')
  UNION
    SELECT username, kind, oid, privilege, what_through || what
    FROM acls, aclexplode(acl) AS held, LATERAL (SELECT CASE
        WHEN held.grantee = 0 THEN 'PUBLIC'
        WHEN held.grantee = acls.user THEN 'a grant to the user'
        ELSE 'membership in ' || pg_get_userbyid(held.grantee) END AS what_through) AS through
    WHERE held.privilege_type = privilege AND held.grantee <> owner AND NOT rolsuper
        AND (held.grantee = 0 OR pg_has_role(acls.user, held.grantee, 'USAGE'))
)
SELECT username, kind, oid, privilege, coalesce(string_agg(route, ' and ' ORDER BY route), 'a predefined role') AS route
FROM asked LEFT JOIN routes USING (username, kind, oid, privilege) GROUP BY 1, 2, 3, 4
"""

IAM_LOGINS: Final[LiteralString] = """
WITH RECURSIVE reached AS (
    SELECT oid FROM pg_roles WHERE rolname = 'rds_iam'
  UNION
    SELECT m.member FROM pg_auth_members AS m JOIN reached ON reached.oid = m.roleid
)
SELECT rolname FROM pg_roles JOIN reached USING (oid) WHERE rolcanlogin AND NOT rolsuper
"""
