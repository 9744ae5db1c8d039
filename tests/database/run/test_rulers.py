"""Who owns the database or schema `public` rules what no spec gives: taken back where a run can, otherwise named."""

import pytest

from db_access.errors import ApplyError
from db_access.postgresql import reconcile
from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, connect_as_master, converge, make_tables, run


@pytest.fixture
def ready(database: Database) -> Database:
    converge(database)
    make_tables(database)
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE stranger")
    return database


def prove(database: Database) -> reconcile.Evidence:
    return reconcile.prove(connect_as_master(database), SAMPLE, database.name)


def owner_of_public(database: Database) -> str:
    query = "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
    return str(run(database, "rdsadmin", query)[0][0])


@pytest.mark.parametrize("owner", ["app_owner", "lambda_writer", "migrator"])
def test_schema_public_is_taken_back_from_a_role_of_ours(ready: Database, owner: str) -> None:
    run(ready, "rdsadmin", f"ALTER SCHEMA public OWNER TO {owner}")
    assert not prove(ready).holds
    converge(ready)
    assert owner_of_public(ready) == "pg_database_owner"
    assert converge(ready).changes == 0
    assert prove(ready).holds


def test_schema_public_of_a_stranger_is_named_and_stops_nothing(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER SCHEMA public OWNER TO stranger", "REVOKE INSERT ON foo.event FROM lambda_writer")
    done = converge(ready)
    (named,) = [sentence for sentence in done.warnings if "schema public" in sentence and "'stranger'" in sentence]
    assert named.endswith('as a superuser run ALTER SCHEMA "public" OWNER TO "pg_database_owner"')
    assert named in prove(ready).left
    run(ready, "rdsadmin", named.rpartition(" run ")[2])
    assert converge(ready).changes == 0
    assert prove(ready).holds


@pytest.mark.parametrize("owner", ["app_owner", "lambda_writer", "migrator"])
def test_a_database_of_a_role_of_ours_is_named_and_stops_nothing(ready: Database, owner: str) -> None:
    other = "lambda_writer" if owner == "migrator" else "migrator"
    run(ready, "rdsadmin", f"ALTER DATABASE app OWNER TO {owner}", "GRANT CONNECT ON DATABASE app TO master")
    run(
        ready,
        "rdsadmin",
        f"REVOKE CONNECT ON DATABASE app FROM {other}",
        "REVOKE INSERT ON foo.event FROM lambda_writer",
    )
    done, found = converge(ready), prove(ready)
    assert allowed(ready, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    assert allowed(ready, other, "SELECT 1")
    assert converge(ready).changes == 0 and not found.holds
    (named,) = [sentence for sentence in found.left if f"database 'app' belongs to '{owner}'" in sentence]
    assert named in done.warnings
    run(ready, "rdsadmin", named.rpartition(" run ")[2])
    converge(ready)
    assert prove(ready).holds


def test_a_master_that_is_shut_out_is_told_at_once_what_to_run(ready: Database) -> None:
    run(ready, "rdsadmin", "ALTER DATABASE app OWNER TO stranger")
    for attempt in (converge, prove):
        with pytest.raises(ApplyError, match=r"permission denied for database.*ALTER DATABASE … OWNER TO the master"):
            attempt(ready)
    run(ready, "rdsadmin", "ALTER DATABASE app OWNER TO master")
    assert converge(ready).changes == 0
