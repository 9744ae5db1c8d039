"""Finds the things in a database that are tried out: a few of each kind in each schema of the spec."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, LiteralString

from psycopg import Connection

from keyless_probe.rights.things import Column, Kind, Thing

EACH: Final = 3
"""How many of a kind are tried in a schema, beside those that a grant names."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1

_TABLES: Final[LiteralString] = """
SELECT c.relname, pg_get_userbyid(c.relowner), c.relkind::text, k.attname, i.relname,
       (SELECT coalesce(json_agg(json_build_array(a.attname, a.attgenerated = '', format_type(a.atttypid, a.atttypmod))
                                 ORDER BY (a.attidentity <> ''), a.attnum), '[]')
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class c
LEFT JOIN LATERAL (SELECT x.indkey[0] AS attnum, x.indexrelid FROM pg_index x WHERE x.indrelid = c.oid AND x.indisunique
                   AND x.indisvalid AND x.indnatts = 1 AND x.indkey[0] > 0 AND x.indpred IS NULL AND EXISTS (
                       SELECT FROM pg_attribute b JOIN pg_type y ON y.oid = b.atttypid AND y.typnamespace = 11
                       WHERE b.attrelid = c.oid AND b.attnum = x.indkey[0])
                   ORDER BY x.indisprimary DESC, x.indexrelid LIMIT 1) u ON true
LEFT JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = u.attnum
LEFT JOIN pg_class i ON i.oid = u.indexrelid
WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
ORDER BY (c.relkind IN ('r', 'p')) DESC, c.relname
"""
_SEQUENCES: Final[LiteralString] = """
SELECT c.relname, pg_get_userbyid(c.relowner), s.seqmin, s.seqmax
FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.relnamespace = %s::regnamespace ORDER BY c.relname
"""
_FUNCTIONS: Final[LiteralString] = """
SELECT p.proname, pg_get_userbyid(p.proowner),
       (SELECT coalesce(json_agg(format_type(t.oid, NULL) ORDER BY n), '[]')
        FROM unnest(p.proargtypes) WITH ORDINALITY AS a(oid, n) JOIN pg_type t USING (oid))
FROM pg_proc p
WHERE p.pronamespace = %s::regnamespace AND p.prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_type t WHERE t.typtype = 'p' AND t.oid = ANY (p.proargtypes || p.prorettype)
                  AND t.typname NOT IN ('void', 'record'))
  AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = ANY (p.proargtypes) AND t.typnamespace <> 11)
ORDER BY p.proname, p.oid
"""


def things(connection: "Connection[Any]", schemas: Iterable[str], named: frozenset[str]) -> list[Thing]:
    """In these schemas; `named`: `schema.object` each that must be among them.

    Types stand in what it returns as they are written with nothing but pg_catalog (oid 11) to look them up in.
    """
    connection.execute("SET search_path = pg_catalog")
    found = []
    for schema in schemas:
        for listed in (_tables(connection, schema), _sequences(connection, schema), _functions(connection, schema)):
            all_of = list(listed)
            found += [
                thing for index, thing in enumerate(all_of) if index < EACH or f"{schema}.{thing.signature}" in named
            ]
    return found


def _quoted(connection: "Connection[Any]", schema: str) -> str:
    row = connection.execute("SELECT quote_ident(%s)", [schema]).fetchone()
    return str(row[0]) if row else schema


def _tables(connection: "Connection[Any]", schema: str) -> Iterator[Thing]:
    for name, owner, form, key, index, columns in connection.execute(_TABLES, [_quoted(connection, schema)]):
        made = tuple(Column(*column) for column in columns)
        yield Thing(Kind.TABLE, schema, name, owner, form, made, key or "", index or "")


def _sequences(connection: "Connection[Any]", schema: str) -> Iterator[Thing]:
    for name, owner, least, most in connection.execute(_SEQUENCES, [_quoted(connection, schema)]):
        outside = least - 1 if least > _SMALLEST else most + 1 if most < _LARGEST else None
        yield Thing(Kind.SEQUENCE, schema, name, owner, outside=outside)


def _functions(connection: "Connection[Any]", schema: str) -> Iterator[Thing]:
    for name, owner, arguments in connection.execute(_FUNCTIONS, [_quoted(connection, schema)]):
        yield Thing(Kind.FUNCTION, schema, name, owner, arguments=tuple(arguments))
