"""A run that is broken off at any round trip: nothing half done is visible before or after, and the next run
converges."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db_access.errors import ApplyError
from db_access.postgresql.reconcile import Timeouts
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import DATABASE, MASTER, Database
from tests.database.engine import converge
from tests.reliability.faults import THERE, Journey, count_round_trips, go_there, wired

ROOT = Path(__file__).parents[2]


@pytest.fixture
def journey(database: Database) -> Journey:
    return Journey(database)


def test_nobody_sees_a_run_half_done(journey: Journey) -> None:
    seen: list[str] = []

    def look(number: int) -> None:
        seen.append(journey.where())

    with wired(journey.database, asked=look, answered=look) as wire:
        assert go_there(wire).changes > 0
    assert list(dict.fromkeys(seen)) == ["here", "login ended", "there"]
    assert journey.look() == journey.there


@pytest.mark.parametrize("when", ["asked", "answered"])
def test_a_session_ended_at_any_round_trip_leaves_all_or_nothing_and_the_next_run_converges(
    journey: Journey, when: str
) -> None:
    last = count_round_trips(journey)
    reached: list[str] = []
    for doomed in range(1, last + 1):
        with wired(
            journey.database, **{when: lambda number, doomed=doomed: journey.terminate() if number == doomed else None}
        ) as wire:
            try:
                go_there(wire)
            except ApplyError:
                reached.append(journey.where())
        converge(journey.database, THERE)
        assert journey.look() == journey.there, f"after round trip {doomed}"
        journey.back()
    assert set(reached) <= {"here", "login ended", "there"}
    assert len(reached) - reached.count("there") >= 4  # or nothing was broken off


def test_a_client_killed_at_any_round_trip_leaves_all_or_nothing_and_the_next_run_converges(journey: Journey) -> None:
    last = count_round_trips(journey)
    statuses: list[int] = []
    for doomed in range(1, last + 1):
        clients: list[subprocess.Popen[bytes]] = []
        with wired(
            journey.database,
            asked=lambda number, doomed=doomed, clients=clients: clients[0].kill() if number == doomed else None,
        ) as wire:
            clients.append(_sync(wire.port))
            statuses.append(clients[0].wait(60))
        assert journey.where() in ("here", "login ended", "there"), f"after round trip {doomed}"
        converge(journey.database, THERE)
        assert journey.look() == journey.there, f"after round trip {doomed}"
        journey.back()
    assert set(statuses[:-1]) == {-signal.SIGKILL}  # the last one only says goodbye


def _sync(port: int) -> "subprocess.Popen[bytes]":
    roots = os.pathsep.join(str(ROOT / part) for part in (".", "bootstrap_lambda", "client"))
    settings = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": MASTER,
        "PGSSLMODE": "disable",
        "PYTHONPATH": roots,
    }
    script = (
        "import psycopg; from db_access.postgresql import reconcile; from tests.reliability.faults import ONCE, THERE;"
        "reconcile.converge(lambda: psycopg.connect(dbname='app'), THERE, 'app', timeouts=ONCE)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, **settings}, cwd=ROOT, stderr=subprocess.DEVNULL
    )


@pytest.fixture
def fragile() -> Iterator[Journey]:
    """On a server of its own, which the test may crash."""
    with Postgres() as server:
        with server.connect() as connection:
            connection.execute(
                "ALTER SYSTEM SET synchronous_commit = on"
            )  # or a crash may lose what was committed just before
            connection.execute("SELECT pg_reload_conf()")
        server.create_master(MASTER, iam=True, password=None, database=DATABASE)
        yield Journey(Database(server))


def test_a_server_that_crashes_and_restarts_at_any_round_trip_delays_the_run_and_no_more(fragile: Journey) -> None:
    for doomed in range(1, count_round_trips(fragile) + 1):
        crashes: list[int] = []

        def crash(number: int, doomed: int = doomed, crashes: list[int] = crashes) -> None:
            if number == doomed and not crashes:
                crashes.append(number)
                _crash(fragile)

        with wired(fragile.database, asked=crash) as wire:
            go_there(wire, Timeouts(transient=30, lock=30))
        assert crashes
        _await(fragile)
        assert fragile.look() == fragile.there, f"after round trip {doomed}"
        assert converge(fragile.database, THERE).changes == 0
        fragile.back()


def _crash(journey: Journey) -> None:
    """Kill one session's process: the server ends all others, recovers from its log, and starts again."""
    with journey.database.superuser() as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
        with connection.cursor() as cursor, pytest.raises(Exception, match=r"closed|terminat"):
            cursor.execute("SELECT pg_sleep(10)")


def _await(journey: Journey) -> None:
    """The crash on the last round trip, the goodbye, delays nobody: the run is over before the server is back."""
    deadline = time.monotonic() + 30
    while True:
        try:
            journey.look()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "the server did not come back"
        time.sleep(0.05)
