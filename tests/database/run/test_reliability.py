"""One transaction under a lock: concurrent runs, held locks, kills and refusals change everything or nothing."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from db_access.errors import ApplyError, LockHeldError
from db_access.postgresql import apply, reconcile
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, connect_as_master, converge, fingerprint, make_tables, run

IMPATIENT = Timeouts(transient=1, lock=1)


def test_concurrent_runs_all_succeed_and_agree(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        summaries = [future.result() for future in [pool.submit(converge, database) for _ in range(16)]]
    assert sum(summary.changes > 0 for summary in summaries) == 1
    assert converge(database).changes == 0


def test_concurrent_runs_against_two_databases_of_one_cluster_succeed(database: Database) -> None:
    """The lock is the database's, the roles are the cluster's: the second run meets the first one's rows and tries
    again."""
    run(database, "master", "CREATE DATABASE second")
    document = SAMPLE.as_properties()
    document["databases"].append({"name": "second", "schemas": [{"name": "foo", "owner": "app_owner"}]})
    wanted, second = SAMPLE.parse(document), Database(database.server, name="second")
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(converge, target, wanted) for _ in range(6) for target in (database, second)]:
            future.result()
    assert (converge(database, wanted).changes, converge(second, wanted).changes) == (0, 0)


def test_a_held_lock_fails_in_bounded_time_with_the_cause_and_changes_nothing(database: Database) -> None:
    with psycopg.connect(database.master_conninfo) as other, database.superuser() as connection:
        apply.lock(other, 1)
        before = fingerprint(connection)
        with pytest.raises(LockHeldError, match=r"another session holds a lock in database 'app'"):
            converge(database, timeouts=IMPATIENT)
        assert fingerprint(connection) == before
    assert converge(database).changes > 0


def test_an_object_locked_by_somebody_else_fails_in_bounded_time(database: Database) -> None:
    converge(database)
    make_tables(database)
    with psycopg.connect(database.conninfo("migrator")) as other:
        other.execute("GRANT SELECT ON foo.event TO PUBLIC")  # uncommitted: the same catalog row
        run(database, "migrator", "REVOKE INSERT ON bar.audit FROM lambda_writer")
        run(
            database,
            "rdsadmin",
            "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA foo GRANT SELECT ON TABLES TO lambda_writer",
        )
        converge(database)  # meets nothing that the other one holds
        run(database, "migrator", "GRANT SELECT ON bar.audit TO lambda_writer")
        with database.superuser() as third, third.transaction():
            third.execute("GRANT UPDATE ON bar.audit TO PUBLIC")
            with pytest.raises(LockHeldError):
                converge(database, timeouts=IMPATIENT)


def test_a_session_killed_in_the_middle_leaves_nothing_and_the_run_tries_again(database: Database) -> None:
    killed: list[int] = []

    def connect() -> "psycopg.Connection[tuple[object, ...]]":
        connection = psycopg.connect(database.master_conninfo)
        if not killed:
            killed.append(connection.info.backend_pid)
            run(database, "rdsadmin", f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        return connection

    assert reconcile.converge(connect, SAMPLE, "app").changes > 0
    assert killed
    assert converge(database).changes == 0


def test_a_server_that_stays_away_fails_within_the_budget(database: Database) -> None:
    def connect() -> "psycopg.Connection[tuple[object, ...]]":
        connection = psycopg.connect(database.master_conninfo)
        run(database, "rdsadmin", f"SELECT pg_terminate_backend({connection.info.backend_pid})")
        return connection

    with pytest.raises(ApplyError, match="nothing was changed"):
        reconcile.converge(connect, SAMPLE, "app", timeouts=IMPATIENT)


def test_a_refused_statement_rolls_everything_back_and_shows_postgresqls_words(database: Database) -> None:
    converge(database)
    run(
        database,
        "rdsadmin",
        "REVOKE USAGE ON SCHEMA foo FROM lambda_writer",
        "CREATE FUNCTION public.no() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE insufficient_privilege USING MESSAGE = 'not on Saturdays'; END$$",
        "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION public.no()",
    )
    with database.superuser() as connection:
        before = fingerprint(connection)
        with pytest.raises(ApplyError, match=r"rolled back: not on Saturdays.*\(42501\)"):
            converge(database)
        assert fingerprint(connection) == before


def test_the_engines_session_ignores_what_others_put_on_the_search_path(database: Database) -> None:
    run(
        database,
        "master",
        "CREATE FUNCTION public.pg_get_userbyid(oid) RETURNS name LANGUAGE sql AS $$SELECT 'rdsadmin'::name$$",
    )
    run(database, "rdsadmin", "ALTER ROLE master SET search_path = public, pg_catalog")
    converge(database)
    assert converge(database).changes == 0


def test_every_connection_is_closed(database: Database) -> None:
    opened: list[psycopg.Connection[tuple[object, ...]]] = []

    def connect() -> "psycopg.Connection[tuple[object, ...]]":
        opened.append(connect_as_master(database)())
        return opened[-1]

    reconcile.converge(connect, SAMPLE, "app")
    assert [connection.closed for connection in opened] == [True]
