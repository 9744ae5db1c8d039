"""One statement for each thing that somebody can try, and the privileges of which any one is enough for it.

A probe is carried out or refused for lack of rights (42501). Where PostgreSQL looks at rights first and then fails for
another reason, that reason means "allowed", and the probe says so. Anything else is a fault of the probe.

What can't be tried, because no statement depends on it alone:

- TRUNCATE, REFERENCES and MAINTAIN on views, TRIGGER on materialized views: PostgreSQL refuses the kind before it looks
  at rights. MAINTAIN on views, foreign and partitioned tables: LOCK TABLE is content with UPDATE, and REINDEX of a
  partitioned table can't be undone.
- MAINTAIN before PostgreSQL 17, which doesn't have it.
- REFERENCES to a column without a unique index of its own.
- USAGE on a sequence of which a user has SELECT and UPDATE, for these two allow all that USAGE does.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier

from tests.oracle.asking.things import Thing

PLACE = "oracle's own"
"""A schema where everybody may create, use and change everything. No spec names it."""
WHOLE = "spare"
"""A column of every table and view that nothing gives rights on: who can use it, has the right on the whole table."""
_ON_NO_ROW = SQL("WHERE false")


@dataclass(frozen=True, eq=False)
class Probe:
    thing: Thing
    column: str
    """Empty for the whole."""
    any_of: frozenset[str]
    statement: Composed
    also_allowed: frozenset[str] = frozenset()
    """SQLSTATEs that come only after the right was found to be there."""
    also_refused: frozenset[str] = frozenset()
    """SQLSTATEs beside 42501 that mean the same."""

    @property
    def shown(self) -> str:
        of = f"column {self.column} of " if self.column else ""
        return f"{' or '.join(sorted(self.any_of))} on {of}{self.thing.shown}"


def probes(thing: Thing, version: int, stranger: str) -> Iterator[Probe]:
    """All that can be tried on it; `stranger` is the role to which a group is given."""
    match thing.kind:
        case "database":
            yield _probe(thing, "CREATE", SQL("CREATE SCHEMA {}"), Identifier("oracle's new"))
            yield _probe(thing, "TEMPORARY", SQL("CREATE TEMPORARY TABLE {} ()"), Identifier("t"))
        case "role":
            yield _probe(thing, "SET", SQL("SET LOCAL ROLE {}"), Identifier(thing.name))
            give = SQL("GRANT {} TO {}").format(Identifier(thing.name), Identifier(stranger))
            # "no possible grantors": by a group that it has the ADMIN option of, and not the rights
            yield Probe(thing, "", frozenset({"ADMIN"}), give, also_refused=frozenset({"XX000"}))
        case "schema":
            # to look a name up that isn't there
            unknown = SQL("SELECT {}::pg_catalog.regclass").format(_text(Identifier(thing.name, "oracle's missing")))
            yield Probe(thing, "", frozenset({"USAGE"}), unknown, frozenset({"42P01"}))
            yield _probe(thing, "CREATE", SQL("CREATE TABLE {} ()"), Identifier(thing.name, "oracle's new"))
        case "sequence":
            yield from _of_sequence(thing)
        case "function":
            yield _probe(thing, "EXECUTE", _call(thing))
        case "type":
            yield _probe(
                thing,
                "USAGE",
                SQL("CREATE TABLE {} (c {})"),
                Identifier(PLACE, "new"),
                Identifier(thing.schema, thing.name),
            )
        case _:
            yield from _of_table(thing, version)


def _probe(thing: Thing, any_of: str, statement: SQL, *parts: Composable, column: str = "") -> Probe:
    allowed = _UNCHANGEABLE if thing.form in "mf" else frozenset[str]()
    return Probe(thing, column, frozenset(any_of.split("|")), statement.format(*parts), allowed)


_UNCHANGEABLE = frozenset({"42809", "0A000"})
"""A materialized view, or a foreign table whose wrapper only reads, can't be changed, whatever rights there are."""


def _text(name: Identifier) -> Composable:
    from psycopg.sql import Literal

    return Literal(name.as_string(None))


def _of_sequence(thing: Thing) -> Iterator[Probe]:
    name = Identifier(thing.schema, thing.name)
    yield _probe(thing, "SELECT", SQL("SELECT last_value FROM {}"), name)
    yield _probe(thing, "UPDATE", SQL("SELECT pg_catalog.setval({}, 1)"), _text(name))
    yield _probe(thing, "USAGE|UPDATE", SQL("SELECT pg_catalog.nextval({})"), _text(name))
    currval = SQL("SELECT pg_catalog.currval({})").format(_text(name))
    yield Probe(thing, "", frozenset({"USAGE", "SELECT"}), currval, frozenset({"55000"}))  # nothing drawn yet


def _call(thing: Thing) -> SQL:
    values = {"integer": "1", "text": "'x'"}
    arguments = ", ".join(f"{values[name]}::pg_catalog.{name.replace('integer', 'int4')}" for name in thing.arguments)
    verb = "CALL" if thing.form == "p" else "SELECT"
    named = Identifier(thing.schema, thing.bare).as_string(None).replace("{", "{{").replace("}", "}}")
    return SQL(f"{verb} {named}({arguments})")


def _of_table(thing: Thing, version: int) -> Iterator[Probe]:
    name = Identifier(thing.schema, thing.name)
    yield _probe(thing, "DELETE", SQL("DELETE FROM {}"), name)
    if thing.form in "rp":
        yield _probe(thing, "TRUNCATE", SQL("TRUNCATE {}"), name)
    if thing.form != "m":
        yield _probe(
            thing,
            "TRIGGER",
            SQL("CREATE TRIGGER t AFTER INSERT ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}()"),
            name,
            Identifier(PLACE, "triggered"),
        )
    if version >= 170000 and thing.form == "r" and thing.index:
        yield _probe(thing, "MAINTAIN", SQL("REINDEX INDEX {}"), Identifier(thing.schema, thing.index))
    if version >= 170000 and thing.form == "m":
        yield _probe(thing, "MAINTAIN", SQL("REFRESH MATERIALIZED VIEW {}"), name)
    for column in thing.columns:
        yield from _of_column(thing, name, column)


def _of_column(thing: Thing, name: Identifier, column: str) -> Iterator[Probe]:
    of, it = "" if column == WHOLE else column, Identifier(column)
    yield _probe(thing, "SELECT", SQL("SELECT {} FROM {}"), it, name, column=of)
    if thing.form in "rp" and column in ("ctid", "xmin", "tableoid"):
        return
    insert = SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT NULL {}")
    yield _probe(thing, "INSERT", insert, name, it, _ON_NO_ROW, column=of)
    yield _probe(thing, "UPDATE", SQL("UPDATE {} SET {} = DEFAULT {}"), name, it, _ON_NO_ROW, column=of)
    types = dict(thing.referable)
    if column in types:
        # `types` are as format_type writes them
        reference = SQL("CREATE TABLE {} (c {} REFERENCES {} ({}))")
        yield _probe(
            thing,
            "REFERENCES",
            reference,
            Identifier(PLACE, "new"),
            SQL(types[column]),
            name,
            it,
            column=of,
        )
