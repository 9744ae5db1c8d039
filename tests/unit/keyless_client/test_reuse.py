"""connect() reuses one connection, and never a broken one."""

import os
import re
import threading

import psycopg
import pytest

from keyless_client import ConnectError, connect, kept
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


@pytest.fixture(autouse=True)
def writer(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)


def pid(connection: psycopg.Connection) -> int:
    return connection.info.backend_pid


def answers(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT 1").fetchone() == (1,)


def test_the_next_invocation_gets_the_same_connection_and_needs_no_token(endpoint: Endpoint) -> None:
    first = connect()
    endpoint.accept_no_token(WRITER)
    assert connect() is first
    assert answers(first)
    assert endpoint.sessions(WRITER) == [pid(first)]


def test_a_finished_statement_leaves_no_transaction_open(endpoint: Endpoint) -> None:
    connection = connect()
    connection.execute("SELECT 1")
    assert connection.info.transaction_status.name == "IDLE"


def test_a_connection_that_the_server_closed_is_replaced_with_a_fresh_token(endpoint: Endpoint) -> None:
    first = connect()
    endpoint.end(pid(first))
    endpoint.tick(60)
    endpoint.accept(WRITER)
    second = connect()
    assert second is not first
    assert first.closed
    assert answers(second)


def test_a_new_connection_with_the_old_token_would_be_refused(endpoint: Endpoint) -> None:
    endpoint.end(pid(connect()))
    endpoint.accept(WRITER)
    endpoint.tick(60)
    with pytest.raises(ConnectError, match="password authentication failed"):
        connect()


def test_checking_a_connection_takes_no_round_trip(endpoint: Endpoint) -> None:
    connection = connect()
    before = _statements(endpoint, connection)
    assert connect() is connection
    assert _statements(endpoint, connection) == before


def _statements(endpoint: Endpoint, connection: psycopg.Connection) -> object:
    """When the session's last statement began, which changes with every round trip."""
    query = "SELECT query_start, state_change, query FROM pg_stat_activity WHERE pid = %s"
    return endpoint.proxy.superuser.execute(query, [pid(connection)]).fetchone()


def test_within_a_transaction_block_connect_joins_it(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    outer = connect()
    with outer.transaction():
        outer.execute("CREATE TEMPORARY TABLE kept ()")
        monkeypatch.setattr(kept, "IDLE_LIMIT_SECONDS", 0)
        assert connect() is outer
    assert outer.execute("SELECT to_regclass('kept')::text").fetchone() == ("kept",)


def test_a_connection_unused_for_too_long_is_replaced_but_not_closed_under_its_user(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = connect()
    monkeypatch.setattr(kept, "IDLE_LIMIT_SECONDS", 0)
    assert connect() is not first
    assert answers(first)
    first.close()


def test_another_user_or_endpoint_gets_another_connection(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    first = connect()
    endpoint.create("migrator")
    monkeypatch.setenv("PGUSER", "migrator")
    assert connect().info.user == "migrator"
    first.close()


def test_each_thread_has_its_own_connection(endpoint: Endpoint) -> None:
    mine, others = connect(), []

    def work() -> None:
        others.append(pid(connect()))
        connect().close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(others) == 1
    assert others != [pid(mine)]


def test_a_forked_process_opens_its_own_connection_and_leaves_the_parents_open(endpoint: Endpoint) -> None:
    parents = connect()
    child = os.fork()
    if child == 0:
        os._exit(_in_child(pid(parents)))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert connect() is parents
    assert answers(parents)


def _in_child(parents: int) -> int:
    try:
        own = connect()
        return 0 if pid(own) != parents and answers(own) else 1
    except BaseException:
        return 2


def test_the_function_names_the_session(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders-writer")
    assert connect().execute("SELECT current_setting('application_name')").fetchone() == ("orders-writer",)


def test_the_endpoints_region_counts_not_the_functions(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert answers(connect())


def test_everything_missing_from_the_environment_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGUSER", "PGDATABASE", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPORT", "70000")
    expected = (
        "PGHOST is not set; PGUSER is not set; PGDATABASE is not set; AWS_REGION is not set; PGPORT is "
        "'70000'; allowed: 1 to 65535"
    )
    with pytest.raises(ConnectError, match=re.escape(expected)):
        connect()
