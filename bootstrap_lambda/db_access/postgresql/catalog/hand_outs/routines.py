"""The question about SECURITY DEFINER routines: who may call them, or sets them off by writing to a table.

Routines that are alike in schema, owner and ACL are asked about once, and so are tables.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.hand_outs.subjects import COLUMNS, POWERFUL, SUBJECTS, changed, without

ROUTINES: Final[LiteralString] = f"""
WITH {SUBJECTS},
definer AS MATERIALIZED (
    SELECT oid, pronamespace, proowner, proacl, prorettype FROM pg_proc
    WHERE prosecdef AND pronamespace NOT IN (SELECT oid FROM system)
        AND {changed("pg_proc", "proowner", "proacl")}
),
called AS MATERIALIZED (  -- neither a trigger's nor an event trigger's, which nobody can call
    SELECT array_agg(oid) AS oids, min(oid) AS one, pronamespace, proowner FROM definer
    WHERE prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) GROUP BY pronamespace, proowner, proacl::text
),
caller AS (
    SELECT oids, proowner AS owner, array_agg(DISTINCT name ORDER BY name) AS users
    FROM called CROSS JOIN subject  -- USAGE on its schema is asked where a name is looked up, not where bound code runs
    WHERE has_function_privilege(subject.oid, one, 'EXECUTE') AND {without("proowner")}
    GROUP BY oids, proowner
),
fired AS MATERIALIZED (
    SELECT tgfoid, proowner, array_agg(DISTINCT pg_class.oid) AS tables, min(pg_class.oid) AS one, relnamespace,
        tgtype & 60 AS events
    FROM pg_trigger JOIN definer ON definer.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgfoid = ANY(ARRAY(SELECT oid FROM definer)) AND NOT tgisinternal AND tgenabled <> 'D'
    GROUP BY tgfoid, proowner, relnamespace, relowner, relacl::text, {COLUMNS}, tgtype & 60
),
writer AS (
    SELECT tgfoid, proowner AS owner, tables, array_agg(DISTINCT name ORDER BY name) AS users
    FROM fired JOIN inside AS subject ON schema = relnamespace
    WHERE {without("proowner")} AND (
        events & 4 > 0 AND has_any_column_privilege(subject.oid, one, 'INSERT')
        OR events & 8 > 0 AND has_table_privilege(subject.oid, one, 'DELETE')
        OR events & 16 > 0 AND has_any_column_privilege(subject.oid, one, 'UPDATE')
        OR events & 32 > 0 AND has_table_privilege(subject.oid, one, 'TRUNCATE'))
    GROUP BY tgfoid, proowner, tables
),
found AS (
    SELECT 'call' AS how, NULL::oid AS routine, owner, users, array_agg(oid::regprocedure::text ORDER BY oid) AS objects
    FROM caller, unnest(oids) AS oid GROUP BY owner, users
  UNION ALL
    SELECT 'write', tgfoid, owner, users, array_agg(DISTINCT oid::regclass::text ORDER BY oid::regclass::text)
    FROM writer, unnest(tables) AS oid GROUP BY tgfoid, owner, users
)
SELECT how, routine::regprocedure::text, pg_get_userbyid(owner) AS owner, users[1:4], cardinality(users), objects[1:4],
    cardinality(objects), count(*) OVER ()
FROM found ORDER BY {POWERFUL} DESC, how, objects, users LIMIT %(most)s
"""
