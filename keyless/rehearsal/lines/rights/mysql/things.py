"""Finds what is tried out in the schemas of a spec, a few of each kind in each: by a superuser's look."""

from collections.abc import Collection, Iterator
from typing import Any, Final

from pymysql.connections import Connection

from keyless.rehearsal.lines.rights.mysql.doing import query
from keyless.rehearsal.lines.rights.mysql.probes import VIEW
from keyless_probe.rights.things import Column, Kind, Thing

EACH: Final = 3
"""How many of a kind are tried in a schema, beside those that a grant names."""
_TABLES: Final = (
    "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE CONCAT(TABLE_SCHEMA) = %s AND TABLE_TYPE IN "
    "('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_TYPE = 'VIEW', TABLE_NAME"
)
_COLUMNS: Final = (
    "SELECT TABLE_NAME, COLUMN_NAME, GENERATION_EXPRESSION IS NULL OR GENERATION_EXPRESSION = '', COLUMN_TYPE "
    "FROM information_schema.COLUMNS WHERE CONCAT(TABLE_SCHEMA) = %s ORDER BY TABLE_NAME, EXTRA, ORDINAL_POSITION"
)
_ROUTINES: Final = (
    "SELECT r.ROUTINE_NAME, r.ROUTINE_TYPE, (SELECT COUNT(*) FROM information_schema.PARAMETERS p WHERE "
    "p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME AND p.ROUTINE_TYPE = r.ROUTINE_TYPE "
    "AND p.ORDINAL_POSITION > 0) FROM information_schema.ROUTINES r WHERE CONCAT(r.ROUTINE_SCHEMA) = %s "
    "AND r.ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE') ORDER BY r.ROUTINE_TYPE, r.ROUTINE_NAME"
)


def tables(superuser: "Connection[Any]", schema: str) -> list[Thing]:
    """All of them, with their columns; views last."""
    columns: dict[str, list[Column]] = {}
    for table, name, writable, kind in query(superuser, _COLUMNS, schema):
        columns.setdefault(str(table), []).append(Column(str(name), bool(writable), _text(kind)))
    return [
        Thing(Kind.TABLE, schema, name, "", form, tuple(columns.get(name, ())))
        for name, form in query(superuser, _TABLES, schema)
    ]


def routines(superuser: "Connection[Any]", schema: str) -> list[Thing]:
    found = query(superuser, _ROUTINES, schema)
    return [Thing(Kind.FUNCTION, schema, name, "", form, arguments=("",) * number) for name, form, number in found]


def some(things: Collection[Thing], named: frozenset[str]) -> Iterator[Thing]:
    """The first of each form and those that are `named` as `schema.object`."""
    seen: dict[str, int] = {}
    for thing in things:
        kind = thing.form if thing.kind is Kind.FUNCTION or thing.form == VIEW else ""
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= EACH or f"{thing.schema}.{thing.name}" in named:
            yield thing


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
