"""Migrates the database: runs what is new in schema.sql.

Runs as the user `migrator`, whose sessions act as the schemas' owner, so that everything created here belongs to that
owner and is covered by the access spec's grants. Schemas and grants come from the access spec.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection, Error

import keyless_client

SCHEMA = Path(__file__).with_name("schema.sql")
LOCK = 7_310_865_127
"""The advisory lock of migrations: any number, the same for all migrators of this database."""


@dataclass(frozen=True)
class Migration:
    version: int
    sql: str


class MigrationError(Exception):
    """One of them failed: its number, and why."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Run the missing migrations, all or none: {"applied": [versions], "version": the newest}."""
    return migrate(keyless_client.connect(), parse(SCHEMA.read_text(encoding="utf-8")))


def migrate(connection: Connection, migrations: list[Migration]) -> dict[str, Any]:
    """Apply what `ops.migration` doesn't list, in one transaction. A concurrent run waits, then has nothing to do."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        applied = _applied(connection)
        new = [migration for migration in migrations if migration.version not in applied]
        for migration in new:
            _run(connection, migration)
    return {"applied": [migration.version for migration in new], "version": len(migrations)}


def parse(text: str) -> list[Migration]:
    """The migrations of a schema.sql: the text below each line `-- migration N: title`.

    Raises:
        ValueError: when they aren't numbered 1, 2, 3 and so on.
    """
    _, *parts = re.split(r"^-- migration (\d+):.*$", text, flags=re.MULTILINE)
    migrations = [Migration(int(version), sql.strip()) for version, sql in zip(parts[::2], parts[1::2], strict=True)]
    versions = [migration.version for migration in migrations]
    if versions != [*range(1, len(versions) + 1)]:
        raise ValueError(f"the migrations are numbered {versions}; allowed: 1, 2, 3 and so on, in order, none twice")
    return migrations


def _run(connection: Connection, migration: Migration) -> None:
    try:
        connection.execute(migration.sql.encode())
    except Error as error:
        raise MigrationError(f"migration {migration.version} failed, and none was carried out: {error}") from error
    connection.execute("INSERT INTO ops.migration (version) VALUES (%s)", [migration.version])


def _applied(connection: Connection) -> set[int]:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS ops.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL "
        "DEFAULT now())"
    )
    return {version for (version,) in connection.execute("SELECT version FROM ops.migration")}
