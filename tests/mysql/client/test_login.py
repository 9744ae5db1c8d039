"""A login to MySQL, from the environment: the same fields, checks and token as to PostgreSQL, by variables of its own."""

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from sqlalchemy import create_engine

import keyless_client
from keyless.rehearsal.servers.certificates import Authority
from keyless_client import trust
from keyless_client.drivers.sqlalchemy import attach
from keyless_client.mysql import ConnectError, Login
from tests.mysql.client.accounts import ARN, CREDENTIALS

HOST = "app.proxy-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"MYSQL_HOST": HOST, "MYSQL_USER": "app_user", "MYSQL_DATABASE": "app", **CREDENTIALS}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for name in ("MYSQL_TCP_PORT", "MYSQL_SSL_CA", "AWS_REGION", "DB_SECRET_ARN", "DB_ROLE_ARN", "PGHOST", "PGPORT"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_says_where_and_as_whom() -> None:
    assert Login.from_environment() == Login(HOST, 3306, "app_user", "app", "us-east-1")
    said = Login.from_environment(user="migrator", port=3307, dbname="orders", login_seconds=3)
    assert (said.user, said.port, said.dbname, said.login_seconds) == ("migrator", 3307, "orders", 3)


def test_all_that_is_missing_or_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MYSQL_HOST", "MYSQL_USER"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("MYSQL_TCP_PORT", "70000")
    with pytest.raises(ConnectError) as refused:
        Login.from_environment()
    for said in ("MYSQL_HOST is not set", "MYSQL_USER is not set", "MYSQL_TCP_PORT is '70000'; allowed: 1 to 65535"):
        assert said in str(refused.value)
    assert "PG" not in str(refused.value)


def test_readers_have_an_endpoint_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConnectError, match="DB_READER_HOST is not set"):
        Login.from_environment(reader=True)
    monkeypatch.setenv("DB_READER_HOST", f"readers.{HOST.partition('.')[2]}")
    login = Login.from_environment(reader=True)
    assert login.reader
    assert login.host.startswith("readers.")


def test_its_token_is_boto3s(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_moment(token: str) -> list[str]:
        return [part for part in token.split("&") if not part.startswith(("X-Amz-Date", "X-Amz-Signature"))]

    key, secret, session = CREDENTIALS.values()
    own = boto3.Session(key, secret, session, region_name="us-east-1").client("rds")
    theirs = own.generate_db_auth_token(HOST, 3306, "app_user")
    assert without_moment(Login.from_environment().token()) == without_moment(theirs)
    through = Login.from_environment(address=("127.0.0.1", 13306))
    assert without_moment(through.token()) == without_moment(theirs), "of the forward, not of the endpoint"


@pytest.mark.parametrize(
    ("host", "file"), [(HOST, "amazon_trust.pem"), ("app.a1b2c3.us-east-1.rds.amazonaws.com", "rds.pem")]
)
def test_the_roots_are_awss_for_that_kind_of_endpoint(host: str, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", "/somewhere/else.pem")
    assert Login.from_environment(host=host).roots() == trust._ROOTS / file


def test_its_context_trusts_those_roots_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_SSL_CA", str(Authority(tmp_path, "one").root))
    context = Login.from_environment().ssl_context()
    assert [one["subject"] for one in context.get_ca_certs()] == [((("commonName", "one"),),)]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_roots_that_are_no_file_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSQL_SSL_CA", "/no/such/file.pem")
    with pytest.raises(ConnectError, match=r"MYSQL_SSL_CA is '/no/such/file\.pem'; allowed: a PEM file"):
        Login.from_environment().ssl_context()


def test_an_alias_is_refused() -> None:
    with pytest.raises(ConnectError, match="is not the name of an RDS endpoint"):
        Login.from_environment(host="db.example.com", region="us-east-1").roots()


def test_its_text_shows_nothing_secret() -> None:
    login = Login.from_environment()
    assert "X-Amz" not in repr(login)
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in repr(login)


def test_a_login_is_for_its_own_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    to_mysql: Any = Login.from_environment()
    to_postgresql = keyless_client.Login(HOST, 5432, "app_user", "app", "us-east-1")
    with pytest.raises(ConnectError, match=r"isn't a login to PostgreSQL; allowed: keyless_client\.Login"):
        keyless_client.connect(login=to_mysql)
    with pytest.raises(ConnectError, match="isn't a login to PostgreSQL"):
        attach(create_engine("postgresql+psycopg://"), login=to_mysql)
    with pytest.raises(ConnectError, match=r"isn't a login to MySQL; allowed: keyless_client\.mysql\.Login"):
        attach(create_engine("mysql+pymysql://"), login=to_postgresql)


def test_an_engines_login_is_the_environments_for_its_dialect() -> None:
    engine = attach(create_engine("mysql+pymysql://"))
    with pytest.raises(ConnectError, match="logs in as app_user on app"):
        attach(engine, login=replace(Login.from_environment(), user="another"))
    attach(engine, login=Login.from_environment())
    attach(create_engine("mariadb+pymysql://"))


def test_a_secret_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless_client.secret._text", lambda arn: '{"username": "other", "password": "x"}')
    monkeypatch.setattr("keyless_client.secret._passwords", {})
    with pytest.raises(ConnectError, match="belongs to user 'other'; allowed: the secret whose username is 'app_user'"):
        Login.from_environment(secret_arn=ARN).parameters()
