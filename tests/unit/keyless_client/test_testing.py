"""A handler is tested on a test's own database, without AWS."""

import os
import threading
from collections.abc import Iterator

import psycopg
import pytest

from keyless.rehearsal.servers.postgres import Postgres
from keyless_client import connect, invocation, run, testing, transaction


@pytest.fixture
def own(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> "Iterator[psycopg.Connection]":
    for name in [name for name in os.environ if name.startswith(("AWS_", "PG", "DB_"))]:
        monkeypatch.delenv(name)
    with psycopg.connect(postgres.conninfo()) as connection:
        yield connection
        connection.rollback()


@invocation
def handler(event: dict[str, int], context: object) -> int:
    connection = connect()
    connection.execute("CREATE TABLE IF NOT EXISTS written (id int)")
    with connection:
        connection.execute("INSERT INTO written VALUES (%s)", [event["id"]])
    with transaction():
        connect().execute("INSERT INTO written VALUES (%s)", [event["id"] + 1])
    (found,) = run(lambda inner: inner.execute("SELECT sum(id)::int FROM written").fetchone()) or (0,)
    return int(found)


def exists(connection: psycopg.Connection) -> object:
    return connection.execute("SELECT to_regclass('written') IS NOT NULL").fetchone()


def test_all_that_a_handler_does_can_be_rolled_back(own: psycopg.Connection) -> None:
    with own.transaction(force_rollback=True), testing.use(own):
        assert handler({"id": 1}, None) == 3
        assert exists(own) == (True,)
    assert exists(own) == (False,)
    assert not own.closed


def test_without_a_transaction_it_is_as_with_connect(own: psycopg.Connection) -> None:
    with testing.use(own) as given:
        assert connect() is given
        connect().execute("SELECT 1")
        assert own.info.transaction_status.name == "IDLE"
        with pytest.raises(ValueError), connect():
            connect().execute("CREATE TABLE written ()")
            raise ValueError
    assert exists(own) == (False,)


def test_threads_of_the_handler_have_it_too(own: psycopg.Connection) -> None:
    found: list[object] = []
    with testing.use(own) as given:
        thread = threading.Thread(target=lambda: found.append(connect()))
        thread.start()
        thread.join()
        assert found == [given]


def test_afterwards_the_environment_counts_again(own: psycopg.Connection) -> None:
    with pytest.raises(ValueError), testing.use(own):
        raise ValueError
    with pytest.raises(Exception, match="PGHOST is not set"):
        connect()


def test_uses_that_end_in_any_order_leave_nothing(own: psycopg.Connection, postgres: Postgres) -> None:
    with psycopg.connect(postgres.conninfo()) as other:
        first, second = testing.use(own), testing.use(other)
        first.__enter__()
        given = second.__enter__()
        first.__exit__(None, None, None)
        assert connect() is given
        second.__exit__(None, None, None)
    with pytest.raises(Exception, match="PGHOST is not set"):
        connect()
