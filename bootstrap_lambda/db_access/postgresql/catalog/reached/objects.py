"""The objects of a database that were reached, with digests of what the catalogs have of each.

The digest is not of the text that PostgreSQL makes of a definition: to make it takes locks.
"""

from typing import Final, LiteralString

from db_access.postgresql.catalog.reached.parts import CONSTRAINT, DIGEST, rights

RIGHTS: Final[LiteralString] = rights(
    "SELECT oid FROM handed UNION SELECT oid FROM behind WHERE behind.oid <> held.owner"
)

RELATIONS: Final[LiteralString] = f"""
SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
        WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'r' THEN 'table' ELSE 'relation' END,
    nspname::text, relname::text, pg_class.oid::text, pg_get_userbyid(relowner)::text, NULL::text,
    concat_ws('; ', columns, CASE WHEN relrowsecurity THEN 'row security' END), {DIGEST}, {RIGHTS}
FROM reached JOIN pg_class USING (oid) JOIN pg_namespace ON pg_namespace.oid = relnamespace,
    LATERAL (SELECT string_agg(concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod)), ', '
            ORDER BY attnum) AS columns
        FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND relkind <> 'S')
        AS named,
    LATERAL (SELECT array_cat(relacl, (SELECT array_agg(item) FROM pg_attribute, unnest(attacl) AS item
            WHERE attrelid = pg_class.oid AND NOT attisdropped)) AS acl, relowner AS owner) AS held,
    LATERAL (SELECT ARRAY[
        concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relpartbound),
        (SELECT string_agg(option, ' ' ORDER BY option) FROM unnest(reloptions) AS option
            WHERE option ~ '^(security_|check_option)'),
        (SELECT string_agg(concat_ws(' ', attnum, attname, atttypid, atttypmod, attcollation, attnotnull, attgenerated,
                attidentity, adbin), E'\\n' ORDER BY attnum)
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND relkind <> 'S'),
        (SELECT string_agg(concat_ws(' ', rulename, ev_type, ev_enabled, is_instead, ev_qual, ev_action), E'\\n'
            ORDER BY rulename) FROM pg_rewrite WHERE ev_class = pg_class.oid),
        (SELECT string_agg(concat_ws(' ', tgname, tgfoid, tgtype, tgenabled, tgattr, tgqual, encode(tgargs, 'hex')),
            E'\\n' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal),
        (SELECT string_agg(concat_ws(' ', polname, polcmd, polpermissive, polroles, polqual, polwithcheck), E'\\n'
            ORDER BY polname) FROM pg_policy WHERE polrelid = pg_class.oid),
        (SELECT string_agg(concat_ws(' ', {CONSTRAINT}), E'\\n' ORDER BY conname)
            FROM pg_constraint WHERE conrelid = pg_class.oid),
        (SELECT string_agg(inhrelid::text, ' ' ORDER BY inhrelid) FROM pg_inherits
            JOIN pg_class AS child ON child.oid = inhrelid
            WHERE inhparent = pg_class.oid AND child.relnamespace NOT IN (SELECT oid FROM temporary)),
        (SELECT concat_ws(' ', seqtypid, seqincrement, seqmin, seqmax, seqcycle) FROM pg_sequence
            WHERE seqrelid = pg_class.oid),
        (SELECT concat_ws(' ', ftserver, ftoptions) FROM pg_foreign_table WHERE ftrelid = pg_class.oid)
    ]::text[] AS details) AS defined
WHERE classid = 'pg_class'::regclass AND relkind NOT IN ('i', 'I', 't', 'c')
    AND relnamespace NOT IN (SELECT oid FROM temporary)"""

ROUTINES: Final[LiteralString] = f"""
SELECT CASE prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    nspname::text, proname::text, pg_proc.oid::text, pg_get_userbyid(proowner)::text,
    concat('(', pg_get_function_identity_arguments(pg_proc.oid), ')'),
    concat_ws('; ', lanname, CASE WHEN prosecdef THEN 'SECURITY DEFINER' END), {DIGEST}, {RIGHTS}
FROM reached JOIN pg_proc USING (oid) JOIN pg_namespace ON pg_namespace.oid = pronamespace
    JOIN pg_language ON pg_language.oid = prolang,
    LATERAL (SELECT proacl AS acl, proowner AS owner) AS held,
    LATERAL (SELECT ARRAY[concat_ws(' ', prokind, prosecdef, proleakproof, proisstrict, provolatile, prolang,
        prosupport, proretset, prorettype, proargtypes, proallargtypes, proargmodes, proargdefaults, provariadic),
        proconfig::text, prosrc, probin, prosqlbody::text,
        (SELECT concat_ws(' ', aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid, aggmtransfn::oid,
            aggmfinalfn::oid, aggtranstype, agginitval, aggminitval)
            FROM pg_aggregate WHERE aggfnoid = pg_proc.oid)]::text[] AS details) AS defined
WHERE classid = 'pg_proc'::regclass"""

TYPES: Final[LiteralString] = f"""
SELECT 'type', nspname::text, typname::text, pg_type.oid::text, pg_get_userbyid(typowner)::text, NULL, NULL,
    {DIGEST}, {RIGHTS}
FROM reached JOIN pg_type USING (oid) JOIN pg_namespace ON pg_namespace.oid = typnamespace,
    LATERAL (SELECT typacl AS acl, typowner AS owner) AS held,
    LATERAL (SELECT ARRAY[concat_ws(' ', typtype, typbasetype, typtypmod, typnotnull, typdefaultbin),
        (SELECT string_agg(concat_ws(' ', attnum, attname, atttypid, atttypmod), E'\\n' ORDER BY attnum)
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE attrelid = typrelid AND relkind = 'c' AND attnum > 0 AND NOT attisdropped),
        (SELECT string_agg(concat_ws(' ', {CONSTRAINT}), E'\\n' ORDER BY conname)
            FROM pg_constraint WHERE contypid = pg_type.oid),
        (SELECT string_agg(concat_ws(' ', pg_enum.oid, enumlabel), E'\\n' ORDER BY enumsortorder)
            FROM pg_enum WHERE enumtypid = pg_type.oid)
    ]::text[] AS details) AS defined
WHERE classid = 'pg_type'::regclass AND typnamespace NOT IN (SELECT oid FROM temporary)"""
