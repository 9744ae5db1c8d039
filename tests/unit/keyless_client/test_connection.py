"""A connection verifies endpoint, roots and token, and a refused one says what to check."""

import signal
import socket
import traceback
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.servers.certificates import Authority
from keyless_client import ConnectError, open_connection
from keyless_client.errors import refusal
from keyless_client.refusals import Passing
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import HOST, REGION, Endpoint, in_frames

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"


def connect(endpoint: Endpoint, **other: Any) -> psycopg.Connection:
    arguments: dict[str, Any] = {
        "host": HOST,
        "port": endpoint.port,
        "user": WRITER,
        "dbname": "postgres",
        "region": REGION,
    }
    return open_connection(**arguments | other)


def test_the_token_opens_a_connection_over_tls(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    with connect(endpoint) as connection:
        row = connection.execute(
            "SELECT ssl, current_user::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()
    assert row == (True, WRITER)


def test_a_server_of_a_foreign_authority_is_refused(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.create(WRITER)
    ours = endpoint.proxy.authority.server(HOST)
    endpoint.proxy.present(Authority(tmp_path, "foreign").server(HOST))
    with pytest.raises(ConnectError, match="is not from an authority that is trusted for this endpoint"):
        connect(endpoint)
    endpoint.proxy.present(ours)
    connect(endpoint).close()


def test_a_server_of_another_name_is_refused(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    ours, others = (endpoint.proxy.authority.server(name) for name in (HOST, f"other.{HOST}"))
    endpoint.proxy.present(others)
    with pytest.raises(ConnectError, match=f"the server is not {HOST}"):
        connect(endpoint)
    endpoint.proxy.present(ours)
    connect(endpoint).close()


def test_without_pgsslrootcert_only_aws_is_trusted(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.create(WRITER)
    monkeypatch.delenv("PGSSLROOTCERT")
    with pytest.raises(ConnectError, match="is not from an authority that is trusted"):
        connect(endpoint)


@pytest.mark.parametrize(
    ("variable", "value"), [("PGSSLMODE", "disable"), ("PGOPTIONS", "-c work_mem=1MB"), ("PGPASSWORD", "another")]
)
def test_the_environment_weakens_nothing(
    endpoint: Endpoint, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.create(WRITER)
    monkeypatch.setenv(variable, value)
    with connect(endpoint) as connection:
        row = connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
        assert row == (True,)
        sources = connection.execute(
            "SELECT name FROM pg_settings WHERE source = 'client' AND name = 'work_mem'"
        ).fetchall()
        assert sources == []


def test_nothing_is_prepared_in_the_session(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    with connect(endpoint) as connection:
        for _ in range(10):
            connection.execute("SELECT %s::int", [1])
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_a_statement_opens_a_transaction_without_autocommit(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    with connect(endpoint) as plain, connect(endpoint, autocommit=True) as autocommit:
        for connection, expected in ((plain, "INTRANS"), (autocommit, "IDLE")):
            connection.execute("SELECT 1")
            assert connection.info.transaction_status.name == expected


def test_the_application_is_named(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    with connect(endpoint, application_name="orders") as connection:
        assert connection.execute("SELECT current_setting('application_name')").fetchone() == ("orders",)


def test_a_refused_token_is_in_no_error(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    endpoint.accept_no_token(WRITER)
    with pytest.raises(ConnectError, match=f"{WRITER} does not exist or is not a member of rds_iam") as refused:
        connect(endpoint)
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert "X-Amz" not in shown + in_frames(refused.value)
    assert "password authentication failed" in shown


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PGCHANNELBINDING", "require"),
        ("PGREQUIREAUTH", "none"),
        ("PGSSLNEGOTIATION", "direct"),
        ("PGSSLMODE", "disable"),
        ("PGSSLCERTMODE", "require"),
        ("PGTARGETSESSIONATTRS", "standby"),
        ("PGOPTIONS", "-c work_mem=1"),
        ("PGGSSENCMODE", "require"),
    ],
)
def test_what_libpq_reads_from_the_environment_breaks_no_login(
    endpoint: Endpoint, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.create(WRITER)
    monkeypatch.setenv(variable, value)
    with connect(endpoint) as connection:
        assert connection.info.user == WRITER


@pytest.mark.parametrize(
    ("variable", "value", "check"),
    [
        ("PGSERVICE", "none", "unset it"),
        ("PGSSLMINPROTOCOLVERSION", "x", "libpq's own variables"),
        ("PGSSLMAXPROTOCOLVERSION", "TLSv1.1", "libpq's own variables"),
        ("PGLOADBALANCEHOSTS", "x", "libpq's own variables"),
        ("PGTZ", "Nowhere", "PGTZ"),
        ("PGCLIENTENCODING", "x", "PGCLIENTENCODING"),
    ],
)
def test_a_variable_of_libpqs_that_breaks_it_is_not_waited_for(
    endpoint: Endpoint, variable: str, value: str, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.create(WRITER)
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConnectError, match=check) as refused:
        connect(endpoint)
    assert refused.value.passing is Passing.NEVER


@pytest.mark.parametrize("milliseconds", [5, 20, 50])
def test_a_login_that_somebody_interrupts_leaves_no_token_in_frames(
    endpoint: Endpoint, milliseconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a function's own alarm does."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError) as stopped:
            signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)
            connect(endpoint, port=silent.getsockname()[1])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert "X-Amz" not in in_frames(stopped.value)


def test_a_region_that_is_not_the_endpoints_is_named(endpoint: Endpoint) -> None:
    with pytest.raises(ConnectError, match="is in us-east-1, where a token for eu-west-1 is refused"):
        connect(endpoint, region="eu-west-1")


def test_the_token_is_for_the_given_user(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    endpoint.create("migrator")
    endpoint.accept_no_token(WRITER)
    with connect(endpoint, user="migrator") as connection:
        assert connection.info.user == "migrator"


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        (
            "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC",
            "lacks CONNECT on database postgres: add the database to the user in the access spec",
        ),
        ("ALTER ROLE {} NOLOGIN", "the access spec sets enabled or can_login to false for lambda_writer"),
        ("ALTER ROLE {} CONNECTION LIMIT 0", "as many sessions as its connection_limit in the access spec allows"),
    ],
)
def test_what_postgresql_refuses_points_to_the_access_spec(endpoint: Endpoint, statement: Any, check: str) -> None:
    endpoint.create(WRITER)
    endpoint.proxy.superuser.execute(SQL(statement).format(Identifier(WRITER)))
    try:
        with pytest.raises(ConnectError, match=check):
            connect(endpoint)
    finally:
        endpoint.proxy.superuser.execute("GRANT CONNECT ON DATABASE postgres TO PUBLIC")


def test_a_port_where_nobody_listens_is_named(endpoint: Endpoint) -> None:
    with pytest.raises(
        ConnectError, match=r"on app\.proxy.*:1 as lambda_writer: nothing listens on port 1: check PGPORT"
    ):
        connect(endpoint, port=1)


def test_a_name_that_does_not_resolve_is_named(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGHOSTADDR")
    with pytest.raises(ConnectError, match=f"the name {HOST} can't be resolved here"):
        connect(endpoint)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("This RDS Proxy requires TLS connections", "was not encrypted"),
        (
            "The IAM authentication failed for the role w. Check the IAM token for this role and try again.",
            "dbuser:prx-…/w",
        ),
        (
            "This RDS proxy has no credentials for the role w. Check the credentials for this role and try again.",
            "dbuser:cluster-…/w",
        ),
        ("Timed-out waiting to acquire database connection.", "DatabaseConnectionsCurrentlySessionPinned"),
        ('FATAL:  PAM authentication failed for user "w"', "dbuser:cluster-…/w"),
        (
            'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "w", database "app", no encryption',
            "was not encrypted",
        ),
        ("User does not have CONNECT privilege.", "lacks CONNECT on database app"),
    ],
)
def test_a_message_of_aws_comes_with_what_to_check(text: str, check: str) -> None:
    message = str(refusal(text, host=HOST, port=5432, user="w", dbname="app"))
    assert message.startswith(f"cannot connect to database app on {HOST}:5432 as w: ")
    assert check in message
    assert message.endswith(text)


def test_an_unknown_refusal_is_passed_on_as_it_is() -> None:
    assert (
        str(refusal("no idea {user}\n", host="h", port=1, user="w", dbname="d"))
        == "cannot connect to database d on h:1 as w: no idea {user}"
    )
