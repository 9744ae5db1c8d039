"""run() does a whole transaction again where nothing of it can have happened, and never where it may have."""

import time
from collections.abc import Callable, Iterator
from typing import LiteralString

import psycopg
import pytest
from psycopg.errors import InFailedSqlTransaction, ReadOnlySqlTransaction, SerializationFailure, UniqueViolation
from psycopg.sql import SQL, Literal

from keyless_client import ConnectError, InDoubtError, Login, connect, events, run, transaction
from keyless_client.session import Session
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.relay import Relay

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def table(endpoint: Endpoint) -> Iterator[None]:
    endpoint.create(WRITER)
    with endpoint.proxy.superuser.transaction():
        endpoint.proxy.superuser.execute("CREATE TABLE public.written (id int PRIMARY KEY)")
        endpoint.proxy.superuser.execute("GRANT ALL ON public.written TO PUBLIC")
    yield
    client_endpoint.end_invocations()
    with endpoint.proxy.superuser.transaction():
        endpoint.proxy.superuser.execute("DROP TABLE public.written")
        endpoint.proxy.superuser.execute("DROP FUNCTION IF EXISTS public.late")


def write(connection: psycopg.Connection, id: int = 1) -> None:
    connection.execute("INSERT INTO public.written VALUES (%s)", [id])


def written(endpoint: Endpoint) -> list[int]:
    return [id for (id,) in endpoint.proxy.superuser.execute("SELECT id FROM public.written ORDER BY id")]


class Work:
    """Writes one row, and has `trouble` in its first attempts."""

    def __init__(self, trouble: Callable[[Session], object], times: int = 1) -> None:
        self.trouble, self.times, self.attempts = trouble, times, 0

    def __call__(self, connection: Session) -> int:
        self.attempts += 1
        write(connection)
        if self.attempts <= self.times:
            self.trouble(connection)
        return self.attempts


def raises(sqlstate: str) -> Callable[[Session], object]:
    text = SQL("DO $$ BEGIN RAISE SQLSTATE {}; END $$").format(Literal(sqlstate))
    return lambda connection: connection.execute(text)


def at_commit(endpoint: Endpoint, body: str) -> None:
    """`body` runs within the next COMMITs."""
    database = endpoint.proxy.superuser
    database.execute(
        f"CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$".encode()
    )
    database.execute(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.written DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION public.late()"
    )


def test_what_works_is_committed_and_returned(endpoint: Endpoint) -> None:
    work = Work(lambda _: None)
    assert run(work) == 1
    assert written(endpoint) == [1]


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_what_the_server_has_undone_is_done_again(endpoint: Endpoint, sqlstate: str) -> None:
    assert run(Work(raises(sqlstate), times=2)) == 3
    assert written(endpoint) == [1]


def test_a_commit_that_the_server_refuses_is_done_again(endpoint: Endpoint) -> None:
    at_commit(endpoint, "RAISE SQLSTATE '40001';")
    work = Work(lambda _: None)

    def second(connection: Session) -> int:
        if work.attempts:
            endpoint.proxy.superuser.execute("DROP TRIGGER late ON public.written")
        return work(connection)

    assert run(second) == 2
    assert written(endpoint) == [1]


def test_a_connection_that_ended_before_commit_is_replaced(endpoint: Endpoint) -> None:
    def end(connection: Session) -> None:
        endpoint.end(connection.info.backend_pid)
        connection.execute("SELECT 1")

    assert run(Work(end, times=2)) == 3
    assert written(endpoint) == [1]


def test_also_where_the_work_swallows_its_error_or_asks_connect(endpoint: Endpoint) -> None:
    def swallow(connection: Session) -> None:
        endpoint.end(connection.info.backend_pid)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")

    def ask(connection: Session) -> None:
        endpoint.end(connection.info.backend_pid)
        connect()

    assert run(Work(swallow)) == 2
    endpoint.proxy.superuser.execute("TRUNCATE public.written")
    assert run(Work(ask)) == 2
    assert written(endpoint) == [1]


def test_a_former_writer_is_left(endpoint: Endpoint) -> None:
    endpoint.proxy.superuser.execute("ALTER ROLE lambda_writer SET default_transaction_read_only = on")
    attempts = []

    def work(connection: Session) -> None:
        attempts.append(connection.info.backend_pid)
        endpoint.proxy.superuser.execute("ALTER ROLE lambda_writer RESET default_transaction_read_only")
        write(connection)

    run(work)
    assert len({*attempts}) == 2
    assert written(endpoint) == [1]


