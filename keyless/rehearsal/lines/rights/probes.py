"""One statement for each thing that somebody can try, and the privileges of which any one is enough for it.

A probe is carried out, or refused for lack of rights (42501). Where PostgreSQL looks at rights first and then fails for
another reason, that reason means "allowed", and the probe says so. Nothing is left of one, but for a number that a
sequence gave out. No function is called: a call on no rows asks for the right all the same. No trigger is fired but by
TRUNCATE: EXPLAIN takes the same look at rights as carrying out (ExecCheckPermissions, at the executor's start).
PostgreSQL is asked beside by has_…_privilege, so that an error that somebody's code raises isn't taken for a refusal.

What no statement depends on alone isn't tried: TRUNCATE, REFERENCES and MAINTAIN on views, REFERENCES to a table
without a unique column, procedures, aggregates, and functions with arguments of no fixed type.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from keyless_probe.rights.things import Column, Kind, Thing

PLACE: Final = "keyless_rehearsal"
"""A schema where everybody may create, as long as it is measured. No spec may have it."""
_UNCHANGEABLE: Final = frozenset({"42809", "0A000", "55000"})
"""A view that can't be changed, whatever rights there are; a table that others refer to."""
_MAINTAINS: Final = 170_000
"""The version of PostgreSQL that MAINTAIN came with."""


@dataclass(frozen=True)
class Probe:
    thing: Thing
    column: str
    """Empty for the whole."""
    any_of: frozenset[str]
    statement: Composed
    also_allowed: frozenset[str] = frozenset()
    """SQLSTATEs that come only after the right was found to be there."""
    how: str = "done and undone"
    """What was done with the statement when the right is there."""
    asked: Composed | None = None
    """A query of whether PostgreSQL says that the right is there; None to do without."""
    right_first: bool = False
    """Whether the statement runs code of the database's own, after the look at rights."""

    @property
    def text(self) -> str:
        return self.statement.as_string(None)

    @property
    def shown(self) -> str:
        of = f"column {self.column} of " if self.column else ""
        return f"{' or '.join(sorted(self.any_of))} on {of}{self.thing.shown}"


def probes(thing: Thing, version: int, key_columns: frozenset[str]) -> Iterator[Probe]:
    """All that is tried on it. `key_columns`: names of columns that somebody may read of tables."""
    name = Identifier(thing.schema, thing.name)
    match thing.kind:
        case Kind.DATABASE:
            yield _probe(thing, "CREATE", "CREATE SCHEMA {}", Identifier(f"{PLACE}_new"))
            yield _probe(thing, "TEMPORARY", "CREATE TEMPORARY TABLE {} ()", Identifier(PLACE))
        case Kind.SCHEMA:
            missing = Literal(Identifier(thing.name, f"{PLACE} missing").as_string(None))
            yield _probe(thing, "USAGE", "SELECT {}::pg_catalog.regclass", missing, also={"42P01"})
            yield _probe(thing, "CREATE", "CREATE TABLE {} ()", Identifier(thing.name, f"{PLACE} new"))
        case Kind.SEQUENCE:
            yield from _of_sequence(thing, name)
        case Kind.FUNCTION:
            yield _of_function(thing, name)
        case Kind.TABLE:
            yield from _of_table(thing, name, version)
            yield from (
                _probe(thing, "SELECT", "SELECT {} FROM {} LIMIT 0", Identifier(c.name), name, column=c.name)
                for c in thing.columns
                if c.name in key_columns
            )


def _probe(
    thing: Thing,
    any_of: str,
    statement: LiteralString,
    *parts: Composable,
    column: str = "",
    also: frozenset[str] | set[str] = frozenset(),
) -> Probe:
    privileges = frozenset(any_of.split("|"))
    return Probe(
        thing,
        column,
        privileges,
        SQL(statement).format(*parts),
        frozenset(also),
        asked=asked(thing, privileges, column),
        right_first=any_of == "TRUNCATE",
    )


def asked(thing: Thing, any_of: frozenset[str], column: str = "") -> Composed:
    """has_…_privilege, which takes several: any one of them is enough. For a column, the right on the whole is, too;
    for the whole, SELECT on each column."""
    privileges = Literal(", ".join(sorted(any_of)))
    text = Literal(Identifier(thing.schema, thing.name).as_string(None))
    match thing.kind:
        case Kind.DATABASE:
            return SQL("SELECT pg_catalog.has_database_privilege({}, {})").format(Literal(thing.name), privileges)
        case Kind.SCHEMA:
            return SQL("SELECT pg_catalog.has_schema_privilege({}, {})").format(Literal(thing.name), privileges)
        case Kind.SEQUENCE:
            return SQL("SELECT pg_catalog.has_sequence_privilege({}, {})").format(text, privileges)
        case Kind.FUNCTION:
            signature = f"{Identifier(thing.schema, thing.name).as_string(None)}({', '.join(thing.arguments)})"
            return SQL("SELECT pg_catalog.has_function_privilege({}, {})").format(Literal(signature), privileges)
        case Kind.TABLE if column:
            return SQL("SELECT pg_catalog.has_column_privilege({}, {}, {})").format(text, Literal(column), privileges)
        case Kind.TABLE:
            columns = [
                SQL("pg_catalog.has_column_privilege({}, {}, {})").format(text, Literal(each.name), privileges)
                for each in thing.columns
                if any_of == {"SELECT"}
            ]
            each_column = SQL(" AND ").join(columns or [SQL("false").format()])
            whole = SQL("pg_catalog.has_table_privilege({}, {})").format(text, privileges)
            return SQL("SELECT {} OR ({})").format(whole, each_column)


