"""A user with a secret: its password is read once, again after a rotation, and never shown."""

import logging
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from keyless_client import ConnectError, connect, open_connection, secret
from keyless_client.errors import refusal
from tests.unit.keyless_client import client_endpoint, secrets_endpoint
from tests.unit.keyless_client.client_endpoint import HOST, REGION, Endpoint, end_invocations, in_frames
from tests.unit.keyless_client.secrets_endpoint import ARN, Secrets

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER, PASSWORD = "lambda_writer", "pass-w0rd-%s-'\"-ä"


@pytest.fixture
def secrets(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """The endpoint's user has a password, and the secret holds it."""
    endpoint.create(WRITER)
    with secrets_endpoint.serving() as serving:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", serving.url)
        monkeypatch.setenv("DB_SECRET_ARN", ARN)
        set_password(endpoint, PASSWORD)
        serving.hold(PASSWORD)
        yield serving
    secret._passwords.clear()


def set_password(endpoint: Endpoint, password: str) -> None:
    endpoint.proxy.superuser.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(WRITER), Literal(password)))


def refused(match: str) -> str:
    """The whole error of a connect() that must fail, causes included."""
    with pytest.raises(ConnectError, match=match) as error:
        connect()
    return "".join(traceback.format_exception(error.value)) + repr(error.value) + in_frames(error.value)


def test_the_secrets_password_opens_a_connection_over_tls(secrets: Secrets) -> None:
    row = connect().execute("SELECT ssl, current_user::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert row == (True, WRITER)
    assert secrets.asked == [{"target": "secretsmanager.GetSecretValue", "SecretId": ARN}]


def test_the_secret_is_read_once_per_process(secrets: Secrets) -> None:
    first = connect()
    end_invocations()
    assert connect() is not first
    assert len(secrets.asked) == 1


def test_threads_that_begin_together_read_the_secret_once(secrets: Secrets) -> None:
    def opened(_: int) -> str:
        connection = connect()
        connection.close()
        return connection.info.status.name

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(opened, range(12))) == {"BAD"}
    assert len(secrets.asked) == 1


def test_the_connection_is_kept_for_the_next_invocation(secrets: Secrets, endpoint: Endpoint) -> None:
    first = connect()
    set_password(endpoint, "another")
    assert connect() is first
    assert len(secrets.asked) == 1


def test_a_rotated_secret_is_read_again_after_the_refused_login(secrets: Secrets, endpoint: Endpoint) -> None:
    connect()
    end_invocations()
    set_password(endpoint, "rotated")
    secrets.hold("rotated")
    assert connect().info.user == WRITER
    assert len(secrets.asked) == 2


def test_the_secret_is_read_again_only_once(secrets: Secrets, endpoint: Endpoint) -> None:
    connect()
    end_invocations()
    set_password(endpoint, "what no secret holds")
    secrets.hold("rotated")
    refused("has another password for lambda_writer than secret")
    assert len(secrets.asked) == 2


def test_an_unchanged_secret_is_not_tried_twice(secrets: Secrets, endpoint: Endpoint) -> None:
    set_password(endpoint, "what no secret holds")
    before = failures(endpoint)
    refused("check that the secret's last rotation has finished")
    assert failures(endpoint) == before + 1


def failures(endpoint: Endpoint) -> int:
    return (
        (endpoint.proxy.server.folder / "server.log")
        .read_text(errors="replace")
        .count(f'password authentication failed for user "{WRITER}"')
    )


