"""What asks who is logged in, or names the old role, on what the old one can use: no rights are another there, but what
comes of it is. Parameters: old and new, the roles' names.

Expressions are looked at wherever PostgreSQL stores one, as it writes them out.
"""

from typing import Final, LiteralString

_OLD: Final[LiteralString] = "old AS (SELECT oid, rolname FROM pg_roles WHERE rolname = %(old)s)"
# PostgreSQL writes the names of these expressions in capitals, and what else is called so in quotes.
_ASKS: Final[LiteralString] = r"""
    (regexp_replace(text, '''(?:[^'']|'''')*''|"(?:[^"]|"")*"', '', 'g')
        ~ '\m(CURRENT_USER|CURRENT_ROLE|SESSION_USER|SYSTEM_USER|USER)\M'
    OR strpos(text, quote_literal(old.rolname)) > 0)"""
_IN_CODE: Final[LiteralString] = r"'\m(current_user|current_role|session_user|system_user)\M'"
_OWN: Final[LiteralString] = r"nspname !~ '^pg_' AND nspname <> 'information_schema'"


def _changes(table: LiteralString) -> LiteralString:
    """Whether the old one can make its triggers and rules run, by a column of it at least."""
    return f"""(has_any_column_privilege(old.oid, {table}, 'INSERT, UPDATE')
            OR has_table_privilege(old.oid, {table}, 'DELETE, TRUNCATE'))"""


_TRIGGERS: Final = _changes("tgrelid")
_RULES: Final = _changes("ev_class")

_VIEWS: Final[LiteralString] = rf"""
view AS (  -- and those that it reads by them
    SELECT pg_class.oid
    FROM old, pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'v' AND {_OWN} AND has_any_column_privilege(old.oid, pg_class.oid, 'SELECT, INSERT, UPDATE')
  UNION
    SELECT below.oid
    FROM view JOIN pg_rewrite ON ev_class = view.oid
        JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
            AND refclassid = 'pg_class'::regclass
        JOIN pg_class AS below ON below.oid = refobjid AND below.relkind = 'v'
        JOIN pg_namespace ON pg_namespace.oid = below.relnamespace AND {_OWN}
)"""
_DOMAINS: Final[LiteralString] = rf"""
domain AS (
    SELECT pg_type.oid, typdefaultbin
    FROM old, pg_type JOIN pg_namespace ON pg_namespace.oid = typnamespace
    WHERE typtype = 'd' AND {_OWN} AND (has_schema_privilege(old.oid, typnamespace, 'USAGE')
            AND has_type_privilege(old.oid, pg_type.oid, 'USAGE')
        OR EXISTS (SELECT FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p', 'f')
            WHERE atttypid = pg_type.oid AND has_any_column_privilege(old.oid, attrelid, 'INSERT, UPDATE')))
)"""
NAME: Final[LiteralString] = rf"""
WITH RECURSIVE {_OLD},
{_VIEWS},
{_DOMAINS},
expression AS (
    SELECT 'pg_policy'::regclass AS class, pg_policy.oid,
        concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) AS text
    FROM pg_policy, old
    WHERE EXISTS (SELECT FROM unnest(polroles) AS to_role (oid)
            WHERE to_role.oid = 0 OR pg_has_role(old.oid, to_role.oid, 'MEMBER'))
        AND has_any_column_privilege(old.oid, polrelid, 'SELECT, INSERT, UPDATE')
  UNION ALL
    SELECT 'pg_attrdef'::regclass, pg_attrdef.oid, pg_get_expr(adbin, adrelid) FROM pg_attrdef, old
    WHERE has_any_column_privilege(old.oid, adrelid, 'INSERT, UPDATE')
  UNION ALL
    SELECT 'pg_constraint'::regclass, pg_constraint.oid, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint, old
    WHERE contype = 'c' AND conrelid <> 0 AND has_any_column_privilege(old.oid, conrelid, 'INSERT, UPDATE')
  UNION ALL
    SELECT 'pg_type'::regclass, contypid, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN domain ON domain.oid = contypid
  UNION ALL
    SELECT 'pg_type'::regclass, oid, pg_get_expr(typdefaultbin, 0) FROM domain
  UNION ALL
    SELECT 'pg_trigger'::regclass, pg_trigger.oid, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger, old
    WHERE tgqual IS NOT NULL AND {_TRIGGERS}
  UNION ALL
    SELECT 'pg_rewrite'::regclass, pg_rewrite.oid, pg_get_ruledef(pg_rewrite.oid) FROM pg_rewrite, old
    WHERE ev_type <> '1' AND {_RULES}
  UNION ALL
    SELECT 'pg_class'::regclass, oid, pg_get_viewdef(oid) FROM view
)
SELECT pg_describe_object(class, expression.oid, 0) FROM expression, old WHERE {_ASKS}
UNION
SELECT pg_describe_object('pg_proc'::regclass, pg_proc.oid, 0)
FROM old, pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace,
    concat_ws(' ', pg_get_function_arguments(pg_proc.oid),  -- and the body, where it is no text
        CASE WHEN prosrc = '' AND prokind <> 'a' THEN pg_get_functiondef(pg_proc.oid) END) AS text
WHERE {_OWN}
    AND (prosrc ~* {_IN_CODE} OR strpos(prosrc, quote_literal(old.rolname)) > 0 OR {_ASKS})
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
    AND CASE WHEN prorettype = 'trigger'::regtype THEN EXISTS (SELECT FROM pg_trigger
            WHERE tgfoid = pg_proc.oid AND {_TRIGGERS})
        ELSE has_function_privilege(old.oid, pg_proc.oid, 'EXECUTE')
            AND has_schema_privilege(old.oid, pronamespace, 'USAGE') END
ORDER BY 1
"""
SEARCHED: Final[LiteralString] = """
SELECT pg_describe_object('pg_namespace'::regclass, pg_namespace.oid, 0), nspname::text
FROM pg_namespace JOIN pg_roles AS role ON nspname = rolname
WHERE rolname IN (%(old)s, %(new)s) AND has_schema_privilege(role.oid, pg_namespace.oid, 'USAGE')
    AND NOT EXISTS (SELECT FROM pg_db_role_setting, unnest(setconfig) AS entry
        WHERE setrole = role.oid
            AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            AND entry ~ '^search_path=' AND strpos(entry, '$user') = 0)
"""
"""What a name without a schema means first to one of both, by the "$user" of search_path."""
