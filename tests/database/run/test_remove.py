"""Delete takes the access away and nothing else: schemas, tables, owners and rows survive, and it can be given
again."""

import psycopg
import pytest

from tests.conftest import Database
from tests.database.engine import SAMPLE, allowed, converge, make_tables, remove, run


def test_delete_takes_all_access_and_keeps_all_data(database: Database) -> None:
    converge(database)
    make_tables(database)
    run(database, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    remove(database)
    query = (
        "SELECT rolname, rolcanlogin, pg_has_role(oid, 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname IN "
        "('lambda_writer', 'migrator') ORDER BY 1"
    )
    assert run(database, "rdsadmin", query) == [("lambda_writer", False, False), ("migrator", False, False)]
    assert run(
        database,
        "rdsadmin",
        "SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE a.grantee = 'lambda_writer'::regrole",
    ) == [(0,)]
    assert run(database, "rdsadmin", "SELECT name FROM foo.event") == [("x",)]
    assert run(database, "rdsadmin", "SELECT has_database_privilege('public', 'app', 'CONNECT')") == [(False,)]


def test_a_second_delete_does_nothing(database: Database) -> None:
    converge(database)
    remove(database)
    assert remove(database).changes == 0


def test_delete_of_what_was_never_there_makes_nothing(database: Database) -> None:
    assert remove(database).changes == 0
    assert run(database, "rdsadmin", "SELECT count(*) FROM pg_namespace WHERE nspname IN ('foo', 'bar', 'ops')") == [
        (0,)
    ]


def test_access_can_be_given_again_after_a_delete(database: Database) -> None:
    converge(database)
    make_tables(database)
    remove(database)
    converge(database)
    assert allowed(database, "lambda_writer", "INSERT INTO foo.event (name) VALUES ('x')")
    assert not allowed(database, "lambda_writer", "SELECT * FROM foo.event")


def test_delete_for_one_database_leaves_the_others_users_alone(database: Database) -> None:
    run(database, "master", "CREATE DATABASE second")
    document = SAMPLE.as_properties()
    document["databases"].append({"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]})
    document["users"][1]["grants"].append({"database": "second", "schemas": ["foo"], "access": "write_only"})
    both, second = SAMPLE.parse(document), Database(database.server, name="second")
    converge(database, both)
    converge(second, both)
    remove(database, both)
    query = (
        "SELECT rolname, rolcanlogin, pg_has_role(oid, 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname IN "
        "('lambda_writer', 'migrator') ORDER BY 1"
    )
    assert run(database, "rdsadmin", query) == [("lambda_writer", True, True), ("migrator", False, False)]
    assert run(second, "lambda_writer", "SELECT 1") == [(1,)]
    remove(second, both)
    assert run(database, "rdsadmin", query) == [("lambda_writer", False, False), ("migrator", False, False)]


@pytest.mark.parametrize(
    "obstacle",
    [
        "ALTER DEFAULT PRIVILEGES FOR ROLE alice GRANT SELECT ON TABLES TO lambda_writer",
        "CREATE TABLE z.t (); GRANT SELECT ON z.t TO lambda_writer",
        "GRANT pg_read_all_data TO lambda_writer",
    ],
)
def test_what_the_master_can_not_take_back_does_not_keep_a_login_alive(database: Database, obstacle: str) -> None:
    converge(database)
    run(database, "rdsadmin", "CREATE ROLE alice", "CREATE SCHEMA z AUTHORIZATION alice", *obstacle.split("; "))
    remove(database)
    query = (
        "SELECT rolcanlogin, pg_has_role('lambda_writer', 'rds_iam', 'MEMBER') FROM pg_roles WHERE rolname = "
        "'lambda_writer'"
    )
    assert run(database, "rdsadmin", query) == [(False, False)]


def test_a_user_that_holds_the_engines_lock_loses_its_access_all_the_same(database: Database) -> None:
    converge(database)
    with database.connect("lambda_writer") as held:
        held.execute("SELECT pg_advisory_lock(%s)", [0x6B65796C657373])
        assert remove(database).changes > 0
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
