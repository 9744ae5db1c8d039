"""Nobody gets code of theirs run by the master: whatever they make is found by no name that the engine uses."""

from typing import Any

import pytest

from tests.conftest import MASTER, Database
from tests.database.engine import converge, fingerprint, run, spec, with_user

ROGUE = "rogue"


@pytest.fixture
def rogue(database: Database) -> Database:
    """A managed user that may create schemas, and one whose retirement will have its sessions ended."""
    rights: dict[str, Any] = {"privileges": ["CONNECT", "CREATE"], "databases": ["app"]}
    converge(database, spec(users=[{"username": ROGUE, **rights}, {"username": "leaver", "databases": ["app"]}]))
    run(
        database,
        "rdsadmin",
        "CREATE SCHEMA caught",
        "CREATE TABLE caught.master (who text)",
        "GRANT USAGE ON SCHEMA caught TO PUBLIC",
        "GRANT INSERT ON caught.master TO PUBLIC",
    )
    return database


CATCH = "INSERT INTO caught.master VALUES (current_user)"


def operator(schema: str) -> tuple[str, ...]:
    """An exact match for `usesysid = ANY(smallint[])`, which pg_catalog doesn't have."""
    return (
        f"CREATE FUNCTION {schema}.same(oid, int2) RETURNS boolean LANGUAGE sql AS '{CATCH}; SELECT false'",
        f"CREATE OPERATOR {schema}.= (LEFTARG = oid, RIGHTARG = int2, FUNCTION = {schema}.same)",
    )


def set_config(schema: str) -> tuple[str, ...]:
    return (
        f"CREATE FUNCTION {schema}.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS '{CATCH}; SELECT $2'",
        f"CREATE FUNCTION {schema}.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS '{CATCH}; SELECT $1[1]'",
    )


@pytest.mark.parametrize("trap", [operator, set_config])
@pytest.mark.parametrize("path", ["$user", "the database's setting", "the master's setting"])
def test_nothing_that_a_user_makes_runs_as_the_master(rogue: Database, trap: Any, path: str) -> None:
    schema = MASTER if path == "$user" else "evil"
    run(rogue, ROGUE, f"CREATE SCHEMA {schema}", f"GRANT USAGE ON SCHEMA {schema} TO PUBLIC", *trap(schema))
    if path != "$user":
        who = "DATABASE app" if path.startswith("the database") else f"ROLE {MASTER}"
        run(rogue, "rdsadmin", f"ALTER {who} SET search_path = {schema}, pg_catalog")
    with rogue.connect("leaver"):
        converge(rogue, spec(users=[{"username": ROGUE, "databases": ["app"]}]))
    assert run(rogue, "rdsadmin", "SELECT who FROM caught.master") == []


def test_settings_of_database_and_role_change_nothing(database: Database) -> None:
    wanted = with_user(username="report", databases=["app"], description="it's \\ here")
    converge(database, wanted)
    with database.superuser() as connection:
        before = fingerprint(connection)
        for name, value in {
            "datestyle": "SQL, DMY",
            "quote_all_identifiers": "on",
            "default_transaction_read_only": "on",
        }.items():
            for who in ("DATABASE app", f"ROLE {MASTER}"):
                connection.execute(f"ALTER {who} SET {name} = '{value}'".encode())
    assert converge(database, wanted).changes == 0
    with database.superuser() as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(f"ALTER ROLE {MASTER} RESET ALL".encode())
        connection.execute("ALTER DATABASE app RESET ALL")
    with database.superuser() as connection:
        assert fingerprint(connection) == before
