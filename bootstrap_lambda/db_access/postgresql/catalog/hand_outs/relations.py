"""The question about views, materialized views and rules: what they read and write with their owner's rights for users
who have no such right themselves.

What is used by way of a view without security_invoker is used with the rights of the view's owner, through any number
of views; one with security_invoker asks the user again, wherever it is used, and ends the chain (postgresql.org,
CREATE VIEW, Notes). A rule's actions are its table's owner's. Relations that are alike in schema, owner and ACL are
asked about once. Letters: those of ACLs; p for SELECT on some columns, A, W and D for rules on INSERT, UPDATE and
DELETE.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.hand_outs.subjects import COLUMNS, POWERFUL, SUBJECTS, changed, without

_REACHED: Final[LiteralString] = f"""
view AS MATERIALIZED (
    SELECT pg_class.oid, relowner, relkind = 'm' AS stored, pg_rewrite.oid AS rule
    FROM pg_class JOIN pg_rewrite ON ev_class = pg_class.oid AND ev_type = '1'
    WHERE relkind IN ('v', 'm') AND relnamespace NOT IN (SELECT oid FROM system) AND NOT EXISTS (
        SELECT FROM pg_options_to_table(reloptions) WHERE option_name = 'security_invoker' AND option_value::boolean)
),
way AS (
    SELECT rule, oid, NULL AS name, 'r' AS event, stored FROM view
  UNION ALL
    SELECT oid, ev_class, rulename, CASE ev_type WHEN '2' THEN 'W' WHEN '3' THEN 'A' ELSE 'D' END, false FROM pg_rewrite
    WHERE ev_type <> '1' AND ev_enabled <> 'D'
),
root AS MATERIALIZED (
    SELECT rule, way.oid, name, event, stored, relnamespace, relowner, dense_rank() OVER (
        ORDER BY relnamespace, relowner, relacl::text, columns, CASE WHEN event <> 'r' THEN event END) AS class
    FROM way JOIN pg_class ON pg_class.oid = way.oid, LATERAL (SELECT {COLUMNS} AS columns) AS columned
    WHERE (relacl IS NOT NULL OR columns IS NOT NULL)  -- or only its owner may
        AND relnamespace NOT IN (SELECT oid FROM system)
        AND (columns IS NOT NULL OR {changed("pg_class", "relowner", "relacl")})
),
reached (root, relation, attnum, owner, stored) AS (
    SELECT rule, refobjid, refobjsubid, relowner, stored FROM root JOIN pg_depend ON objid = rule
    WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'n' AND refobjid <> oid
  UNION
    SELECT root, refobjid, refobjsubid, relowner, view.stored FROM reached JOIN view ON view.oid = reached.relation
        JOIN pg_depend ON objid = view.rule
    WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND deptype = 'n'
        AND refobjid <> view.oid AND (reached.stored OR has_any_column_privilege(reached.owner, view.oid, 'SELECT'))
),
base AS MATERIALIZED (
    SELECT root, relation, attnum, owner, reached.stored, pg_class.relowner, dense_rank() OVER (
        ORDER BY pg_class.relowner, relacl::text, CASE WHEN attnum = 0 THEN {COLUMNS} ELSE (
            SELECT concat('one ', attacl) FROM pg_attribute
            WHERE attrelid = relation AND pg_attribute.attnum = reached.attnum) END) AS class
    FROM reached JOIN pg_class ON pg_class.oid = relation
    WHERE relation NOT IN (SELECT oid FROM view) AND (relkind <> 'v' OR relnamespace IN (SELECT oid FROM system))
)"""

RELATIONS: Final[LiteralString] = f"""
WITH RECURSIVE {SUBJECTS},
{_REACHED},
asked AS (SELECT DISTINCT ON (class) class, oid, relnamespace, relowner, event FROM root),
may AS MATERIALIZED (
    SELECT class, subject.oid AS subject, name, letter
    FROM asked JOIN inside AS subject ON schema = relnamespace, LATERAL unnest(CASE
        WHEN event = 'A' THEN ARRAY[CASE WHEN has_any_column_privilege(subject.oid, asked.oid, 'INSERT') THEN 'A' END]
        WHEN event = 'W' THEN ARRAY[CASE WHEN has_any_column_privilege(subject.oid, asked.oid, 'UPDATE') THEN 'W' END]
        WHEN event = 'D' THEN ARRAY[CASE WHEN has_table_privilege(subject.oid, asked.oid, 'DELETE') THEN 'D' END]
        ELSE ARRAY[
            CASE WHEN has_table_privilege(subject.oid, asked.oid, 'SELECT') THEN 'r'
                WHEN has_any_column_privilege(subject.oid, asked.oid, 'SELECT') THEN 'p' END,
            CASE WHEN has_any_column_privilege(subject.oid, asked.oid, 'INSERT') THEN 'a' END,
            CASE WHEN has_any_column_privilege(subject.oid, asked.oid, 'UPDATE') THEN 'w' END,
            CASE WHEN has_table_privilege(subject.oid, asked.oid, 'DELETE') THEN 'd' END]
        END) AS letter
    WHERE letter IS NOT NULL AND {without("relowner")}
),
lacking AS MATERIALIZED (
    SELECT class AS base, subject.oid AS subject, letter
    FROM (SELECT DISTINCT ON (class) class, relation, attnum FROM base) AS asked CROSS JOIN subject, LATERAL (SELECT
        NOT CASE attnum WHEN 0 THEN has_any_column_privilege(subject.oid, relation, 'SELECT')
            ELSE has_column_privilege(subject.oid, relation, attnum::int2, 'SELECT') END AS r,
        NOT has_any_column_privilege(subject.oid, relation, 'INSERT') AS a,
        NOT has_any_column_privilege(subject.oid, relation, 'UPDATE') AS w,
        NOT has_table_privilege(subject.oid, relation, 'DELETE') AS d) AS lacks,
        LATERAL unnest(ARRAY[CASE WHEN r THEN 'r' END, CASE WHEN r THEN 'p' END, CASE WHEN a THEN 'a' END,
            CASE WHEN w THEN 'w' END, CASE WHEN d THEN 'd' END, CASE WHEN r OR a OR w OR d THEN 'A' END,
            CASE WHEN r OR a OR w OR d THEN 'W' END, CASE WHEN r OR a OR w OR d THEN 'D' END]) AS letter
    WHERE letter IS NOT NULL
),
way_there AS MATERIALIZED (  -- before what is lacking: that is for every user
    SELECT class, base, subject, letter, may.name
    FROM (SELECT DISTINCT root.class, base.class AS base FROM root JOIN base ON root = rule) AS hit
        JOIN may USING (class)
),
pair AS MATERIALIZED (
    SELECT class, base, letter, array_agg(DISTINCT name ORDER BY name) AS users
    FROM way_there JOIN lacking USING (base, subject, letter) GROUP BY 1, 2, 3
),
handed AS (  -- as far as the owner has it
    SELECT root.oid, name, base.owner, letter, users, relation,
        array_agg(DISTINCT base.attnum ORDER BY base.attnum) AS columns
    FROM root JOIN base ON root = rule JOIN pair ON pair.class = root.class AND pair.base = base.class
    WHERE base.owner = base.relowner OR CASE WHEN letter IN ('r', 'p') THEN base.stored
            OR CASE base.attnum WHEN 0 THEN has_any_column_privilege(base.owner, relation, 'SELECT')
                ELSE has_column_privilege(base.owner, relation, base.attnum::int2, 'SELECT') END
        WHEN letter = 'a' THEN has_any_column_privilege(base.owner, relation, 'INSERT')
        WHEN letter = 'w' THEN has_any_column_privilege(base.owner, relation, 'UPDATE')
        WHEN letter = 'd' THEN has_table_privilege(base.owner, relation, 'DELETE')
        ELSE has_any_column_privilege(base.owner, relation, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege(base.owner, relation, 'DELETE') END
    GROUP BY root.oid, name, base.owner, letter, users, relation
),
told AS (
    SELECT oid, name, owner, letter, users, array_agg(concat(relation::regclass, (
        SELECT concat(' (', array_to_string((array_agg(quote_ident(attname) ORDER BY attnum))[1:3], ', '),
            CASE WHEN count(*) > 3 THEN ' and ' || count(*) - 3 || ' more' END, ')')
        FROM pg_attribute WHERE letter IN ('r', 'p') AND attrelid = relation AND attnum = ANY(columns) AND attnum <> 0
        HAVING count(*) > 0)) ORDER BY relation::regclass::text) AS bases
    FROM handed GROUP BY oid, name, owner, letter, users
),
found AS (
    SELECT oid, name, owner, users, bases, string_agg(letter, '') AS letters FROM told
    GROUP BY oid, name, owner, users, bases, letter IN ('r', 'p')
)
SELECT relkind = 'm' AS stored, name::text AS rule, oid::regclass::text, pg_get_userbyid(owner) AS owner,
    users[1:4], cardinality(users), bases[1:4], cardinality(bases), letters, count(*) OVER ()
FROM found JOIN pg_class USING (oid)
ORDER BY {POWERFUL} DESC, 3, name, letters, users, bases LIMIT %(most)s
"""
