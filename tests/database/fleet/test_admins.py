"""Who may change what others may do: found by whatever way they may, and nobody else."""

from typing import Any

import pytest

from keyless.fleet.admins import admins
from tests.conftest import Database
from tests.database.engine import run

ALWAYS = {"master", "rdsadmin"}


def found(database: Database) -> set[str]:
    with database.superuser() as connection:
        return set(admins(connection))


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE ROLE one LOGIN SUPERUSER"],
        ["CREATE ROLE one LOGIN CREATEROLE"],
        ["CREATE ROLE one LOGIN", "GRANT rds_superuser TO one"],
        ["CREATE ROLE team NOLOGIN CREATEROLE", "CREATE ROLE one LOGIN NOINHERIT", "GRANT team TO one"],
        ["CREATE ROLE team", "GRANT rds_superuser TO team", "CREATE ROLE one LOGIN", "GRANT team TO one"],
    ],
    ids=["superuser", "CREATEROLE", "rds_superuser", "by SET ROLE", "by a chain"],
)
def test_an_administrator_is_found(database: Database, statements: list[str]) -> None:
    run(database, "rdsadmin", *statements)
    assert found(database) - ALWAYS == {"one"}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE one LOGIN CREATEDB REPLICATION",
        "CREATE ROLE one NOLOGIN CREATEROLE",
        "CREATE ROLE one LOGIN IN ROLE pg_monitor",
    ],
    ids=["other attributes", "nobody who logs in", "another role's member"],
)
def test_nobody_else_is(database: Database, statement: str) -> None:
    run(database, "rdsadmin", statement)
    assert found(database) == ALWAYS


def test_an_operator_of_somebody_elses_hides_nobody(database: Database) -> None:
    """Asked as a user whose search path is the database owner's to set."""
    run(
        database,
        "rdsadmin",
        "CREATE ROLE one LOGIN SUPERUSER",
        "CREATE SCHEMA trap",
        "CREATE FUNCTION trap.never(name, name) RETURNS bool LANGUAGE sql AS 'SELECT false'",
        "CREATE OPERATOR trap.= (LEFTARG = name, RIGHTARG = name, FUNCTION = trap.never)",
        "CREATE VIEW trap.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE false",
        "GRANT USAGE ON SCHEMA trap TO PUBLIC",
        "ALTER DATABASE app SET search_path = trap, pg_catalog",
    )
    assert found(database) - ALWAYS == {"one"}


def test_many_are_counted(database: Database) -> None:
    run(database, "rdsadmin", *(f"CREATE ROLE many_{number} LOGIN CREATEROLE" for number in range(60)))
    with database.superuser() as connection:
        names: tuple[Any, ...] = admins(connection)
    assert len(names) == 51 and names[-1] == "and 12 more"