def _of_sequence(thing: Thing, name: Identifier) -> Iterator[Probe]:
    text = Literal(name.as_string(None))
    yield _probe(thing, "SELECT", "SELECT last_value FROM {}", name)
    yield _probe(thing, "USAGE|UPDATE", "SELECT pg_catalog.nextval({})", text, also={"2200H"})
    if thing.outside is not None:  # the value is looked at after the right, and refused
        yield _probe(thing, "UPDATE", "SELECT pg_catalog.setval({}, {})", text, Literal(thing.outside), also={"22003"})


def _of_function(thing: Thing, name: Identifier) -> Probe:
    """Whether an array at the end is VARIADIC is found out by calling: whom PostgreSQL doesn't know by the one call, it
    knows by the other. It looks for the function first, then at the right."""
    arguments, rows = _arguments(thing)
    if not (thing.arguments and thing.arguments[-1].endswith("[]")):
        return _probe(thing, "EXECUTE", "SELECT {}({}) FROM {}", name, arguments, rows)
    calls = "PERFORM {0}({1}) FROM {3}; EXCEPTION WHEN undefined_function THEN PERFORM {0}({2}) FROM {3};"
    names = [Identifier(f"a{index}") for index, _ in enumerate(thing.arguments)]
    *first, last = (SQL("{}").format(each) for each in names)
    variadic = SQL(", ").join([*first, SQL("VARIADIC ") + last])
    body = SQL(calls).format(name, arguments, variadic, rows).as_string(None)
    return _probe(thing, "EXECUTE", "DO LANGUAGE plpgsql {}", Literal(f"BEGIN {body} END"))


def _arguments(thing: Thing) -> tuple[Composed, Composed]:
    """Columns of no rows, which nothing can be worked out from beforehand."""
    names = [Identifier(f"a{index}") for index, _ in enumerate(thing.arguments)]
    typed = [SQL("{} {}").format(name, SQL(_type(kind))) for name, kind in zip(names, thing.arguments, strict=True)]
    columns = SQL(", ").join(typed or [SQL("none pg_catalog.int4").format()])
    rows = SQL("pg_catalog.jsonb_to_recordset('[]'::pg_catalog.jsonb) AS none ({})").format(columns)
    return SQL(", ").join(names), rows


def _type(name: str) -> str:
    """As the catalog itself writes it, quoted where it must be."""
    return name


def _of_table(thing: Thing, name: Identifier, version: int) -> Iterator[Probe]:
    yield _probe(thing, "SELECT", "SELECT * FROM {} LIMIT 0", name)
    if thing.form in ("m", "v"):
        return
    if writable := next((column for column in thing.columns if column.writable), None):
        it = Identifier(writable.name)
        insert = "EXPLAIN INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT NULL WHERE false"
        yield _probe(thing, "INSERT", insert, name, it, also=_UNCHANGEABLE)
        yield _probe(thing, "UPDATE", "EXPLAIN UPDATE {} SET {} = DEFAULT WHERE false", name, it, also=_UNCHANGEABLE)
    else:
        yield _probe(thing, "INSERT", "EXPLAIN INSERT INTO {} DEFAULT VALUES", name, also=_UNCHANGEABLE)
    yield _probe(thing, "DELETE", "EXPLAIN DELETE FROM {} WHERE false", name, also=_UNCHANGEABLE)
    trigger = "CREATE TRIGGER {} AFTER INSERT ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()"
    if thing.form in ("r", "p"):
        yield _probe(thing, "TRUNCATE", "TRUNCATE {}", name, also=_UNCHANGEABLE)
        yield _probe(thing, "TRIGGER", trigger, Identifier(PLACE), name, Identifier(PLACE, "triggered"))
        yield from _by_key(thing, name, version)


def _by_key(thing: Thing, name: Identifier, version: int) -> Iterator[Probe]:
    """What takes an index."""
    if key := next((column for column in thing.columns if column.name == thing.key), None):
        yield _referring(thing, name, key)
        if version >= _MAINTAINS and thing.form == "r":
            yield _probe(thing, "MAINTAIN", "REINDEX INDEX {}", Identifier(thing.schema, thing.index))


def _referring(thing: Thing, name: Identifier, key: Column) -> Probe:
    referring = "CREATE TABLE {} (c {} REFERENCES {} ({}))"
    new, kind = Identifier(PLACE, "new"), SQL(_type(key.type))
    return _probe(thing, "REFERENCES", referring, new, kind, name, Identifier(key.name), column=key.name)
