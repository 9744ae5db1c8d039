"""A table and a procedure of the rehearsal's own where a schema has none yet, gone afterwards. Privileges on a schema
hold for them as for what a migration makes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from pymysql.connections import Connection

from keyless.rehearsal.lines.rights.mysql import things
from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.lines.rights.mysql.probes import NAME, PROCEDURE, VIEW
from keyless.rehearsal.servers.mysql.accounts import identifier

_COLUMN: Final = f"{NAME} key"
"""No grant names it: rights on columns come with the engine's next run."""


@contextmanager
def made(superuser: "Connection[Any]", schemas: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """In each of `schemas` that is there. The sentences say what was made."""
    notes = []
    try:
        for schema in schemas:
            if kinds := list(_lacking(superuser, schema)):
                notes.append(f"schema {schema} has no {' and no '.join(kinds)} yet: tried on one of the rehearsal's")
                for kind in kinds:
                    query(superuser, _MAKING[kind].format(_name(schema), identifier(_COLUMN)))
        yield tuple(notes)
    finally:
        for schema in schemas:
            for kind in _MAKING:
                query(superuser, f"DROP {kind.upper()} IF EXISTS {_name(schema)}")


_MAKING: Final = {
    "table": "CREATE TABLE {0} ({1} INT PRIMARY KEY)",
    "procedure": "CREATE PROCEDURE {0}() SQL SECURITY INVOKER DO 1",
}


def _lacking(superuser: "Connection[Any]", schema: str) -> Iterator[str]:
    if all(one.form == VIEW for one in things.tables(superuser, schema)):
        yield "table"
    if all(one.form != PROCEDURE for one in things.routines(superuser, schema)):
        yield "procedure"


def _name(schema: str) -> str:
    return f"{identifier(schema)}.{identifier(NAME)}"