@pytest.mark.parametrize("event", ["refused", "opened"])
def test_the_password_is_in_no_error_and_no_log(
    secrets: Secrets, endpoint: Endpoint, event: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = ""
    if event == "refused":
        set_password(endpoint, "another")
        shown = refused("another password")
    else:
        connect()
    assert any(record.name.startswith("botocore") for record in caplog.records)
    written = shown + "".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert PASSWORD not in written
    assert "pass-w0rd" not in written


def test_no_token_is_made(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless_client.endpoint_login.auth_token", lambda **_: pytest.fail("a token was made"))
    connect()


def test_a_server_that_requests_the_password_in_clear_text_does_not_get_it(
    secrets: Secrets, endpoint: Endpoint
) -> None:
    """As PAM does on RDS once the user has become a member of rds_iam."""
    data = endpoint.proxy.server.folder / "data" / "pg_hba.conf"
    before = data.read_text()
    data.write_text("hostssl all lambda_writer all password\n" + before)
    endpoint.proxy.superuser.execute("SELECT pg_reload_conf()")
    try:
        for _ in range(50):
            if rules := endpoint.proxy.superuser.execute(
                "SELECT 1 FROM pg_hba_file_rules WHERE auth_method = 'password'"
            ).fetchall():
                break
        assert rules
        refused("has to log in with IAM there, so the password of secret .* was not sent")
    finally:
        data.write_text(before)
        endpoint.proxy.superuser.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize(
    ("code", "message", "check"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: secretsmanager:GetSecretValue "
            "because no identity-based policy allows it",
            "allow the function's role secretsmanager:GetSecretValue on exactly this ARN",
        ),
        (
            "AccessDeniedException",
            "Access to KMS is not allowed",
            "kms:Decrypt on the secret's key, with kms:ViaService secretsmanager.us-east-1",
        ),
        (
            "AccessDeniedException",
            "... because no VPC endpoint policy allows the action",
            "name this secret in the policy of the VPC endpoint",
        ),
        (
            "AccessDeniedException",
            "... with an explicit deny in a resource-based policy",
            "the secret's own resource policy denies it",
        ),
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
            "no such secret in us-east-1: check DB_SECRET_ARN",
        ),
        ("InvalidRequestException", "it was marked for deletion", "is marked for deletion"),
        ("DecryptionFailure", "the key is disabled", "its KMS key is disabled or gone"),
    ],
)
def test_what_secrets_manager_refuses_says_what_to_check(secrets: Secrets, code: str, message: str, check: str) -> None:
    secrets.error = (code, message)
    shown = refused(f"secret {ARN} can't be read: ")
    assert check in shown
    assert code in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        "[" * 60_000,
        '{"password": "x"}',
        '{"username": "lambda_writer"}',
        '{"username": "lambda_writer", "password": ""}',
        '{"username": "lambda_writer", "password": 5}',
    ],
)
def test_a_secret_without_a_password_is_refused_without_its_text(secrets: Secrets, text: str) -> None:
    secrets.text = text
    shown = refused("has no password; allowed: a JSON object with the fields username and password")
    assert text in ("", "[]", "{}") or text not in shown


def test_another_users_secret_is_refused(secrets: Secrets) -> None:
    secrets.hold(PASSWORD, username="migrator")
    assert PASSWORD not in refused("belongs to user 'migrator'; allowed: the secret whose username is 'lambda_writer'")


def test_an_unreachable_secrets_manager_names_the_vpc_endpoint(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "_CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(secret, "_READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", f"http://127.0.0.1:{silent.getsockname()[1]}")
        refused("subnets need a VPC endpoint for secretsmanager with private DNS")


def test_without_credentials_the_error_says_so(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in client_endpoint.CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    refused("there are no AWS credentials")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "gibberish")
    refused("Unsupported host")


def test_an_endpoint_that_is_none_is_an_error_of_ours(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "gibberish")
    refused("can't be read: Invalid endpoint: gibberish")


def test_an_invalid_arn_is_named_with_what_is_allowed(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_SECRET_ARN", "app/lambda_writer")
    refused("DB_SECRET_ARN is 'app/lambda_writer'; allowed: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME")
    assert secrets.asked == []


def test_code_that_knows_its_endpoint_may_name_the_secret(secrets: Secrets, endpoint: Endpoint) -> None:
    with open_connection(
        host=HOST, port=endpoint.port, user=WRITER, dbname="postgres", region=REGION, secret_arn=ARN
    ) as connection:
        assert isinstance(connection, psycopg.Connection)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (
            "The password that was provided for the role w is wrong.",
            "the proxy has another password for w than secret S",
        ),
        (
            "This RDS proxy has no credentials for the role w. Check the credentials for this role and try again.",
            "its Auth names secret S",
        ),
    ],
)
def test_a_message_of_the_proxy_comes_with_what_to_check(text: str, check: str) -> None:
    assert check in str(refusal(text, host=HOST, port=5432, user="w", dbname="app", secret="S"))


def test_importing_the_client_imports_nothing_of_botocore() -> None:
    """Functions with an IAM user and a warm connection must not pay for Secrets Manager."""
    code = "import sys, keyless_client; sys.exit(any(name.startswith('botocore') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3] / "client")
