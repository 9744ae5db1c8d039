"""A retired role that holds what only others can take is not dropped: a run says what is in the way, and succeeds."""

from typing import Final

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, run

USERS = SAMPLE.as_properties()["users"]
GONE: Final = "leaver"
WITH = AccessSpec.parse({**SAMPLE.as_properties(), "users": [*USERS, {"username": GONE, "databases": ["app"]}]})
WITHOUT = AccessSpec.parse({**SAMPLE.as_properties(), "retired": [{"username": GONE, "drop": True}]})
HELD = {
    "a schema": ["CREATE SCHEMA other", "GRANT USAGE ON SCHEMA other TO leaver"],
    "a table": ["CREATE SCHEMA other", "CREATE TABLE other.t (id int)", "GRANT SELECT ON other.t TO leaver"],
    "a table in a declared schema": ["CREATE TABLE foo.t (id int)", "GRANT SELECT ON foo.t TO leaver"],
    "a column": ["CREATE TABLE foo.t (id int)", "GRANT SELECT (id) ON foo.t TO leaver"],
    "a sequence": ["CREATE SEQUENCE foo.s", "GRANT USAGE ON foo.s TO leaver"],
    "a function": [
        "CREATE FUNCTION foo.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT EXECUTE ON FUNCTION foo.f() TO leaver",
    ],
    "a type": ["CREATE TYPE foo.mood AS ENUM ('sad')", "GRANT USAGE ON TYPE foo.mood TO leaver"],
    "default privileges": ["ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO leaver"],
    "default privileges in a schema": ["ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT SELECT ON TABLES TO leaver"],
    "default privileges in another schema": [
        "CREATE SCHEMA other",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA other GRANT SELECT ON TABLES TO leaver",
    ],
    "what a stranger passed on": [
        "CREATE ROLE stranger",
        "GRANT USAGE ON SCHEMA foo TO stranger WITH GRANT OPTION",
        "SET ROLE stranger",
        "GRANT USAGE ON SCHEMA foo TO leaver",
    ],
    "a large object": ["SELECT lo_create(77777)", "GRANT SELECT ON LARGE OBJECT 77777 TO leaver"],
    "a parameter": ["GRANT SET ON PARAMETER log_statement TO leaver"],
    "a foreign server": [
        "CREATE FOREIGN DATA WRAPPER w",
        "CREATE SERVER s FOREIGN DATA WRAPPER w",
        "GRANT USAGE ON FOREIGN SERVER s TO leaver",
    ],
    "a user mapping": [
        "CREATE FOREIGN DATA WRAPPER w",
        "CREATE SERVER s FOREIGN DATA WRAPPER w",
        "CREATE USER MAPPING FOR leaver SERVER s",
    ],
    "a language": ["GRANT USAGE ON LANGUAGE plpgsql TO leaver"],
    "a policy": ["CREATE TABLE foo.t (id int)", "CREATE POLICY p ON foo.t TO leaver"],
}


@pytest.mark.parametrize("name", HELD)
def test_a_run_succeeds_says_what_is_in_the_way_and_drops_the_role_once_it_has_gone(
    name: str, database: Database
) -> None:
    converge(database, WITH)
    run(database, "rdsadmin", "; ".join(HELD[name]))
    done = converge(database, WITHOUT)
    assert done.kept == (GONE,)
    assert any("retired role 'leaver' is not dropped" in warning for warning in done.warnings)
    assert run(database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'") == [(False,)]
    assert converge(database, WITHOUT).changes == 0
    run(database, "rdsadmin", "DROP OWNED BY leaver")
    if name == "what a stranger passed on":
        run(database, "rdsadmin", "SET ROLE stranger; REVOKE USAGE ON SCHEMA foo FROM leaver")
    assert converge(database, WITHOUT).changes == 1
    assert run(database, "rdsadmin", "SELECT FROM pg_roles WHERE rolname = 'leaver'") == []
