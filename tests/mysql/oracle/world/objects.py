"""What is in every schema of a world: tables, a view, routines, a trigger and an event, made by the server's superuser."""

from collections.abc import Iterable

from pymysql.connections import Connection

from keyless.rehearsal.servers.mysql.accounts import identifier
from tests.mysql.oracle.world.documents import Names
from tests.mysql.servers import Instance, rows

LATE = "late"
"""A table that is made after a run."""


def make(instance: Instance, names: Names) -> None:
    with instance.superuser() as root:
        for schema in (*names.schemas, *names.neighbours):
            rows(root, f"CREATE DATABASE IF NOT EXISTS {identifier(schema)}")
            _objects(root, schema, names, f"{identifier(instance.master)}@'%'")


def make_late(instance: Instance, names: Names, tables: Iterable[str] = (LATE,)) -> None:
    with instance.superuser() as root:
        for schema in (*names.schemas, *names.neighbours):
            for table in tables:
                _table(root, schema, table, names.column)


def drop_late(instance: Instance, names: Names) -> None:
    with instance.superuser() as root:
        for schema in (*names.schemas, *names.neighbours):
            rows(root, f"DROP TABLE IF EXISTS {identifier(schema)}.{LATE}")


def _objects(root: Connection, schema: str, names: Names, definer: str) -> None:
    """The routines are the master's: whoever may alter routines may not alter a SYSTEM_USER's."""
    rows(root, f"USE {identifier(schema)}")
    for table in names.tables:
        _table(root, schema, table, names.column)
    first = identifier(names.tables[0])
    for statement in (
        "CREATE SQL SECURITY INVOKER VIEW seen_view AS SELECT 1 AS one",
        f"CREATE DEFINER = {definer} FUNCTION a_function() RETURNS INT DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN 1",
        f"CREATE DEFINER = {definer} PROCEDURE a_procedure() SQL SECURITY INVOKER DO 1",
        f"CREATE TRIGGER a_trigger BEFORE DELETE ON {first} FOR EACH ROW SET @a = 1",
        "CREATE EVENT an_event ON SCHEDULE EVERY 1 YEAR DISABLE DO DO 1",
    ):
        rows(root, statement)


def _table(root: Connection, schema: str, table: str, column: str) -> None:
    where = f"{identifier(schema)}.{identifier(table)}"
    rows(root, f"CREATE TABLE {where} (id INT PRIMARY KEY, v INT, {identifier(column)} INT, KEY an_index (v))")
