"""The same workload for the MySQL family: its tables, and the statements of whoever has no engine. Pure."""

from collections.abc import Iterator
from typing import Final

from bench.workload import SESSIONS, Size

RIGHTS: Final = "INSERT, UPDATE, DELETE"
"""What `write_only` gives on a schema."""


def tables(size: Size) -> Iterator[str]:
    """DDL, in one statement each. Schemas are what the servers call databases."""
    for schema in size.schema_names():
        yield f"CREATE DATABASE {schema}"
        for table in size.table_names():
            yield f"CREATE TABLE {schema}.{table} (id BIGINT AUTO_INCREMENT PRIMARY KEY, v TEXT)"


def one_by_one(size: Size) -> Iterator[str]:
    """Statements to send one at a time: user by user and schema by schema. They read nothing, and prove nothing."""
    for user, schemas in size.writers().items():
        yield (
            f"CREATE USER {user}@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL "
            f"WITH MAX_USER_CONNECTIONS {SESSIONS}"
        )
        for schema in schemas:
            yield f"GRANT {RIGHTS} ON {schema}.* TO {user}@'%'"
