"""The part of the question about objects that finds out what can run with its owner's rights.

Asked only about what belongs to somebody who makes no objects in the schema, for such objects are to change hands, but
where the schema keeps its owner.
Says of each why, and nothing of what is known to be inert:

- a routine that isn't SECURITY DEFINER: it runs with its caller's rights, whoever owns it;
- a type: what its functions do, its users do;
- a sequence, unless it belongs to a column of a table that isn't inert and goes where that goes;
- a view with `security_invoker` and no rules or triggers;
- a table in which nothing is evaluated as its owner. PostgreSQL does that for the expressions of indexes and statistics
  (VACUUM, ANALYZE, CLUSTER and REINDEX, by autovacuum too), for the functions of user-defined types of columns in
  ANALYZE, for rules, and for all that a foreign key's CASCADE or SET DEFAULT makes of a row: triggers, checks,
  defaults, generated columns (postgresql.org, CREATE VIEW, CREATE INDEX and 41.5, Rules and Privileges;
  ri_PerformCheck in ri_triggers.c);
- and all tables tied to it are inert and go with it, or are the new owner's. An index, trigger or foreign key of a
  partitioned table is its partitions' too, whoever owns them (DefineIndex, CreateTriggerFiringOn). A foreign key's
  check runs as the owner of the table referred to, casts of the other side's types with it.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.ties import TIES

ACTING: Final[LiteralString] = f"""
-- Who makes objects where. What has just changed hands is looked at again, whoever owns it now.
maker AS MATERIALIZED (
    SELECT namespace.oid AS namespace, pg_roles.oid AS role, owns
    FROM unnest(%(maker_schemas)s::text[], %(makers)s::text[], %(makers_own)s::boolean[]) AS listed (schema, name, owns)
        JOIN namespace ON nspname = listed.schema JOIN pg_roles ON rolname = listed.name
),
moved AS MATERIALIZED (
    SELECT namespace.oid AS namespace, name FROM unnest(%(moved_schemas)s::text[], %(moved)s::text[])
        AS listed (schema, name) JOIN namespace ON nspname = listed.schema
),
group_of_relations AS MATERIALIZED (
    SELECT relations.*, declared AND NOT keeping
        AND ((relnamespace, relowner) NOT IN (SELECT namespace, role FROM maker)
        OR EXISTS (SELECT FROM moved WHERE namespace = relnamespace AND name = ANY(names))) AS strange
    FROM relations JOIN namespace ON namespace.oid = relnamespace
),
stray AS MATERIALIZED (
    SELECT pg_class.oid, relkind, reloptions, relname::text AS name, groups.*
    FROM group_of_relations AS groups CROSS JOIN unnest(names) AS listed (name)
        JOIN pg_class ON pg_class.relnamespace = groups.relnamespace AND relname = listed.name::name
    WHERE strange
),
concerned AS (SELECT FROM stray),
{TIES},
kin AS (  -- the tables that are to change hands, and those tied to them that are to change hands with them
    SELECT oid, relnamespace, relkind, reloptions FROM stray
  UNION
    SELECT pg_class.oid, pg_class.relnamespace, pg_class.relkind, pg_class.reloptions
    FROM kin JOIN tie ON one = kin.oid JOIN pg_class ON pg_class.oid = other
    WHERE pg_class.relnamespace = kin.relnamespace AND relowner IN (SELECT oid FROM ours)
        AND (pg_class.relnamespace, relowner) NOT IN (SELECT namespace, role FROM maker)
),
acting_by_itself AS MATERIALIZED (
    SELECT oid, CASE
        WHEN relkind = 'm' THEN 'is filled with its owner''s rights'
        WHEN relkind = 'f' THEN 'reaches another server with its owner''s rights'
        WHEN relkind = 'v' AND NOT coalesce((SELECT option_value::boolean FROM pg_options_to_table(reloptions)
            WHERE option_name = 'security_invoker'), false) THEN 'reads and writes with its owner''s rights'
        WHEN EXISTS (SELECT FROM pg_rewrite WHERE ev_class = oid_ AND rulename <> '_RETURN') THEN 'has rules'
        WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = oid_ AND NOT tgisinternal) THEN 'has triggers'
        WHEN EXISTS (SELECT FROM pg_index WHERE indrelid = oid_ AND (indexprs IS NOT NULL OR indpred IS NOT NULL))
            THEN 'has an index with expressions, which are evaluated with its owner''s rights'
        WHEN EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = oid_ AND partexprs IS NOT NULL)
            THEN 'has a partition key with expressions, which can be evaluated with its owner''s rights'
        WHEN EXISTS (SELECT FROM pg_statistic_ext WHERE stxrelid = oid_ AND stxexprs IS NOT NULL)
            THEN 'has statistics of expressions, which are evaluated with its owner''s rights'
        WHEN EXISTS (SELECT FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
            WHERE attrelid = oid_ AND attnum > 0 AND pg_type.oid >= 16384
                AND (typtype <> 'e' OR oid_ IN (SELECT unnest(ARRAY[conrelid, confrelid]) FROM foreign_key)))
            THEN 'has columns of user-defined types, whose functions can run with its owner''s rights'
        WHEN oid_ IN (SELECT conrelid FROM foreign_key) AND (
            EXISTS (SELECT FROM pg_constraint WHERE conrelid = oid_ AND contype IN ('c', 'x'))
            OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = oid_ AND atthasdef)
                AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = oid_ AND 'd' IN (confupdtype, confdeltype))
            OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = oid_ AND attgenerated <> ''))
            THEN 'has a foreign key beside expressions, which its actions evaluate with its owner''s rights'
        END AS why
    FROM (SELECT oid, oid AS oid_, relkind, reloptions FROM kin WHERE relkind <> 'S') AS kin
),
acting_table AS (
    SELECT oid, why FROM acting_by_itself WHERE why IS NOT NULL
  UNION
    SELECT kin.oid, why FROM kin JOIN tie ON one = kin.oid JOIN pg_class ON pg_class.oid = other
    WHERE pg_class.relnamespace <> kin.relnamespace
        OR (pg_class.relnamespace, relowner) IN (SELECT namespace, role FROM maker WHERE NOT owns)
        OR relowner NOT IN (SELECT oid FROM ours UNION SELECT role FROM maker WHERE namespace = kin.relnamespace)
  UNION
    SELECT kin.oid, tie.why FROM acting_table JOIN tie ON one = acting_table.oid JOIN kin ON kin.oid = other
),
acting_relation AS MATERIALIZED (
    SELECT oid, min(why) AS why FROM acting_table GROUP BY 1
  UNION
    SELECT objid, 'belongs to a column of a table that ' || min(why) FROM pg_depend JOIN acting_table ON oid = refobjid
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
        AND deptype IN ('a', 'i') AND objid IN (SELECT oid FROM stray WHERE relkind = 'S')
    GROUP BY 1
),
judged_relations AS (
    SELECT relnamespace, sequence, relowner, relacl, names, NULL AS acts FROM group_of_relations WHERE NOT strange
  UNION ALL
    SELECT relnamespace, sequence, relowner, relacl, array_agg(name), why
    FROM stray LEFT JOIN acting_relation USING (oid)
    GROUP BY 1, 2, 3, 4, 6
),
group_of_routines AS MATERIALIZED (
    SELECT routines.*, declared AND NOT keeping AND ((pronamespace, proowner) NOT IN (SELECT namespace, role FROM maker)
        OR pronamespace IN (SELECT namespace FROM moved)) AS strange
    FROM routines JOIN namespace ON namespace.oid = pronamespace
),
judged_routines AS (
    SELECT pronamespace, proowner, proacl, oids, NULL AS acts FROM group_of_routines WHERE NOT strange
  UNION ALL
    SELECT groups.pronamespace, groups.proowner, groups.proacl, array_agg(pg_proc.oid),
        CASE WHEN prosecdef THEN 'is SECURITY DEFINER' END
    FROM group_of_routines AS groups CROSS JOIN unnest(oids) AS listed (oid) JOIN pg_proc USING (oid) WHERE strange
    GROUP BY 1, 2, 3, 5
)"""
"""As common table expressions that stand on `namespace`, `relations` and `routines`: `judged_relations` and
`judged_routines` are those, with `acts`, which says why. Parameters: maker_schemas, makers, moved_schemas, moved."""
