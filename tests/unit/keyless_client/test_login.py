"""One object hands every driver its token, its parameters and its TLS."""

import os
import socket
import ssl
import struct
from pathlib import Path

import psycopg
import pytest

from keyless.rehearsal.servers.certificates import Authority
from keyless_client import ConnectError, Login
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import HOST, Endpoint
from tests.unit.keyless_client.secrets_endpoint import ARN

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


def test_its_parameters_open_a_connection(endpoint: Endpoint) -> None:
    endpoint.create(WRITER)
    with psycopg.connect(**Login.from_environment().parameters()) as connection:
        row = connection.execute(
            "SELECT ssl, current_user::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()
        assert row == (True, WRITER)
        assert connection.prepare_threshold is None


def test_each_token_is_of_its_own_moment(endpoint: Endpoint) -> None:
    login = Login.from_environment()
    first = login.token()
    endpoint.tick(60)
    assert login.token() != first
    assert login.parameters()["password"] == login.token()


def test_what_is_said_counts_before_the_environment(endpoint: Endpoint) -> None:
    said = Login.from_environment(user="migrator", dbname="orders", application_name="jobs", login_seconds=3)
    assert (said.user, said.dbname, said.application_name, said.login_seconds) == ("migrator", "orders", "jobs", 3)
    assert (said.host, said.port) == (HOST, endpoint.port)


def test_what_is_said_is_checked_as_the_environment_is(endpoint: Endpoint) -> None:
    with pytest.raises(ConnectError, match="PGPORT is '0'; allowed: 1 to 65535"):
        Login.from_environment(port=0)
    with pytest.raises(ConnectError, match="is in us-east-1, where a token for eu-west-1 is refused"):
        Login.from_environment(region="eu-west-1")
    with pytest.raises(TypeError, match="sslmode can't be said of a login; allowed: host, port, user, dbname"):
        Login.from_environment(sslmode="disable")  # type: ignore[call-arg]


def test_an_override_may_take_a_variable_away(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_SECRET_ARN", ARN)
    assert Login.from_environment(secret_arn=None).secret_arn is None


def test_a_user_with_a_secret_has_no_token_for_a_driver_that_would_send_it(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_SECRET_ARN", ARN)
    with pytest.raises(ConnectError, match=r"lambda_writer has a secret .* allowed: a user with auth_method iam"):
        Login.from_environment().token()


def test_its_text_shows_nothing_secret(endpoint: Endpoint) -> None:
    login = Login.from_environment()
    login.parameters()
    assert not {"X-Amz", os.environ["AWS_SESSION_TOKEN"]} & {*repr(login).split("'")}
    assert "X-Amz" not in repr(login)


def handshake(endpoint: Endpoint, context: ssl.SSLContext, name: str = HOST) -> str:
    """What Python's TLS has agreed on with the server."""
    with socket.create_connection((endpoint.proxy.server.address, endpoint.port)) as plain:
        plain.sendall(SSL_REQUEST)
        assert plain.recv(1) == b"S"
        with context.wrap_socket(plain, server_hostname=name) as wrapped:
            return str(wrapped.version())


def test_its_tls_takes_the_servers_certificate(endpoint: Endpoint) -> None:
    assert handshake(endpoint, Login.from_environment().ssl_context()) in ("TLSv1.2", "TLSv1.3")


def test_its_tls_takes_no_other_name_and_no_other_authority(endpoint: Endpoint, tmp_path: Path) -> None:
    context = Login.from_environment().ssl_context()
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(endpoint, context, f"other.{HOST}")
    ours = endpoint.proxy.authority.server(HOST)
    endpoint.proxy.present(Authority(tmp_path, "foreign").server(HOST))
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        handshake(endpoint, context)
    endpoint.proxy.present(ours)
    assert handshake(endpoint, context)


def test_its_tls_trusts_awss_roots_and_no_others(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLROOTCERT")
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        handshake(endpoint, Login.from_environment().ssl_context())
    assert {subject["organizationName"] for subject in _subjects()} == {"Amazon", "Starfield Technologies, Inc."}


def _subjects() -> list[dict[str, str]]:
    found = Login.from_environment().ssl_context().get_ca_certs()
    return [dict(pair for part in one["subject"] for pair in part) for one in found]  # type: ignore[misc]


@pytest.mark.parametrize("roots", ["/nonexistent", "system", "/dev/null", "/tmp"])
def test_roots_that_cannot_be_read_are_named(endpoint: Endpoint, roots: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", roots)
    with pytest.raises(ConnectError, match=f"PGSSLROOTCERT is '{roots}'; allowed: a PEM file"):
        Login.from_environment().ssl_context()
