"""A hostile database: in it everything that PostgreSQL has is shadowed, and the master's sessions start in the shadows.

With HOSTILE=1 the engine's tests run in such databases. Schema `evil` has a function, operator, aggregate, view or domain
by the name of nearly everything in pg_catalog; each of them raises an error. The master's role settings put it first,
and say in every other way what an engine would stumble over. Sessions of the tests themselves are exempt.
"""

import os
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from keyless.rehearsal.servers.postgres import Postgres

HOSTILE: Final = bool(os.environ.get("HOSTILE"))

_EXEMPT: Final = '-c search_path="$user",public -c datestyle=ISO -c standard_conforming_strings=on'
_OTHERWISE: Final = {
    "search_path": "evil, pg_catalog",
    "datestyle": "SQL, DMY",
    "client_encoding": "LATIN1",
    "standard_conforming_strings": "off",
    "quote_all_identifiers": "on",
    "transform_null_equals": "on",
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "statement_timeout": "2s",
    "lock_timeout": "1ms",
    "idle_in_transaction_session_timeout": "1ms",
    "intervalstyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
}
"""Role settings of the master."""

_SHADOWS: Final = r"""
SET check_function_bodies = off;
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO rds_superuser;
CREATE FUNCTION evil.trap() RETURNS boolean LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'hijacked: a name was resolved in the schema evil'; END$$;
DO $do$
DECLARE f record; o record;
BEGIN
    FOR f IN
        SELECT proname, pg_get_function_identity_arguments(oid) AS arguments, oidvectortypes(proargtypes) AS types,
            CASE WHEN proretset THEN 'SETOF ' ELSE '' END || format_type(prorettype, NULL) AS result
        FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND proallargtypes IS NULL AND provariadic = 0
            AND NOT EXISTS (SELECT FROM pg_type WHERE typtype = 'p' AND typname <> 'void' AND oid = prorettype)
            AND NOT EXISTS (SELECT FROM pg_type WHERE typtype = 'p' AND oid = ANY(proargtypes))
    LOOP
        EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L',
            f.proname, f.types, f.result, 'BEGIN PERFORM evil.trap(); RETURN; END');
    END LOOP;
    FOR o IN
        SELECT oprname, oprleft::regtype::text AS l, oprright::regtype::text AS r, oprresult::regtype::text AS result, oid
        FROM pg_operator
        WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprleft <> 0 AND oprname <> '=>'
            AND NOT EXISTS (SELECT FROM pg_type WHERE typtype = 'p' AND oid IN (oprleft, oprright, oprresult))
    LOOP
        EXECUTE format('CREATE FUNCTION evil.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L',
            'operator_' || o.oid, o.l, o.r, o.result, 'BEGIN PERFORM evil.trap(); RETURN NULL; END');
        EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.%I)',
            o.oprname, o.l, o.r, 'operator_' || o.oid);
    END LOOP;
    -- what would be an exact match where pg_catalog has none: found even behind pg_catalog
    CREATE FUNCTION evil.oid_is_int2(oid, int2) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN evil.trap(); END';
    CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = int2, FUNCTION = evil.oid_is_int2);
    FOR f IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
            AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid
                AND atttypid IN ('anyarray'::regtype, 'pg_statistic[]'::regtype)) LOOP
        EXECUTE format('CREATE VIEW evil.%I AS SELECT * FROM pg_catalog.%I WHERE evil.trap()', f.relname, f.relname);
    END LOOP;
    FOR f IN SELECT unnest(ARRAY['text', 'name', 'oid', 'regclass', 'regtype', 'jsonb', 'aclitem', 'int8', 'bool']) AS name LOOP
        EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%I CHECK (evil.trap())', f.name, f.name);
    END LOOP;
END
$do$;
CREATE FUNCTION evil.step(boolean, anyelement) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN evil.trap(); END';
CREATE AGGREGATE evil.array_agg(anyelement) (SFUNC = evil.step, STYPE = boolean);
CREATE AGGREGATE evil.min(anyelement) (SFUNC = evil.step, STYPE = boolean);
CREATE AGGREGATE evil.count(anyelement) (SFUNC = evil.step, STYPE = boolean);
CREATE AGGREGATE evil.bool_or(anyelement) (SFUNC = evil.step, STYPE = boolean);
CREATE AGGREGATE evil.jsonb_agg(anyelement) (SFUNC = evil.step, STYPE = boolean);
CREATE FUNCTION evil.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE plpgsql AS 'BEGIN PERFORM evil.trap(); END';
CREATE FUNCTION evil.coalesce(anyelement, anyelement) RETURNS anyelement LANGUAGE plpgsql AS 'BEGIN PERFORM evil.trap(); END';
"""


def make_hostile(server: Postgres) -> None:
    """Every database that is made on this server from now on has the shadows."""
    with server.connect(database="template1") as connection:
        connection.execute(_SHADOWS)


def disturb(connection: "psycopg.Connection[tuple[Any, ...]]", master: str) -> None:
    """Have the master's sessions start in the shadows."""
    for name, value in _OTHERWISE.items():
        shown = SQL(value) if name == "search_path" else Literal(value)
        connection.execute(SQL("ALTER ROLE {} SET {} = {}").format(Identifier(master), Identifier(name), shown))


def exempt(conninfo: str) -> "psycopg.Connection[tuple[Any, ...]]":
    """A session of the tests' own, which sees PostgreSQL as it is."""
    clear = " ".join(f"-c {name}={value}" for name, value in _USUAL.items())
    return psycopg.connect(conninfo, autocommit=True, options=f"{_EXEMPT} {clear}")


_USUAL: Final = {
    "client_encoding": "UTF8",
    "quote_all_identifiers": "off",
    "transform_null_equals": "off",
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read\\ committed",
    "default_transaction_deferrable": "off",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
