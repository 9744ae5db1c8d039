"""What a login holds on each thing in a database, as PostgreSQL's own has_…_privilege functions answer it for whom the
session acts as. They read catalogs: nothing is planned, so no code of the database's own runs, and nothing is locked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, LiteralString, Self

from psycopg import Connection

from keyless_probe.rights.things import Kind, Thing

PRIVILEGES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.DATABASE: ("CREATE", "TEMPORARY"),
    Kind.SCHEMA: ("USAGE", "CREATE"),
    Kind.TABLE: ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"),
    Kind.SEQUENCE: ("SELECT", "USAGE", "UPDATE"),
    Kind.FUNCTION: ("EXECUTE",),
}
OF_COLUMNS: Final = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
PASSED_ON: Final = " WITH GRANT OPTION"
_MAINTAINS: Final = 170_000
"""The version of PostgreSQL that MAINTAIN came with."""
_IN_SCHEMAS: Final[LiteralString] = "JOIN pg_catalog.pg_namespace n ON n.oid = {0} WHERE n.nspname = ANY (%(schemas)s)"
_HELD: Final[LiteralString] = """
ARRAY(SELECT p FROM pg_catalog.unnest(%(privileges)s::pg_catalog.text[]) AS p
      WHERE pg_catalog.has_{0}_privilege({1}, p))
"""
# A member of an extension; or a range type's constructor, which is PostgreSQL's.
_EXTENDED: Final[LiteralString] = """
EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = '{0}'::pg_catalog.regclass AND d.objid = {1}
        AND (d.deptype = 'e' OR d.deptype = 'i' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass))
"""
_NO_MORE: Final[LiteralString] = "'{}'::pg_catalog.text[], '{}'::pg_catalog.json"
_QUERIES: Final[Mapping[Kind, LiteralString]] = {
    Kind.DATABASE: f"""
SELECT '', o.datname, pg_catalog.pg_get_userbyid(o.datdba), '', false, {_HELD.format("database", "o.oid")}, {_NO_MORE}
FROM pg_catalog.pg_database o WHERE o.datname = pg_catalog.current_database()
""",
    Kind.SCHEMA: f"""
SELECT o.nspname, o.nspname, pg_catalog.pg_get_userbyid(o.nspowner), '', false, {_HELD.format("schema", "o.oid")},
       {_NO_MORE}
FROM pg_catalog.pg_namespace o WHERE o.nspname = ANY (%(schemas)s) ORDER BY o.nspname
""",
    Kind.TABLE: f"""
SELECT n.nspname, o.relname, pg_catalog.pg_get_userbyid(o.relowner), o.relkind::pg_catalog.text,
       {_EXTENDED.format("pg_catalog.pg_class", "o.oid")}, {_HELD.format("table", "o.oid")}, '{{}}'::pg_catalog.text[],
       (SELECT coalesce(pg_catalog.json_object_agg(a.attname, ARRAY(
                   SELECT p FROM pg_catalog.unnest(%(of_columns)s::pg_catalog.text[]) AS p
                   WHERE pg_catalog.has_column_privilege(o.oid, a.attnum, p))), '{{}}')
        FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = o.oid AND NOT a.attisdropped AND (a.attacl IS NOT NULL OR a.attname = ANY (%(keys)s)))
FROM pg_catalog.pg_class o {_IN_SCHEMAS.format("o.relnamespace")} AND o.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY n.nspname, o.relispartition, o.relkind IN ('v', 'm', 'f'), o.relname
""",
    Kind.SEQUENCE: f"""
SELECT n.nspname, o.relname, pg_catalog.pg_get_userbyid(o.relowner), '',
       {_EXTENDED.format("pg_catalog.pg_class", "o.oid")}, {_HELD.format("sequence", "o.oid")}, {_NO_MORE}
FROM pg_catalog.pg_class o {_IN_SCHEMAS.format("o.relnamespace")} AND o.relkind = 'S' ORDER BY n.nspname, o.relname
""",
    Kind.FUNCTION: f"""
SELECT n.nspname, o.proname, pg_catalog.pg_get_userbyid(o.proowner), '',
       {_EXTENDED.format("pg_catalog.pg_proc", "o.oid")}, {_HELD.format("function", "o.oid")},
       ARRAY(SELECT pg_catalog.format_type(t.type, NULL)
             FROM pg_catalog.unnest(o.proargtypes::pg_catalog.oid[]) WITH ORDINALITY AS t (type, place)
             ORDER BY t.place), '{{}}'::pg_catalog.json
FROM pg_catalog.pg_proc o {_IN_SCHEMAS.format("o.pronamespace")} ORDER BY n.nspname, o.proname, o.oid
""",
}
"""Each row: schema, name, owner, form, extended, privileges, arguments, columns. All of a kind: partitions, procedures
and aggregates, too."""


@dataclass(frozen=True)
class Held:
    thing: Thing
    privileges: frozenset[str]
    """On the whole of it; `SELECT WITH GRANT OPTION` where it may be passed on."""
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The same of those columns that have an ACL of their own, and of those that were asked for by name."""
    extended: bool = False
    """Whether an extension or PostgreSQL made it, and not a migration."""

    def as_json(self) -> dict[str, Any]:
        columns = {name: sorted(privileges) for name, privileges in self.columns.items()}
        return {**asdict(self), "privileges": sorted(self.privileges), "columns": columns}

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """As `as_json` wrote it."""
        columns = {name: frozenset(privileges) for name, privileges in raw["columns"].items()}
        return cls(Thing.parse(raw["thing"]), frozenset(raw["privileges"]), columns, bool(raw["extended"]))


def held(connection: "Connection[Any]", schemas: Sequence[str], keys: Sequence[str]) -> Iterator[Held]:
    """Of the database and of all there is in `schemas`, by whom the session acts as.

    Args:
        connection: in a guarded transaction. Argument types are written as with nothing but pg_catalog to look in.
        keys: names of columns to tell about wherever a table has them.
    """
    for kind, query in _QUERIES.items():
        privileges = [one for one in PRIVILEGES[kind] if one != "MAINTAIN" or _maintains(connection)]
        passable = [*privileges, "CONNECT"] if kind is Kind.DATABASE else privileges  # which the login itself has shown
        rows = connection.execute(query, {
            "schemas": list(schemas),
            "keys": list(keys),
            "privileges": [*privileges, *(f"{one}{PASSED_ON}" for one in passable)],
            "of_columns": [*OF_COLUMNS, *(f"{one}{PASSED_ON}" for one in OF_COLUMNS)],
        })  # fmt: skip
        for schema, name, owner, form, extended, can, arguments, columns in rows:
            thing = Thing(kind, schema, name, owner, form, arguments=tuple(arguments))
            yield Held(thing, frozenset(can), {of: frozenset(all_of) for of, all_of in columns.items()}, extended)


def _maintains(connection: "Connection[Any]") -> bool:
    return connection.info.server_version >= _MAINTAINS