def test_a_reader_is_what_it_is(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_READER_HOST", client_endpoint.HOST)
    endpoint.proxy.superuser.execute("ALTER ROLE lambda_writer SET default_transaction_read_only = on")
    for given in ({"reader": True}, {"login": Login.from_environment(reader=True)}):
        work = Work(lambda _: None)
        with pytest.raises(ReadOnlySqlTransaction):
            run(work, **given)
        assert work.attempts == 1


@pytest.mark.parametrize("lost", [True, False], ids=["the answer is lost", "the server ends"])
def test_a_commit_in_doubt_is_not_done_again(endpoint: Endpoint, lost: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    relay = Relay(endpoint.proxy.server.address, endpoint.port)
    monkeypatch.setenv("PGHOSTADDR", relay.address)
    if not lost:
        at_commit(endpoint, "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5);")
    work = Work(lambda _: relay.lose_the_next_answer() if lost else None)
    try:
        with pytest.raises(InDoubtError, match="it may be committed or not; look for what it writes, by a key"):
            run(work)
        assert work.attempts == 1
        deadline = time.monotonic() + 20
        while lost and written(endpoint) != [1]:
            assert time.monotonic() < deadline, "it was committed"
        assert written(endpoint) == ([1] if lost else [])
    finally:
        relay.close()


def _unique(connection: Session) -> None:
    write(connection)


def _own(connection: Session) -> None:
    raise ValueError


@pytest.mark.parametrize(("trouble", "error"), [(_unique, UniqueViolation), (_own, ValueError)])
def test_what_would_fail_again_is_not_done_again(
    endpoint: Endpoint, trouble: Callable[[Session], object], error: type[Exception]
) -> None:
    work = Work(trouble)
    with pytest.raises(error):
        run(work)
    assert work.attempts == 1
    assert written(endpoint) == []


def test_the_deadline_ends_it_with_the_last_error(endpoint: Endpoint) -> None:
    work = Work(raises("40001"), times=1_000_000)
    with pytest.raises(SerializationFailure):
        run(work, deadline=2)
    assert 1 < work.attempts < 1_000_000


def test_a_database_that_is_not_ready_is_waited_for(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(events, "_hooks", [lambda name, _, reason: heard.append((name, reason))])
    with pytest.raises(ConnectError, match="nothing listens on port 1"):
        run(write, deadline=2)
    assert ("retry", "ConnectError") in heard
    monkeypatch.setenv("DB_LOGIN_SECONDS", "1000")
    with pytest.raises(ConnectError, match="the environment is incomplete or wrong"):
        run(write, deadline=1000)


@pytest.mark.parametrize(
    "statement",
    ["COMMIT", "/* now */ commit and chain", "SELECT 1; END", "ROLLBACK", "BEGIN", "PREPARE TRANSACTION 'a'", "ABORT"],
)
def test_work_that_ends_the_transaction_itself_is_refused(endpoint: Endpoint, statement: str) -> None:
    def work(connection: Session) -> None:
        write(connection)
        connection.execute(statement.encode())

    with pytest.raises(psycopg.ProgrammingError, match=r"run\(\) begins and commits by itself"):
        run(work)
    assert written(endpoint) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN PERFORM 1; END $$",
        "SELECT '; COMMIT', $a$; END $$ ; ROLLBACK $a$",
        "CREATE FUNCTION pg_temp.late() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    ],
)
def test_what_only_reads_like_an_end_is_none(endpoint: Endpoint, statement: str) -> None:
    run(lambda connection: connection.execute(statement.encode()))


def test_a_part_of_it_may_be_undone(endpoint: Endpoint) -> None:
    def work(connection: Session) -> None:
        write(connection)
        connection.execute("SAVEPOINT a")
        write(connection, 2)
        connection.execute("ROLLBACK TO a")
        connection.execute("ROLLBACK WORK TO SAVEPOINT a")
        with pytest.raises(ValueError), connection.transaction():
            write(connection, 3)
            raise ValueError

    run(work)
    assert written(endpoint) == [1]


def test_afterwards_the_connection_may_end_its_own_transactions(endpoint: Endpoint) -> None:
    run(write)
    connect().execute("BEGIN")
    connect().execute("COMMIT")


def test_within_a_transaction_it_is_a_part_of_it_and_done_once(endpoint: Endpoint) -> None:
    work = Work(raises("40001"))
    with pytest.raises(SerializationFailure), transaction():
        run(work)
    assert work.attempts == 1
    with transaction() as connection:
        assert run(lambda inner: inner) is connection
        run(lambda inner: write(inner, 2))
    assert written(endpoint) == [2]


def test_transactions_begin_or_join(endpoint: Endpoint) -> None:
    with transaction() as outer:
        write(outer)
        with pytest.raises(ValueError), transaction() as inner:
            assert inner is outer
            write(inner, 2)
            raise ValueError
    with pytest.raises(ValueError), transaction() as alone:
        write(alone, 3)
        raise ValueError
    assert written(endpoint) == [1]


@pytest.mark.parametrize("way", [transaction, connect, lambda: connect().transaction()])
def test_a_failed_statement_that_is_swallowed_is_no_commit(
    endpoint: Endpoint, way: Callable[[], psycopg.Connection]
) -> None:
    with pytest.raises(InFailedSqlTransaction, match="a statement of the transaction failed, so nothing"), way():
        write(connect())
        with pytest.raises(psycopg.errors.SyntaxError):
            connect().execute("SELEC 1")
    assert written(endpoint) == []


def test_the_work_may_roll_back(endpoint: Endpoint) -> None:
    def work(connection: Session) -> None:
        write(connection)
        raise psycopg.Rollback

    assert run(work) is None
    assert written(endpoint) == []


@pytest.mark.parametrize("statement", ["COMMIT", "ROLLBACK", "ABORT", "INSERT INTO public.written VALUES (2); END"])
@pytest.mark.parametrize("fails", [True, False])
def test_work_that_ended_it_unseen_is_an_error_and_not_done_again(
    endpoint: Endpoint, statement: LiteralString, fails: bool
) -> None:
    def end(connection: Session) -> None:
        psycopg.ClientCursor(connection).execute(statement)
        if fails:
            raise SerializationFailure

    work = Work(end, times=2)
    with pytest.raises(SerializationFailure if fails else psycopg.ProgrammingError):
        run(work)
    assert work.attempts == 1


def test_a_block_that_ends_between_a_statement_and_its_answer_leaves_no_connection_that_is_stuck(
    endpoint: Endpoint,
) -> None:
    with pytest.raises(KeyboardInterrupt), transaction() as connection:
        write(connection)
        connection.pgconn.send_query(b"SELECT pg_sleep(0)")
        raise KeyboardInterrupt
    with transaction() as connection:
        write(connection, 2)
    assert written(endpoint) == [2]
