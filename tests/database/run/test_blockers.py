"""What stands in the way of ending logins and sessions holds up no other, and no run for longer than its time to wait."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from db_access.errors import LockHeldError, PlanError, UnreachableError
from db_access.postgresql import reconcile
from db_access.postgresql.reconcile import Timeouts
from tests.conftest import MASTER, Database
from tests.database.engine import SAMPLE, converge, run, spec

IMPATIENT = Timeouts(lock=2)
LEAVERS = ("first", "second", "third", "zoe")


def test_a_leaver_that_something_else_keeps_holds_up_no_other(database: Database) -> None:
    """What keeps the first three goes only when the last one's login has ended; and nothing after the logins works."""
    leaving: list[dict[str, Any]] = [{"username": name, "grants": []} for name in LEAVERS]
    converge(database, spec(users=[*SAMPLE.as_properties()["users"], *leaving]))
    run(database, "rdsadmin", "ALTER ROLE migrator BYPASSRLS")
    with database.superuser() as other:
        other.execute("BEGIN")
        for name in LEAVERS[:-1]:
            other.execute(f"ALTER ROLE {name} CONNECTION LIMIT 3".encode())
        release = threading.Thread(target=_once_ended, args=(database, LEAVERS[-1], lambda: other.execute("ROLLBACK")))
        release.start()
        with pytest.raises(PlanError, match=r"Ended all the same.*'first', 'second', 'third', 'zoe'"):
            converge(database, timeouts=Timeouts(lock=10))
        release.join()
    ended = "SELECT count(*) FROM pg_roles WHERE rolname = ANY('{first,second,third,zoe}') AND NOT rolcanlogin"
    assert run(database, "rdsadmin", ended) == [(len(LEAVERS),)]


def _once_ended(database: Database, role: str, then: Callable[[], object]) -> None:
    with database.superuser() as looking:
        while looking.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [role]).fetchone() == (True,):
            threading.Event().wait(0.05)
    then()


def refuses() -> Connection[Any]:
    raise psycopg.OperationalError("too many clients already")


def gives_up() -> Connection[Any]:
    raise UnreachableError("gave up after 60 seconds")


class Hangs:
    """Opens no connection until it is told to end."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def __call__(self) -> Connection[Any]:
        self.over.wait()
        raise psycopg.OperationalError("was never let in")


@pytest.mark.parametrize("further", [refuses, gives_up, Hangs()])
def test_a_run_whose_watch_over_locks_cannot_connect_ends_with_the_lock(
    database: Database, caplog: pytest.LogCaptureFixture, further: Callable[[], Connection[Any]]
) -> None:
    """One connection is the run's own; each further one fails, as where all slots are taken."""
    converge(database)
    less = [{**user, "grants": user["grants"][:1], "connection_limit": 3} for user in SAMPLE.as_properties()["users"]]
    there = iter([True])

    def connect() -> Connection[Any]:
        return psycopg.connect(database.conninfo(MASTER)) if next(there, False) else further()

    with database.connect("lambda_writer") as session, caplog.at_level(logging.WARNING):
        session.execute("BEGIN; ALTER ROLE lambda_writer PASSWORD 'x'")
        with pytest.raises(LockHeldError):
            reconcile.converge(connect, spec(users=less), database.name, timeouts=IMPATIENT)
    if isinstance(further, Hangs):
        further.over.set()
    else:
        assert "sessions of managed roles that keep a lock can't be ended: " in caplog.text
