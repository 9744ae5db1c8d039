"""Makes the schemas that keep their owners, `owner: keep`: a spec makes none, and a new server has none.

They are the master's, as most are in a real database. Schema `public` is in every database.
"""

from collections.abc import Iterator

from psycopg.sql import SQL, Identifier

from db_access.spec import AccessSpec, Database
from keyless.rehearsal.servers.postgres import Postgres


def make_kept_schemas(server: Postgres, spec: AccessSpec, master: str) -> None:
    """With their databases, where these are missing. What is there already stays as it is."""
    for database in spec.databases:
        if names := [*_kept(database)]:
            _make_database(server, database.name, master)
            with server.connect(database=database.name) as connection:
                for name in names:
                    statement = SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}")
                    connection.execute(statement.format(Identifier(name), Identifier(master)))


def _kept(database: Database) -> Iterator[str]:
    yield from (schema.name for schema in database.schemas if schema.named_owner is None and schema.name != "public")


def _make_database(server: Postgres, name: str, master: str) -> None:
    with server.connect() as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall():
            connection.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(master)))
