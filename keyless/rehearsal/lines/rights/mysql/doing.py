"""Tries statements in a user's session; nothing is left of them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pymysql
from pymysql.connections import Connection

from keyless.rehearsal.lines.rights.measured import DONE, REFUSALS, Answer
from keyless.rehearsal.lines.rights.mysql.probes import Probe

_SETTINGS: Final = (
    "SET SESSION autocommit = 0, lock_wait_timeout = 5, innodb_lock_wait_timeout = 5, sql_safe_updates = 0"
)


def prepare(connection: "Connection[Any]") -> None:
    query(connection, _SETTINGS)


def query(connection: "Connection[Any]", statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


def answers(connection: "Connection[Any]", probes: Iterable[Probe]) -> list[Answer]:
    """What the server answers to each."""
    return [tried(connection, probe.text, probe.after) for probe in probes]


def tried(connection: "Connection[Any]", statement: str, after: str = "") -> Answer:
    """What it answers to one. `after`: undoes what no rollback does."""
    try:
        query(connection, statement)
        if after:
            query(connection, after)
    except pymysql.err.MySQLError as error:
        return Answer(str(error.args[0]), " ".join(str(part) for part in error.args[1:]))
    finally:
        query(connection, "ROLLBACK")
    return Answer(DONE, "")


def not_refused(connection: "Connection[Any]", statements: Sequence[str]) -> list[str]:
    """Those that weren't refused for lack of a right."""
    return [one for one in statements if tried(connection, one).code not in REFUSALS]
