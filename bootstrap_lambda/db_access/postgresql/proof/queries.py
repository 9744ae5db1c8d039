"""The proof's question as SQL; the package says why it is enough."""

from typing import Final, LiteralString

from db_access.postgresql.proof.classes import CLASSES

# A CASE by kind, because asking for a privilege that a kind doesn't have is an error. Answers are the letters that ACLs
# have. Several privileges in one question mean any of them: one question for those that nearly nobody has. `whole` is
# what the user may do with the whole table of a column: not the column's to answer for.
EFFECTIVE: Final[LiteralString] = rf"""
WITH RECURSIVE {CLASSES},
holder AS MATERIALIZED (
    SELECT id, grantee AS role FROM class, aclexplode(acl) WHERE grantee <> 0 UNION SELECT id, owner FROM class
),
edge AS MATERIALIZED (
    SELECT member, roleid AS role FROM pg_auth_members
  UNION ALL
    -- the one membership that is nowhere recorded
    SELECT datdba, (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner') FROM pg_database
        WHERE datname = current_database()
),
subject AS MATERIALIZED (
    SELECT oid, rolname, rolsuper,
        min(oid) OVER (
            PARTITION BY rolsuper, rolinherit, groups, CASE WHEN oid IN (SELECT role FROM holder) THEN oid END) AS twin
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
    WHERE NOT (subject = owner AND owner IN (SELECT oid FROM subject WHERE rolname = ANY(%(makers)s)))
    ORDER BY 1  -- PostgreSQL remembers the roles of the one it was asked about last
),
answer AS MATERIALIZED (
    SELECT subject, id, CASE kind
        WHEN 'database' THEN concat(
            CASE WHEN has_database_privilege(subject, oid, 'CONNECT') THEN 'c' END,
            CASE WHEN has_database_privilege(subject, oid, 'CREATE, TEMPORARY') THEN concat(
                CASE WHEN has_database_privilege(subject, oid, 'CREATE') THEN 'C' END,
                CASE WHEN has_database_privilege(subject, oid, 'TEMPORARY') THEN 'T' END) END)
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
            CASE WHEN has_table_privilege(subject, oid, 'TRUNCATE, REFERENCES, TRIGGER') THEN concat(
                CASE WHEN has_table_privilege(subject, oid, 'TRUNCATE') THEN 'D' END,
                CASE WHEN has_table_privilege(subject, oid, 'REFERENCES') THEN 'x' END,
                CASE WHEN has_table_privilege(subject, oid, 'TRIGGER') THEN 't' END) END,
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
    pg_get_userbyid(CASE WHEN owner = (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner')
        THEN (SELECT datdba FROM pg_database WHERE datname = current_database()) ELSE owner END) AS owner,
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
