"""Migrates a MySQL or MariaDB: runs what is new in schema.sql. Copy it and write your own schema.sql.

Runs as the user `migrator`, who may create and alter what is in the schemas. MySQL commits each statement that creates
something, so a migration is one statement: it has run or it hasn't.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyless_client.drivers.pymysql import Connection, connect

SCHEMA = Path(__file__).with_name("schema.sql")
LOCK = "migrator"
"""Of migrations: any name, the same for all migrators of this server."""
LOCK_SECONDS = 10


@dataclass(frozen=True)
class Migration:
    version: int
    sql: str


class MigrationError(Exception):
    """One of them failed: its number, and why."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Run the missing migrations, in their order: {"applied": [versions], "version": the newest}."""
    with connect(autocommit=True) as connection:
        return migrate(connection, parse(SCHEMA.read_text(encoding="utf-8")))


def migrate(connection: Connection, migrations: list[Migration]) -> dict[str, Any]:
    """Apply what `ops.migration` doesn't list. A concurrent run waits, then has nothing to do. Where one migration
    fails, those before it stay, and the next run goes on with it."""
    with _locked(connection):
        applied = _applied(connection)
        new = [migration for migration in migrations if migration.version not in applied]
        for migration in new:
            _run(connection, migration)
    return {"applied": [migration.version for migration in new], "version": len(migrations)}


def parse(text: str) -> list[Migration]:
    """The migrations of a schema.sql: the statement below each line `-- migration N: title`.

    Raises:
        ValueError: when they aren't numbered 1, 2, 3 and so on.
    """
    _, *parts = re.split(r"^-- migration (\d+):.*$", text, flags=re.MULTILINE)
    migrations = [Migration(int(version), sql.strip()) for version, sql in zip(parts[::2], parts[1::2], strict=True)]
    versions = [migration.version for migration in migrations]
    if versions != [*range(1, len(versions) + 1)]:
        raise ValueError(f"the migrations are numbered {versions}; allowed: 1, 2, 3 and so on, in order, none twice")
    return migrations


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    if _rows(connection, "SELECT GET_LOCK(%s, %s)", LOCK, LOCK_SECONDS) != ((1,),):
        raise TimeoutError(f"another migrator has held the lock {LOCK!r} for {LOCK_SECONDS} seconds; nothing was done")
    try:
        yield
    finally:
        _rows(connection, "SELECT RELEASE_LOCK(%s)", LOCK)


def _run(connection: Connection, migration: Migration) -> None:
    try:
        _rows(connection, migration.sql)
    except Exception as error:
        raise MigrationError(
            f"migration {migration.version}, which may be one statement, failed, and those before it stay: {error}"
        ) from error
    _rows(connection, "INSERT INTO ops.migration (version) VALUES (%s)", migration.version)


def _applied(connection: Connection) -> set[int]:
    _rows(
        connection,
        "CREATE TABLE IF NOT EXISTS ops.migration (version INT PRIMARY KEY, applied_at TIMESTAMP NOT NULL "
        "DEFAULT CURRENT_TIMESTAMP)",
    )
    return {version for (version,) in _rows(connection, "SELECT version FROM ops.migration")}


def _rows(connection: Connection, statement: str, *values: object) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return tuple(cursor.fetchall())
