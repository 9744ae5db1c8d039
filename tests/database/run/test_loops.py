"""Who changes something over and over while runs go on makes none fail, and is gone with the run that takes its access."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest

from db_access.postgresql.reconcile import Timeouts
from tests.conftest import Database
from tests.database.engine import SAMPLE, converge, make_tables, run, spec, with_user

MAKES = [{"database": "app", "schemas": ["foo"], "access": "read_only", "schema_privileges": ["USAGE", "CREATE"]}]
MAKER = with_user(username="maker", privileges=["CONNECT", "CREATE"], grants=MAKES)
LOOPS = {
    "a grant, given and taken": (
        "migrator",
        ["GRANT TRUNCATE ON foo.event TO lambda_writer", "REVOKE TRUNCATE ON foo.event FROM lambda_writer"],
    ),
    "a grant, taken and given": (
        "migrator",
        ["REVOKE INSERT ON foo.event FROM lambda_writer", "GRANT INSERT ON foo.event TO lambda_writer"],
    ),
    "objects, made and dropped": (
        "maker",
        [
            "CREATE TABLE foo.t (id serial)",
            "CREATE FUNCTION foo.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP TABLE foo.t",
            "DROP FUNCTION foo.f()",
        ],
    ),
    "a schema, renamed and back": (
        "migrator",
        ["ALTER SCHEMA foo RENAME TO elsewhere", "ALTER SCHEMA elsewhere RENAME TO foo"],
    ),
    "default privileges": (
        "migrator",
        [
            "ALTER DEFAULT PRIVILEGES IN SCHEMA foo GRANT ALL ON TABLES TO PUBLIC",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA foo REVOKE ALL ON TABLES FROM PUBLIC",
        ],
    ),
    "a lock, and a grant under it": (
        "migrator",
        ["BEGIN; LOCK TABLE foo.event; GRANT TRUNCATE ON foo.event TO PUBLIC; SELECT pg_sleep(0.5); COMMIT"],
    ),
    "grants in the other order": (
        "migrator",
        [
            "BEGIN; GRANT TRUNCATE ON foo.zz TO lambda_writer; SELECT pg_sleep(0.7); "
            "GRANT TRUNCATE ON foo.aa TO lambda_writer; COMMIT"
        ],
    ),
    "a look at what changes hands in the other order": (
        "lambda_writer",
        [
            "BEGIN; LOCK TABLE foo.my2 IN ACCESS SHARE MODE; SELECT pg_sleep(0.7); LOCK TABLE foo.my1 IN ACCESS SHARE MODE"
        ],
    ),
    "the same by a stranger": (
        "outsider",
        [
            "BEGIN; LOCK TABLE foo.my2 IN ACCESS SHARE MODE; SELECT pg_sleep(0.7); LOCK TABLE foo.my1 IN ACCESS SHARE MODE"
        ],
    ),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_makes_no_run_fail(database: Database, loop: str) -> None:
    user, statements = LOOPS[loop]
    converge(database, MAKER)
    make_tables(database)
    run(database, "migrator", "CREATE TABLE foo.aa ()", "CREATE TABLE foo.zz ()")
    converge(database, MAKER)
    run(database, "maker", *(f"CREATE TABLE foo.my{n} (); GRANT ALL ON foo.my{n} TO PUBLIC" for n in (1, 2)))
    run(database, "rdsadmin", "CREATE ROLE outsider LOGIN", "GRANT CONNECT ON DATABASE app TO outsider")
    run(database, "rdsadmin", "GRANT USAGE ON SCHEMA foo TO outsider")
    without = spec(users=[each for each in MAKER.as_properties()["users"] if each["username"] != user])
    with looping(database, user, statements), looping(database, user, statements):
        for wanted in (with_user(username="u"), MAKER, SAMPLE, MAKER, without):
            converge(database, wanted, timeouts=Timeouts(lock=2))
    left = converge(database, without).changes
    assert left == 0 or user == "outsider"  # whose lock kept something where it was


@contextmanager
def looping(database: Database, user: str, statements: list[str]) -> Iterator[None]:
    over, begun = Event(), Event()

    def loop() -> None:
        while not over.wait(0.001):
            with contextlib.suppress(psycopg.Error), database.connect(user) as connection:
                while not over.is_set():
                    for statement in statements:
                        with contextlib.suppress(psycopg.errors.DatabaseError):
                            connection.execute(statement.encode())
                    begun.set()
                    if connection.closed:
                        break

    session = Thread(target=loop)
    session.start()
    try:
        assert begun.wait(20)
        yield
    finally:
        over.set()
        session.join()
