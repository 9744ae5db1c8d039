"""From the objects that statements name to all that these use, by what PostgreSQL itself knows of who depends on what.

An object of PostgreSQL's own (an oid below 16384) is nobody's to change, and is only looked at where somebody was given
a right on it.

Parameters: schemas, relation_schemas and relations, routine_schemas and routines, master.
"""

from typing import Final, LiteralString

ROOTS: Final[LiteralString] = """
root (classid, oid) AS (
    SELECT 'pg_class'::regclass::oid, pg_class.oid
    FROM unnest(%(relation_schemas)s::name[], %(relations)s::name[]) AS named (schema, name)
        JOIN pg_class ON relname = name JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = schema
    WHERE pg_class.oid >= 16384
  UNION
    SELECT 'pg_type'::regclass, pg_type.oid
    FROM unnest(%(relation_schemas)s::name[], %(relations)s::name[]) AS named (schema, name)
        JOIN pg_type ON typname = name JOIN pg_namespace ON pg_namespace.oid = typnamespace AND nspname = schema
    WHERE (typrelid = 0 OR EXISTS (SELECT FROM pg_class WHERE pg_class.oid = typrelid AND relkind = 'c'))
        AND pg_type.oid >= 16384
  UNION
    SELECT 'pg_proc'::regclass, pg_proc.oid
    FROM unnest(%(routine_schemas)s::name[], %(routines)s::name[]) AS named (schema, name)
        JOIN pg_proc ON proname = name JOIN pg_namespace ON pg_namespace.oid = pronamespace AND nspname = schema
    WHERE pg_proc.oid >= 16384
  UNION
    SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname = ANY(%(schemas)s) AND oid >= 16384
  UNION
    SELECT classid, objid FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid IN (SELECT oid FROM handed) AND deptype IN ('a', 'o')
        AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
)"""

# Of relations and domains: what belongs to one (a view's rule, a policy, a trigger, a default, a constraint, an index)
# and what that uses. A foreign key is followed where it changes rows, and a table to its columns' types, not to tables.
REACHED: Final[LiteralString] = """
part AS MATERIALIZED (
    SELECT own.refclassid AS whole, own.refobjid, used.refclassid AS used, used.refobjid AS used_oid
    FROM pg_depend AS own JOIN pg_depend AS used USING (classid, objid)
    WHERE own.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass) AND own.deptype IN ('a', 'i')
        AND classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
            'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass)
        AND used.deptype <> 'e' AND used.refclassid <> 'pg_namespace'::regclass
        AND (used.refclassid <> 'pg_class'::regclass
            OR classid NOT IN ('pg_constraint'::regclass, 'pg_class'::regclass))
),
next (classid, oid, next_classid, next_oid) AS MATERIALIZED (
    SELECT whole, refobjid, used, used_oid FROM part
  UNION
    SELECT 'pg_class'::regclass, inhparent, 'pg_class'::regclass, inhrelid FROM pg_inherits
  UNION
    SELECT 'pg_class'::regclass, confrelid, 'pg_class'::regclass, conrelid FROM pg_constraint
    WHERE contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd'))
  UNION
    SELECT classid, objid, refclassid, refobjid FROM pg_depend
    WHERE deptype <> 'e' AND refclassid <> 'pg_namespace'::regclass
        AND (refclassid <> 'pg_class'::regclass OR classid = 'pg_proc'::regclass)
  UNION
    SELECT 'pg_type'::regclass, reltype, refclassid, refobjid FROM pg_class JOIN pg_depend ON objid = pg_class.oid
    WHERE relkind = 'c' AND classid = 'pg_class'::regclass AND refclassid = 'pg_type'::regclass
  UNION
    SELECT refclassid, refobjid, classid, objid FROM pg_depend WHERE classid = 'pg_user_mapping'::regclass
),
reached (classid, oid) AS (
    SELECT classid, oid FROM root
  UNION
    SELECT next_classid, next_oid FROM reached JOIN next USING (classid, oid) WHERE next_oid >= 16384
),
temporary AS MATERIALIZED (
    SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_'
)"""

# A view that asks the user again acts as nobody else; a view of any other kind, a rule and a SECURITY DEFINER routine
# act as their owner.
BEHIND: Final[LiteralString] = """
behind (oid) AS (
    SELECT pg_roles.oid FROM pg_roles WHERE rolname <> %(master)s AND (
        oid IN (SELECT proowner FROM reached JOIN pg_proc USING (oid)
            WHERE classid = 'pg_proc'::regclass AND prosecdef)
        OR oid IN (SELECT relowner FROM reached JOIN pg_class USING (oid)
            WHERE classid = 'pg_class'::regclass AND relkind IN ('v', 'm', 'r', 'p', 'f')
                AND EXISTS (SELECT FROM pg_rewrite WHERE ev_class = pg_class.oid) AND NOT EXISTS (
                    SELECT FROM pg_options_to_table(reloptions)
                    WHERE option_name = 'security_invoker' AND option_value::boolean)))
  UNION
    SELECT roleid FROM behind JOIN pg_auth_members ON member = behind.oid
)"""
"""As whom what is reached acts, and the roles that these are in."""
