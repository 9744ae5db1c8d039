"""What there is to have rights on: read from the catalogs by a query of the oracle's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection


@dataclass(frozen=True, eq=False)
class Thing:
    """A database, a schema, or an object in a schema."""

    kind: str
    """database, role, schema, table (views and the like too), sequence, function or type."""
    schema: str
    """Empty for a database."""
    name: str
    """As a spec's `only` writes it: a function with its argument types."""
    form: str
    """What PostgreSQL calls it: a letter of relkind, prokind or typtype."""
    columns: tuple[str, ...] = ()
    """Columns of its own, and then system columns."""
    referable: tuple[tuple[str, str], ...] = ()
    """Columns that a foreign key can point to, each with its type."""
    index: str = ""
    """An index that can be built anew within a transaction."""
    arguments: tuple[str, ...] = ()
    """Types of a function's arguments."""
    owner: str = ""
    acl: str | None = None
    """As PostgreSQL stores it."""
    column_acls: tuple[tuple[str, str], ...] = ()
    oid: int = 0

    @property
    def shown(self) -> str:
        return f"{self.kind} {self.schema}.{self.name}" if self.inside else f"{self.kind} {self.name}"

    @property
    def inside(self) -> bool:
        """In a schema, without whose USAGE its name can't be used."""
        return self.kind not in ("database", "schema", "role")

    @property
    def bare(self) -> str:
        """The name without a function's arguments."""
        return self.name.removesuffix(f"({', '.join(self.arguments)})") if self.kind == "function" else self.name


SYSTEM_COLUMNS = ("ctid", "xmin", "tableoid")


def things(connection: Connection[Any], schemas: Sequence[str]) -> list[Thing]:
    """The database, the schemas, and everything in them but what PostgreSQL makes by itself."""
    rows = connection.execute(_QUERY, {"schemas": list(schemas)}).fetchall()
    return [
        Thing(
            kind=kind,
            schema=schema or "",
            name=name,
            form=form,
            columns=tuple(columns or ()) + (SYSTEM_COLUMNS if form in ("r", "p") and kind == "table" else ()),
            referable=tuple((column, type_) for column, type_ in referable or ()),
            index=index or "",
            arguments=tuple(arguments or ()),
            owner=owner,
            acl=acl,
            column_acls=tuple((column, text) for column, text in column_acls or ()),
            oid=oid,
        )
        for kind, schema, name, form, columns, referable, index, arguments, owner, acl, column_acls, oid in rows
    ]


_QUERY = """
WITH place AS (SELECT * FROM pg_namespace WHERE nspname = ANY(%(schemas)s))
SELECT 'database', NULL::text, datname::text, '', NULL::text[], NULL::jsonb, NULL::text, NULL::text[],
    pg_get_userbyid(datdba)::text, datacl::text, NULL::jsonb, oid
FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'schema', nspname, nspname, '', NULL, NULL, NULL, NULL, pg_get_userbyid(nspowner), nspacl::text, NULL, oid FROM place
UNION ALL
SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname, relname, relkind::text,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        AND relkind <> 'S' ORDER BY attnum),
    (SELECT jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod)) ORDER BY attnum)
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = pg_class.oid AND indisunique AND indnkeyatts = 1 AND relkind IN ('r', 'p')),
    (SELECT min(i.relname::text) FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid
        WHERE indrelid = pg_class.oid AND i.relkind = 'i'),
    NULL, pg_get_userbyid(relowner), relacl::text,
    (SELECT jsonb_agg(jsonb_build_array(attname, attacl::text) ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attacl IS NOT NULL AND NOT attisdropped), pg_class.oid
FROM pg_class JOIN place ON place.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
UNION ALL
SELECT 'function', nspname, proname || '(' || array_to_string(proargtypes::regtype[]::text[], ', ') || ')',
    prokind::text, NULL, NULL, NULL, proargtypes::regtype[]::text[], pg_get_userbyid(proowner), proacl::text, NULL, pg_proc.oid
FROM pg_proc JOIN place ON place.oid = pronamespace
WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'i')
UNION ALL
SELECT 'type', nspname, typname, typtype::text, NULL, NULL, NULL, NULL, pg_get_userbyid(typowner), typacl::text, NULL, pg_type.oid
FROM pg_type JOIN place ON place.oid = typnamespace
WHERE typtype IN ('d', 'e', 'r') OR typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c'
ORDER BY 1, 2, 3
"""
