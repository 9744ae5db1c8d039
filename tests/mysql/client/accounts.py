"""Accounts of a real server for the client to log in as, and the environment that leads it there."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from keyless_client import endpoint_login, secret
from keyless_client.mysql import Login
from tests.mysql.client.ways import WAYS
from tests.mysql.servers import Instance, rows
from tests.unclosed import collect_unclosed

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:plain"
PASSWORD = "s3cret-pä55'word\\%s"
IAM, PLAIN = "app_user", "plain"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE123456789",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "a session of Lambda's",
}


WHO = "SELECT CURRENT_USER(), VARIABLE_VALUE <> '' FROM {}.session_status WHERE VARIABLE_NAME = 'Ssl_version'"


@dataclass
class Accounts:
    instance: Instance
    secrets: dict[str, str]
    """By user, what Secrets Manager has."""

    def login(self, user: str = IAM) -> Login:
        return Login.from_environment(user=user, secret_arn=ARN if user in self.secrets else None)

    def run(self, *statements: str) -> None:
        with self.instance.superuser() as owner:
            for statement in statements:
                rows(owner, statement)

    def reset(self) -> None:
        """As it was made."""
        self.secrets[PLAIN] = PASSWORD
        self.change_password(PASSWORD)

    def change_password(self, password: str) -> None:
        with self.instance.superuser() as owner:
            rows(owner, "ALTER USER plain@'%%' IDENTIFIED BY %s", password)


def made(instance: Instance) -> Accounts:
    """`app_user` logs in with IAM, whose token is the server's key here, and `plain` by the password of a secret."""
    with instance.superuser() as owner:
        rows(owner, f"CREATE USER {IAM}@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL")
        rows(owner, "CREATE USER plain@'%%' IDENTIFIED BY %s", PASSWORD)
        rows(owner, f"GRANT SELECT ON app.* TO {IAM}@'%'")
        rows(owner, f"GRANT SELECT ON app.* TO {PLAIN}@'%'")
    return Accounts(instance, {PLAIN: PASSWORD})


def lead_to(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment say where the server is, and Secrets Manager what the password is."""
    for name, value in {**CREDENTIALS, **_environment(accounts.instance)}.items():
        monkeypatch.setenv(name, value)
    for name in ("PGHOST", "PGSSLROOTCERT", "DB_SECRET_ARN", "DB_READER_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(secret, "_read", lambda arn, user: accounts.secrets[user])
    monkeypatch.setattr(secret, "_passwords", {})
    monkeypatch.setattr(endpoint_login, "auth_token", lambda **_: accounts.instance.server.key)


def _environment(instance: Instance) -> dict[str, str]:
    root: Path = instance.server.root_certificate
    return {
        "MYSQL_HOST": "localhost",
        "MYSQL_TCP_PORT": str(instance.server.port),
        "MYSQL_USER": IAM,
        "MYSQL_DATABASE": instance.name,
        "MYSQL_SSL_CA": str(root),
        "AWS_REGION": "us-east-1",
        "DB_LOGIN_SECONDS": "0",
    }


def asked(accounts: Accounts, way: str, login: Login) -> tuple[object, ...]:
    return WAYS[way](login, WHO.format("information_schema" if accounts.instance.is_mariadb else "performance_schema"))


def refused(accounts: Accounts, way: str, login: Login) -> str:
    with pytest.raises(Exception) as error:
        asked(accounts, way, login)
    said = str(error.value)
    del error
    collect_unclosed()
    assert PASSWORD not in said
    assert accounts.instance.server.key not in said
    return said
