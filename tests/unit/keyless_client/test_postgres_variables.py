"""The names POSTGRES_* are understood; a password works on a developer's machine and nowhere in AWS."""

import os
import pickle
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from keyless_client import ConnectError, connect, postgres_variables
from tests.unit.keyless_client import client_endpoint
from tests.unit.keyless_client.client_endpoint import HOST, REGION, Endpoint

proxy, endpoint = client_endpoint.proxy, client_endpoint.endpoint
WRITER = "lambda_writer"
HINTS = [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_EXECUTION_ENV",
    "ECS_CONTAINER_METADATA_URI_V4",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
]


@pytest.fixture(autouse=True)
def nowhere(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PG") and name not in ("PGHOSTADDR", "PGSSLROOTCERT")]:
        monkeypatch.delenv(name)
    for name in (*HINTS, "ECS_CONTAINER_METADATA_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(postgres_variables, "_MACHINE", (tmp_path / "sys_vendor", tmp_path / "uuid"))
    set_all(monkeypatch, HOST=HOST, PORT=str(endpoint.port), DB="postgres", USER=WRITER)


def set_all(patch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        patch.setenv(f"POSTGRES_{name}", value)


@pytest.fixture
def local(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGHOSTADDR")
    monkeypatch.delenv("AWS_REGION")
    set_all(monkeypatch, HOST=endpoint.proxy.server.address, PASSWORD="mine")
    endpoint.proxy.superuser.execute(SQL("CREATE ROLE {} LOGIN PASSWORD 'mine'").format(Identifier(WRITER)))


@pytest.mark.parametrize("name", ["USE_IAM_DB_AUTH", "POSTGRES_IAM_AUTH"])
def test_they_make_a_login_by_token(endpoint: Endpoint, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.create("orders_iam")
    monkeypatch.setenv(name, "True")
    monkeypatch.setenv("DB_IAM_USER", "orders_iam")
    monkeypatch.setenv("POSTGRES_PASSWORD", "ignored")
    connection = connect(login=postgres_variables.login())
    row = connection.execute("SELECT ssl, current_user::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert row == (True, "orders_iam")


def test_in_aws_a_token_is_fine(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USE_IAM_DB_AUTH", "true")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
    login = postgres_variables.login()
    assert (login.user, login.region, login.application_name) == (WRITER, REGION, "orders")


def test_a_password_opens_a_developers_database(local: None, endpoint: Endpoint) -> None:
    login = postgres_variables.login()
    assert connect(login=login).execute("SELECT current_user::text").fetchone() == (WRITER,)
    assert "mine" not in repr(login)


@pytest.mark.parametrize("hint", HINTS)
def test_a_password_is_refused_in_aws(local: None, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hint, "x")
    with pytest.raises(ConnectError, match=rf"this is AWS \({hint}\); allowed: USE_IAM_DB_AUTH=true"):
        postgres_variables.login()


@pytest.mark.parametrize(("file", "text"), [("sys_vendor", "Amazon EC2\n"), ("uuid", "ec2e1916-9099-7caf\n")])
def test_a_password_is_refused_on_an_instance(local: None, file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(ConnectError, match=rf"this is AWS \(.*{file}\)"):
        postgres_variables.login()


@pytest.mark.parametrize("host", [HOST, f"{HOST}.", f" {HOST}", f"localhost,{HOST}", f"{HOST.upper()}.,localhost"])
def test_a_password_is_refused_for_a_database_in_aws(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, PASSWORD="mine", HOST=host)
    with pytest.raises(ConnectError, match=f"(?i)this is AWS \\(to .*{HOST}"):
        postgres_variables.login()


def test_a_login_that_was_made_elsewhere_has_no_password_in_aws(local: None, monkeypatch: pytest.MonkeyPatch) -> None:
    login = postgres_variables.login()
    assert login.parameters()["password"] == "mine"
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "orders")
    for made in (login, pickle.loads(pickle.dumps(login))):
        with pytest.raises(ConnectError, match=r"this is AWS \(AWS_LAMBDA_FUNCTION_NAME\)"):
            made.parameters()


def test_a_local_server_that_asks_for_the_password_itself_does_not_get_it(local: None, endpoint: Endpoint) -> None:
    hba = endpoint.proxy.server.folder / "data" / "pg_hba.conf"
    before = hba.read_text()
    hba.write_text("hostssl all lambda_writer all password\n" + before)
    endpoint.proxy.superuser.execute("SELECT pg_reload_conf()")
    try:
        with pytest.raises(ConnectError, match=r'requirement "scram-sha-256" failed'):
            connect(login=postgres_variables.login())
    finally:
        hba.write_text(before)
        endpoint.proxy.superuser.execute("SELECT pg_reload_conf()")


def test_other_drivers_have_no_local_password(local: None) -> None:
    login = postgres_variables.login()
    for ask in (login.token, login.ssl_context):
        with pytest.raises(ConnectError, match="for drivers that are libpq"):
            ask()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("POSTGRES_HOST", "", "POSTGRES_HOST is not set"),
        ("POSTGRES_PORT", "x", "POSTGRES_PORT is 'x'; allowed: 1 to 65535"),
        ("POSTGRES_PASSWORD", "", "POSTGRES_PASSWORD is not set"),
        ("USE_IAM_DB_AUTH", "maybe", "USE_IAM_DB_AUTH is 'maybe'; allowed: true, false"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    local: None, name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConnectError, match=says):
        postgres_variables.login()
