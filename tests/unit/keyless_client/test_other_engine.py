"""A function of one engine that asks for the other's login is told whose is whose."""

import pytest

from keyless_client import ConnectError, Login, mysql
from keyless_client.environment import MYSQL, POSTGRESQL


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for variables in (MYSQL, POSTGRESQL):
        for name in variables[:4]:
            monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("login", "said", "told"),
    [
        (Login, "MYSQL_HOST", "MYSQL_HOST is set: a MySQL or MariaDB is reached by keyless_client.drivers"),
        (mysql.Login, "PGHOST", "PGHOST is set: a PostgreSQL is reached by keyless_client.connect()"),
    ],
)
@pytest.mark.parametrize("reader", [False, True])
def test_the_other_engines_host_says_what_is_for_it(
    login: type[Login | mysql.Login], said: str, told: str, reader: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(said, "db.example.com")
    with pytest.raises(ConnectError) as refused:
        login.from_environment(reader=reader)
    assert told in str(refused.value)


@pytest.mark.parametrize("login", [Login, mysql.Login])
def test_with_its_own_host_or_none_nothing_is_said_of_others(
    login: type[Login | mysql.Login], monkeypatch: pytest.MonkeyPatch
) -> None:
    for hosts in ((), ("PGHOST", "MYSQL_HOST")):
        for name in hosts:
            monkeypatch.setenv(name, "db.example.com")
        with pytest.raises(ConnectError) as refused:
            login.from_environment()
        assert "is reached by" not in str(refused.value)
