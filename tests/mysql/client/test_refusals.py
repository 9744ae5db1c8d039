"""What real servers say of an account that may not log in, and what to check then."""

from dataclasses import replace

import pytest

from tests.mysql.client import accounts as of_tests
from tests.mysql.client.accounts import IAM, PLAIN, Accounts, refused
from tests.mysql.client.ways import DRIVERS
from tests.mysql.servers import Instance

every_driver = pytest.mark.parametrize("way", DRIVERS)


@pytest.fixture
def own(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    accounts = of_tests.made(instance)
    of_tests.lead_to(accounts, monkeypatch)
    return accounts


REFUSALS = {
    "a locked account": (f"ALTER USER {IAM}@'%' ACCOUNT LOCK", "the account is locked"),
    "no right in the database": (f"REVOKE SELECT ON app.* FROM {IAM}@'%'", "has no right in database app"),
    "no more sessions": (
        f"ALTER USER {IAM}@'%' WITH MAX_USER_CONNECTIONS 1",
        "already has as many sessions as its connection_limit",
    ),
}


@every_driver
@pytest.mark.parametrize("what", REFUSALS)
def test_each_refusal_has_its_advice(own: Accounts, way: str, what: str) -> None:
    statement, advice = REFUSALS[what]
    own.run(statement)
    login = own.login()
    if what == "no more sessions":
        with own.instance.log_in(IAM):
            said = refused(own, way, login)
    else:
        said = refused(own, way, login)
    assert advice in said


def test_no_such_database(own: Accounts) -> None:
    own.run(f"GRANT SELECT ON *.* TO {IAM}@'%'")
    login = replace(own.login(), dbname="orders")
    assert "check MYSQL_DATABASE" in refused(own, "PyMySQL", login)


def test_an_expired_password(own: Accounts) -> None:
    own.run("ALTER USER plain@'%' PASSWORD EXPIRE")
    said = refused(own, "PyMySQL", own.login(PLAIN))
    assert "has expired" in said or "1820" in said  # MariaDB lets in who may do nothing else then
