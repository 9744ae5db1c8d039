"""Open sessions of who loses something end, and a second run waits for the first."""

import contextlib
import threading

import pymysql
import pytest
from pymysql.connections import Connection

from db_access.errors import LockHeldError
from db_access.mysql.locking import NAME
from db_access.mysql.reconcile import Timeouts, converge, prove
from tests.mysql.engine.doing import can, tables
from tests.mysql.engine.specs import evidence, grant, master, planned, run, spec, user
from tests.mysql.servers import Instance, rows
from tests.rehearsal.waiting import wait_until

READS = user("worker", grant("foo", access="read_only"))
STAYS = user("stays")
WRITES = user("worker", grant("foo", access="append_only"))
QUICK = Timeouts(transient=2, lock=0.2)


def lives(session: Connection) -> bool:
    try:
        return rows(session, "SELECT 1") == [(1,)]
    except pymysql.err.OperationalError:
        return False


@pytest.mark.parametrize(
    "then",
    [spec(WRITES, STAYS), spec(STAYS), spec({**READS, "enabled": False}, STAYS), spec(user("worker"), STAYS)],
    ids=["exchanged", "retired", "disabled", "rights taken"],
)
def test_a_session_ends_when_its_user_loses_something(instance: Instance, then: object) -> None:
    tables(instance)
    run(instance, spec(READS, STAYS))
    with instance.log_in("worker") as session, instance.log_in("stays") as other:
        run(instance, then)  # type: ignore[arg-type]
        assert not lives(session)
        assert lives(other)


def test_sessions_go_on_when_nothing_changes_for_them(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    with instance.log_in("worker") as session:
        run(instance, spec(READS, user("new", grant("bar", access="owner"))))
        assert lives(session)


def test_a_session_ends_with_a_right_that_somebody_had_planted(instance: Instance) -> None:
    """The role that it started with had it."""
    tables(instance)
    run(instance, spec(READS))
    with instance.superuser() as root:
        ((profile,),) = rows(root, "SELECT User FROM mysql.user WHERE User LIKE 'keyless~%'")
        rows(root, f"GRANT UPDATE ON foo.* TO `{profile}`")
    with instance.log_in("worker") as session:
        rows(session, "UPDATE foo.event SET v = 1")
        run(instance, spec(READS))
        assert not lives(session)


def test_sessions_of_a_name_that_is_another_but_for_case_go_on(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(WRITES))
    disabled = spec({**READS, "enabled": False})
    with instance.superuser() as root:
        rows(root, "CREATE USER `Worker` IDENTIFIED BY 'p'")
    with instance.server.log_in("Worker", "p") as other, instance.log_in("worker") as session:
        run(instance, disabled)
        assert (lives(session), lives(other)) == (False, True)
        assert evidence(instance, disabled).holds


def test_a_second_run_waits_and_says_for_whom(instance: Instance) -> None:
    with master(instance)() as first:
        rows(first, "SELECT GET_LOCK(%s, 0)", NAME)
        with pytest.raises(LockHeldError, match=f"session {first.thread_id()} of 'admin'"):
            converge(master(instance), spec(READS), timeouts=QUICK)
        assert lives(first)
    run(instance, spec(READS))


def test_who_squats_on_the_lock_keeps_no_access_by_it(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    with instance.log_in("worker") as squatter:
        rows(squatter, "SELECT GET_LOCK(%s, 0)", NAME)
        converge(master(instance), spec(WRITES), timeouts=QUICK)
        assert not lives(squatter)
    assert evidence(instance, spec(WRITES)).holds


class Squatting:
    """So many sessions of `worker` at a time that hold the lock or wait for it, each of which comes back when it is
    ended."""

    def __init__(self, instance: Instance, many: int) -> None:
        self._instance, self._over = instance, threading.Event()
        self._threads = [threading.Thread(target=self._squat) for _ in range(many)]

    def _squat(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(pymysql.err.MySQLError, OSError), self._instance.log_in("worker") as session:
                rows(session, "SELECT GET_LOCK(%s, 60)", NAME)
                rows(session, "SELECT SLEEP(60)")

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()
        wait_until(self._holds, seconds=30)

    def _holds(self) -> bool:
        with self._instance.superuser() as root:
            return rows(root, "SELECT IS_USED_LOCK(%s)", NAME) != [(None,)]

    def __exit__(self, *_: object) -> None:
        self._over.set()
        wait_until(self._ended, seconds=60)

    def _ended(self) -> bool:
        with self._instance.superuser() as root, contextlib.suppress(pymysql.err.MySQLError):
            for (number,) in rows(root, "SELECT id FROM information_schema.processlist WHERE user = 'worker'"):
                rows(root, "KILL %s", number)
        return not any(thread.is_alive() for thread in self._threads)


def test_many_who_come_back_to_squat_are_locked_out_all_the_same(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS, STAYS))
    with Squatting(instance, 20):
        converge(master(instance), spec({**READS, "enabled": False}, STAYS), timeouts=Timeouts(transient=30, lock=30))
        assert can(instance, "worker") is None


def test_a_look_does_without_the_lock_that_somebody_squats_on_and_says_whose_session_it_is(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    with instance.superuser() as root:
        rows(root, "GRANT UPDATE ON bar.* TO worker@'%'")
    with instance.log_in("worker") as squatter:
        rows(squatter, "SELECT GET_LOCK(%s, 0)", NAME)
        found, plan = evidence(instance, spec(READS)), planned(instance, spec(READS))
        assert lives(squatter)
    assert found.violations and plan.plan
    for told in (found.warnings, plan.warnings):
        assert [line for line in told if f"session {squatter.thread_id()} of 'worker' holds the engine's lock" in line]


def test_a_look_waits_for_a_run(instance: Instance) -> None:
    run(instance, spec(READS))
    with master(instance)() as first:
        rows(first, "SELECT GET_LOCK(%s, 0)", NAME)
        with pytest.raises(LockHeldError, match=f"session {first.thread_id()} of 'admin'"):
            prove(master(instance), spec(READS), timeouts=QUICK)


def test_a_look_writes_nothing_and_ends_nothing(instance: Instance) -> None:
    tables(instance)
    run(instance, spec(READS))
    with instance.log_in("worker") as session:
        assert planned(instance, spec(WRITES)).plan
        assert not evidence(instance, spec(WRITES)).holds
        assert lives(session)
    assert can(instance, "worker") == frozenset({("SELECT", "foo.event"), ("key", "foo.event")})


def test_a_run_takes_a_fixed_number_of_round_trips(instance: Instance) -> None:
    """Whatever the number of users and schemas."""

    def trips(users: int) -> int:
        sent: list[str] = []

        def connect() -> Connection:
            connection = master(instance)()
            real = connection.query

            def query(statement: str, unbuffered: bool = False) -> object:
                sent.append(statement)
                return real(statement, unbuffered)

            connection.query = query
            return connection

        names = [f"s{number}" for number in range(users)]
        wanted = spec(*(user(f"u{name}", grant(name, access="read_write")) for name in names), schemas=tuple(names))
        converge(connect, wanted)
        return len(sent)

    assert trips(2) == trips(40)
