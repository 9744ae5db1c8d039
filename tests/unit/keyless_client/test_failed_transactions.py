"""A COMMIT that PostgreSQL carries out as a ROLLBACK is an error, however it is given."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL

from keyless_client import connect
from tests.unit.keyless_client import client_endpoint, test_invocations
from tests.unit.keyless_client.client_endpoint import Endpoint
from tests.unit.keyless_client.test_invocations import begin, write, written

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
table = test_invocations.table
COMMITS: list[Callable[[psycopg.Connection], Any]] = [
    lambda connection: connection.commit(),
    lambda connection: connection.execute("COMMIT"),
    lambda connection: connection.execute(b"/* done */ end"),
    lambda connection: connection.execute(SQL("commit AND CHAIN")),
    lambda connection: connection.execute("PREPARE TRANSACTION 'a'"),
    lambda connection: connection.cursor().execute("COMMIT"),
]
ENDS = [
    lambda connection: connection.rollback(),
    lambda connection: connection.execute("ROLLBACK"),
    lambda connection: connection.execute("ABORT"),
]


def fail() -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        connect().execute("SELECT 1/0")


@pytest.mark.parametrize("commit", COMMITS)
def test_a_commit_after_a_statement_that_failed_is_an_error(
    commit: Callable[[psycopg.Connection], Any], endpoint: Endpoint
) -> None:
    begin(connect())
    write(connect())
    fail()
    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing of it is committed"):
        commit(connect())
    connect().rollback()
    write(connect(), 2)
    assert written(endpoint) == [2]


@pytest.mark.parametrize("end", ENDS)
def test_a_rollback_after_it_is_none(end: Callable[[psycopg.Connection], Any]) -> None:
    begin(connect())
    fail()
    end(connect())
    assert connect().info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_block_whose_statement_failed_is_not_left_without_a_word(endpoint: Endpoint) -> None:
    for block in (connect(), connect().transaction()):
        with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing of it is committed"), block:
            write(connect())
            fail()
    with connect():
        write(connect(), 2)
        with pytest.raises(psycopg.errors.InFailedSqlTransaction), connect():
            fail()
        with pytest.raises(psycopg.errors.DivisionByZero), connect():
            connect().execute("SELECT 1/0")
    with connect().transaction(force_rollback=True):
        fail()
    assert written(endpoint) == [2]


def test_a_block_is_left_by_psycopgs_rollback(endpoint: Endpoint) -> None:
    for block in (connect(), connect().transaction()):
        with block:
            write(connect())
            raise psycopg.Rollback
    assert written(endpoint) == []
