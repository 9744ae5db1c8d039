"""One statement for each thing that somebody can try, and the privileges that it takes.

A probe is carried out, or refused for lack of rights. Data statements change no row and are rolled back. What would
commit by itself looks at rights first, and then fails for another reason, which means "allowed": a table that is there
already, a column, routine or event that isn't. No routine is called: a call with one argument too many asks for the
right all the same.

What no statement depends on alone isn't tried: REFERENCES, and DROP on a single table. What the server tells about a
user's rights (told.py) has these, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless_probe.rights.things import Kind, Thing

NAME: Final = "rehearsal_probe"
"""Of whatever a probe names that isn't there, and of what the rehearsal makes. No spec may have it."""
VIEW: Final = "VIEW"
PROCEDURE: Final = "PROCEDURE"
_THERE, _NO_TABLE, _NO_FIELD, _NO_KEY_COLUMN, _NO_COLUMN = "1050", "1051", "1054", "1072", "1091"
_ROUTINE_THERE, _NO_ROUTINE, _ARGUMENTS, _NO_EVENT = "1304", "1305", "1318", "1539"
_NO_DEFAULT, _BROKEN_VIEW, _NO_DEFINER = "1364", "1356", "1449"
_HIDDEN_DEFINER: Final = "1045"
"""For whoever may not read the view, instead of who its definer is that isn't there. Nobody logs in by a probe."""
_VIEW_TAKES_NONE: Final = (
    "1288",
    "1348",
    "1393",
    "1394",
    "1395",
    "1423",
    "1471",
    _BROKEN_VIEW,
    _NO_DEFINER,
    _HIDDEN_DEFINER,
)
"""Of data: it can't be updated, inserted into or deleted from, or not in that column; or what it is of isn't there."""


@dataclass(frozen=True)
class Probe:
    thing: Thing
    column: str
    """Empty for the whole."""
    any_of: frozenset[str]
    """The one privilege that it is about."""
    text: str
    """The statement."""
    also_allowed: frozenset[str] = frozenset()
    """Errors that come only after the right was found to be there."""
    and_also: tuple[str, ...] = ()
    """Other privileges that the statement takes."""
    after: str = ""
    """What undoes it."""
    how: str = "done and undone"

    @property
    def needs(self) -> tuple[str, ...]:
        return (*self.any_of, *self.and_also)

    @property
    def shown(self) -> str:
        of = f"column {self.column} of " if self.column else ""
        return f"{' and '.join(self.needs)} on {of}{named(self.thing)}"


def named(thing: Thing) -> str:
    """`table foo.event`."""
    kind = thing.form.lower() if thing.form in (VIEW, PROCEDURE) else str(thing.kind)
    return f"{kind} {thing.schema}" if thing.kind is Kind.SCHEMA else f"{kind} {thing.schema}.{thing.name}"


def _probe(
    thing: Thing, privilege: str, statement: str, *also: str, and_also: tuple[str, ...] = (), **names: str
) -> Probe:
    """`names`: what stands for each `{…}` beside `{it}`, the thing itself, and `{new}`, a name that is free there."""
    schema = identifier(thing.schema)
    given = {name: identifier(value) for name, value in names.items()}
    text = statement.format(it=f"{schema}.{identifier(thing.name)}", new=f"{schema}.{identifier(NAME)}", **given)
    return Probe(thing, names.get("column", ""), frozenset({privilege}), text, frozenset(also), and_also)


def on_schema(thing: Thing, table: Thing, procedure: Thing) -> Iterator[Probe]:
    """All that is tried on it, by a table and a procedure that are there."""
    for privilege, statement, also in (
        ("CREATE", "CREATE TABLE {in_}.{table} (i INT)", _THERE),
        ("DROP", "DROP TABLE {in_}.{missing}", _NO_TABLE),
        ("CREATE VIEW", "CREATE VIEW {in_}.{table} AS SELECT 1", _THERE),
        ("CREATE ROUTINE", "CREATE PROCEDURE {in_}.{procedure}() DO 1", _ROUTINE_THERE),
        ("ALTER ROUTINE", "DROP PROCEDURE {in_}.{missing}", _NO_ROUTINE),
        ("EXECUTE", "CALL {in_}.{missing}()", _NO_ROUTINE),
        ("EVENT", "DROP EVENT {in_}.{missing}", _NO_EVENT),
    ):
        names = {"table": table.name, "procedure": procedure.name, "missing": f"{NAME} missing"}
        yield _probe(thing, privilege, statement, also, and_also=(), in_=thing.name, **names)
    made = f"{identifier(thing.name)}.{identifier(NAME)}"
    temporary = f"CREATE TEMPORARY TABLE {made} (i INT)"
    yield Probe(
        *(thing, "", frozenset({"CREATE TEMPORARY TABLES"}), temporary), after=f"DROP TEMPORARY TABLE IF EXISTS {made}"
    )


def on_thing(thing: Thing, key_columns: frozenset[str]) -> Iterator[Probe]:
    """All that is tried on a table, view, function or procedure. `key_columns`: names, in lower case, of columns that
    somebody may read of tables."""
    if thing.kind is Kind.FUNCTION:
        yield _call(thing)
        return
    yield _probe(thing, "SELECT", "SELECT * FROM {it} LIMIT 0", _BROKEN_VIEW, _NO_DEFINER)
    for column in thing.columns:
        if column.name.lower() in key_columns:
            yield _probe(thing, "SELECT", "SELECT {column} FROM {it} LIMIT 0", column=column.name)
    yield from _of_view(thing) if thing.form == VIEW else _of_table(thing)


def _call(thing: Thing) -> Probe:
    arguments = ", ".join(["NULL"] * (len(thing.arguments) + 1))
    call = "CALL {it}(" if thing.form == PROCEDURE else "SELECT {it}("
    return _probe(thing, "EXECUTE", f"{call}{arguments})", _ARGUMENTS)


def _of_view(thing: Thing) -> Iterator[Probe]:
    yield from _data(thing, *_VIEW_TAKES_NONE)
    yield _probe(thing, "SHOW VIEW", "SHOW CREATE VIEW {it}", and_also=("SELECT",))


def _data(thing: Thing, *also: str) -> Iterator[Probe]:
    if writable := next((column.name for column in thing.columns if column.writable), None):
        insert = "INSERT INTO {it} ({one}) SELECT NULL FROM DUAL WHERE FALSE"
        yield _probe(thing, "INSERT", insert, _NO_DEFAULT, *also, one=writable)
        yield _probe(thing, "UPDATE", "UPDATE {it} SET {one} = NULL WHERE FALSE", *also, one=writable)
    yield _probe(thing, "DELETE", "DELETE FROM {it} WHERE FALSE", *also)


def _of_table(thing: Thing) -> Iterator[Probe]:
    yield from _data(thing)
    yield _probe(thing, "ALTER", "ALTER TABLE {it} DROP COLUMN {missing}", _NO_COLUMN, missing=f"{NAME} missing")
    index = "CREATE INDEX {missing} ON {it} ({missing})"
    yield _probe(thing, "INDEX", index, _NO_KEY_COLUMN, missing=f"{NAME} missing")
    trigger = "CREATE TRIGGER {new} BEFORE INSERT ON {it} FOR EACH ROW SET NEW.{missing} = 1"
    yield _probe(thing, "TRIGGER", trigger, _NO_FIELD, missing=f"{NAME} missing")
    lock = _probe(thing, "LOCK TABLES", "LOCK TABLES {it} READ", and_also=("SELECT",))
    yield Probe(lock.thing, "", lock.any_of, lock.text, and_also=lock.and_also, after="UNLOCK TABLES")
