"""Nothing that an invocation wrote is lost, and nothing that it left reaches the next one."""

import functools
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.adapt import PyFormat
from psycopg.pq import Format
from psycopg.rows import dict_row
from psycopg.types.bool import BoolDumper
from psycopg.types.string import TextLoader

from keyless_client import ConnectError, OpenTransactionError, connect, invocation, kept
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def table(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    endpoint.create(WRITER)
    with endpoint.proxy.superuser.transaction():
        endpoint.proxy.superuser.execute("CREATE TABLE public.written (id int)")
        endpoint.proxy.superuser.execute("GRANT ALL ON public.written TO PUBLIC")
    yield
    client_endpoint.end_invocations()
    with endpoint.proxy.superuser.transaction():
        endpoint.proxy.superuser.execute("DROP TABLE public.written")


@pytest.fixture
def next_invocation(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What Lambda's runtime does before each."""
    count = itertools.count()

    def go_on() -> None:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root=1-{next(count)}")

    go_on()
    return go_on


@pytest.fixture(params=[True, False], ids=["proxied", "direct"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(kept, "is_proxy", lambda host: request.param)
    return bool(request.param)


def write(connection: psycopg.Connection, id: int = 1) -> None:
    connection.execute("INSERT INTO public.written VALUES (%s)", [id])


def written(endpoint: Endpoint) -> list[int]:
    return [id for (id,) in endpoint.proxy.superuser.execute("SELECT id FROM public.written ORDER BY id")]


def begin(connection: psycopg.Connection) -> None:
    connection.execute("BEGIN")


def switch_autocommit_off(connection: psycopg.Connection) -> None:
    connection.autocommit = False


@pytest.mark.parametrize("open_it", [begin, switch_autocommit_off])
@pytest.mark.parametrize("marked", [True, False])
def test_what_an_invocation_began_is_not_rolled_back_while_it_lasts(
    endpoint: Endpoint, open_it: Callable[[psycopg.Connection], None], marked: bool
) -> None:
    def handler() -> None:
        connection = connect()
        open_it(connection)
        write(connection)
        write(connect(), 2)
        connection.commit()

    (invocation(handler) if marked else handler)()
    assert written(endpoint) == [1, 2]


def test_a_transaction_of_another_user_meanwhile_takes_nothing(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.create("migrator")
    begin(connect())
    write(connect())
    monkeypatch.setenv("PGUSER", "migrator")
    assert connect().info.user == "migrator"
    monkeypatch.setenv("PGUSER", WRITER)
    write(connect(), 2)
    connect().commit()
    assert written(endpoint) == [1, 2]


def test_what_an_earlier_invocation_left_open_is_rolled_back(
    endpoint: Endpoint, next_invocation: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    begin(connect())
    write(connect())
    next_invocation()
    write(connect(), 2)
    assert written(endpoint) == [2]
    assert "an earlier invocation left a transaction open" in caplog.text


def test_an_invocation_that_returns_in_a_transaction_is_an_error_at_once(endpoint: Endpoint) -> None:
    @invocation
    def handler() -> None:
        begin(connect())
        write(connect())

    with pytest.raises(OpenTransactionError, match="handler returned with a transaction open: it is rolled back"):
        handler()
    assert written(endpoint) == []
    write(connect(), 2)
    assert written(endpoint) == [2]


def test_the_handlers_own_error_comes_through(endpoint: Endpoint) -> None:
    @invocation
    def handler() -> None:
        begin(connect())
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        handler()
    assert not connect().info.transaction_status


def test_an_invocation_within_another_is_a_part_of_it(endpoint: Endpoint) -> None:
    @invocation
    def helper() -> None:
        write(connect(), 2)

    @invocation
    def handler() -> None:
        begin(connect())
        write(connect())
        helper()
        connect().commit()

    handler()
    assert written(endpoint) == [1, 2]


async def _coroutine() -> None: ...


async def _rows_of_one() -> AsyncIterator[int]:
    yield 1


class _Callable:
    async def __call__(self) -> None: ...


@pytest.mark.parametrize(
    "handler",
    [
        _coroutine,
        _rows_of_one,
        functools.partial(_coroutine),
        functools.partial(_rows_of_one),
        _Callable(),
        lambda: _rows_of_one(),
        lambda: (row for row in [1]),
    ],
)
def test_what_returns_before_its_work_is_done_is_no_invocation(handler: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="allowed: a plain function"):
        invocation(handler)()


def test_an_invocation_needs_no_name(endpoint: Endpoint) -> None:
    with pytest.raises(OpenTransactionError, match="partial"):
        invocation(functools.partial(lambda: begin(connect())))()


@pytest.mark.parametrize("closes", [lambda: connect().transaction(), connect], ids=["block", "with"])
def test_a_session_that_ended_within_a_block_lets_nobody_write_outside(
    endpoint: Endpoint, closes: Callable[[], Any]
) -> None:
    """The error of the statement that met it may have been swallowed."""
    with pytest.raises(psycopg.OperationalError, match="nothing of it is committed"), closes():
        write(connect())
        endpoint.end(connect().info.backend_pid)
        for _ in range(2):
            with pytest.raises(
                ConnectError, match="ended within a transaction, and nothing of it is committed; a new one"
            ):
                write(connect(), 2)
    write(connect(), 3)
    assert written(endpoint) == [3]


def test_a_session_that_ended_in_an_open_transaction_is_told_once(endpoint: Endpoint) -> None:
    begin(connect())
    write(connect())
    endpoint.end(connect().info.backend_pid)
    with pytest.raises(ConnectError, match="ended within a transaction"):
        connect()
    write(connect(), 3)
    assert written(endpoint) == [3]


def test_who_has_met_the_end_may_begin_anew(endpoint: Endpoint) -> None:
    connection = connect()
    begin(connection)
    endpoint.end(connection.info.backend_pid)
    with pytest.raises(psycopg.OperationalError):
        write(connection)
    write(connect(), 3)
    assert written(endpoint) == [3]


def test_with_is_a_transaction_and_closes_nothing(endpoint: Endpoint) -> None:
    with connect() as connection:
        write(connection)
    assert connect() is connection
    with pytest.raises(ValueError), connect():
        write(connect(), 2)
        raise ValueError
    assert connect() is connection
    assert written(endpoint) == [1]


def test_a_with_inside_another_is_undone_alone(endpoint: Endpoint) -> None:
    with connect():
        write(connect())
        with pytest.raises(ValueError), connect():
            write(connect(), 2)
            raise ValueError
    assert written(endpoint) == [1]


EVIL = "SELECT set_config('search_path', 'evil', false)"


def _copy(connection: psycopg.Connection, statement: LiteralString) -> None:
    with connection.cursor().copy(statement) as copied:
        list(copied)


def _named(connection: psycopg.Connection, statement: LiteralString) -> None:
    with connection.transaction(), connection.cursor("s") as cursor:
        cursor.execute(statement).fetchall()


LEAVINGS: dict[str, Callable[[psycopg.Connection], Any]] = {
    "setting": lambda connection: connection.execute("SET search_path = evil"),
    "own setting": lambda connection: connection.execute("SELECT set_config('app.tenant', 'a', false)"),
    "temporary table": lambda connection: connection.execute("CREATE TEMP TABLE written (id int)"),
    "listen": lambda connection: connection.execute("LISTEN a"),
    "lock": lambda connection: connection.execute("SELECT pg_advisory_lock(1)"),
    "held cursor": lambda connection: connection.execute("DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
    "prepared": lambda connection: connection.execute("PREPARE p AS SELECT 1"),
    "role": lambda connection: connection.execute("SET ROLE NONE; SET TimeZone = 'Asia/Tokyo'"),
    "other cursor": lambda connection: psycopg.Cursor(connection).execute(EVIL),
    "raw cursor": lambda connection: psycopg.RawCursor(connection).execute(EVIL),
    "client cursor": lambda connection: psycopg.ClientCursor(connection).execute(EVIL),
    "server cursor": lambda connection: _named(connection, EVIL),
    "copy": lambda connection: _copy(connection, f"COPY ({EVIL}) TO STDOUT"),
    "many": lambda connection: connection.cursor().executemany("SELECT set_config(%s, 'a', false)", [["app.tenant"]]),
    "stream": lambda connection: list(connection.cursor().stream(EVIL)),
    "view": lambda connection: connection.execute("UPDATE pg_settings SET setting = 'a' WHERE name = 'search_path'"),
    "rows": lambda connection: setattr(connection, "row_factory", dict_row),
    "autocommit": lambda connection: setattr(connection, "autocommit", False),
    "isolation": lambda connection: setattr(connection, "isolation_level", psycopg.IsolationLevel.SERIALIZABLE),
    "read only": lambda connection: setattr(connection, "read_only", True),
    "handler": lambda connection: connection.add_notice_handler(print),
    "libpq's handler": lambda connection: setattr(connection.pgconn, "notice_handler", print),
    "prepared_max": lambda connection: setattr(connection, "prepared_max", 1),
    "loader": lambda connection: connection.adapters.register_loader("int8", TextLoader),
    "dumper": lambda connection: connection.adapters.register_dumper(str, BoolDumper),
    "attribute": lambda connection: setattr(connection, "tenant", "a"),
    "method": lambda connection: setattr(connection, "commit", print),
}
STATE = """
SELECT current_setting('search_path'), nullif(current_setting('app.tenant', true), ''), current_setting('TimeZone'),
    to_regclass('pg_temp.written')::text, (SELECT count(*) FROM pg_listening_channels()),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
    (SELECT count(*) FROM pg_cursors WHERE is_holdable), (SELECT count(*) FROM pg_prepared_statements)
"""


@pytest.mark.parametrize("leaving", LEAVINGS)
def test_what_an_earlier_invocation_left_on_the_session_is_gone(
    leaving: str, next_invocation: Callable[[], None]
) -> None:
    before = _state()
    LEAVINGS[leaving](connect())
    assert _state() != before
    next_invocation()
    assert _state() == before


def _state() -> object:
    connection = connect()
    settings = [getattr(connection, name) for name in kept._SET_UP]
    settings += [connection.handled, connection.pgconn.notice_handler is print]
    settings += [vars(connection).get(name) for name in ("tenant", "commit")]
    settings += [connection.adapters.get_loader(20, Format.TEXT), connection.adapters.get_dumper(str, PyFormat.AUTO)]
    # Not by a cursor, which would take it for a statement that leaves something.
    found = connection.pgconn.exec_(STATE.encode())
    return settings, [found.get_value(0, column) for column in range(found.nfields)]


def test_a_session_that_nothing_was_left_on_is_kept(next_invocation: Callable[[], None]) -> None:
    first = connect()
    with first:
        write(first)
    next_invocation()
    assert connect() is first


def test_a_session_that_was_only_read_and_written_is_kept(next_invocation: Callable[[], None]) -> None:
    first = connect()
    with first, first.cursor() as cursor, first.cursor("s") as server:
        _copy(first, "COPY public.written TO STDOUT")
        list(cursor.stream("SELECT 1"))
        cursor.executemany("INSERT INTO public.written VALUES (%s)", [[1], [2]])
        server.execute("SELECT 1").fetchall()
    next_invocation()
    assert connect() is first


def test_a_notification_is_no_end(endpoint: Endpoint) -> None:
    connection = connect()
    connection.execute("LISTEN news")
    endpoint.proxy.superuser.execute("NOTIFY news, 'here'")
    assert connect() is connection
    assert [note.payload for note in connection.notifies(timeout=20, stop_after=1)] == ["here"]


def test_a_session_that_became_read_only_is_not_kept(endpoint: Endpoint) -> None:
    """A writer that a failover has made a reader."""
    first = connect()
    endpoint.proxy.superuser.execute("ALTER ROLE lambda_writer SET default_transaction_read_only = on")
    first.execute("SET default_transaction_read_only = on")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(first)
    first.execute("RESET default_transaction_read_only")
    assert connect() is not first
    first.close()


def test_none_is_kept_beyond_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    first = connect()
    monkeypatch.setattr(kept, "LIFETIME_SECONDS", 0)
    assert connect() is not first
    first.close()


def test_threads_have_transactions_of_their_own(endpoint: Endpoint) -> None:
    begin(connect())
    write(connect())

    def work() -> None:
        write(connect(), 2)
        connect().close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    connect().rollback()
    assert written(endpoint) == [2]
