"""Every driver gets in to real servers, by a token and by a secret's password, through verified TLS and no other way."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keyless.rehearsal.servers.certificates import Authority
from keyless_client import secret
from keyless_client.drivers import aiomysql, asyncmy
from keyless_client.mysql import ConnectError, Login
from tests.mysql.client import accounts as of_tests
from tests.mysql.client.accounts import IAM, PASSWORD, PLAIN, Accounts, asked, refused
from tests.mysql.client.ways import BARE, WAYS
from tests.mysql.servers import fresh
from tests.unclosed import collect_unclosed

every_way = pytest.mark.parametrize("way", WAYS)
every_bare_way = pytest.mark.parametrize("way", BARE)


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def standing(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """For the tests of this module that change nothing that they don't put back."""
    with fresh(request.getfixturevalue(request.param)) as instance:
        yield of_tests.made(instance)


@pytest.fixture
def accounts(standing: Accounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    of_tests.lead_to(standing, monkeypatch)
    yield standing
    if standing.secrets[PLAIN] != PASSWORD:
        standing.reset()


@every_way
@pytest.mark.parametrize("user", [IAM, PLAIN])
def test_it_gets_in_by_verified_tls(accounts: Accounts, way: str, user: str) -> None:
    assert asked(accounts, way, accounts.login(user)) == (f"{user}@%", 1)


@every_bare_way
@pytest.mark.parametrize("user", [IAM, PLAIN])
def test_it_takes_no_other_server_for_its_own(accounts: Accounts, way: str, user: str, tmp_path: Path) -> None:
    login = accounts.login(user)
    elsewhere = replace(login, host="db.example", address=("127.0.0.1", login.port))
    assert "not valid for" in refused(accounts, way, elsewhere)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MYSQL_SSL_CA", str(Authority(tmp_path, "foreign").root))
        assert "certificate verify failed" in refused(accounts, way, login)


@every_way
def test_a_refused_login_says_what_to_check(accounts: Accounts, way: str) -> None:
    said = refused(accounts, way, accounts.login("nobody_at_all"))
    assert "1045" in said
    assert "rds-db:connect on dbuser:…/nobody_at_all" in said or "by parameters" in way


@every_bare_way
def test_a_password_that_was_rotated_is_read_again(accounts: Accounts, way: str) -> None:
    login = accounts.login(PLAIN)
    asked(accounts, way, login)
    accounts.change_password("another one")
    accounts.secrets[PLAIN] = "another one"
    if "by parameters" in way:
        secret.renewed(str(login.secret_arn), login.user)
    assert asked(accounts, way, login) == (f"{PLAIN}@%", 1)


@every_bare_way
def test_another_password_than_the_secrets(accounts: Accounts, way: str) -> None:
    accounts.secrets[PLAIN] = "never its own"
    login = accounts.login(PLAIN)
    assert "has another password for plain than secret arn:" in refused(accounts, way, login) or "by para" in way


def test_a_port_forwards_end_is_not_taken_for_the_endpoint(accounts: Accounts) -> None:
    login = accounts.login()
    through = Login.from_environment(host="localhost", port=3306, address=("127.0.0.1", login.port))
    assert asked(accounts, "PyMySQL", through) == (f"{IAM}@%", 1)
    assert "not valid for 'proxy.example'" in refused(accounts, "PyMySQL", replace(through, host="proxy.example"))


@every_bare_way
def test_who_does_not_answer(accounts: Accounts, way: str) -> None:
    closed = replace(accounts.login(), address=("127.0.0.1", 1))
    assert "check MYSQL_TCP_PORT" in refused(accounts, way, closed) or "by parameters" in way
    unknown = replace(accounts.login(), address=("no.such.name.invalid", 3306))
    assert "can't be resolved here" in refused(accounts, way, unknown) or "by parameters" in way


def test_a_user_with_a_secret_has_no_token(accounts: Accounts) -> None:
    with pytest.raises(
        ConnectError, match=r"plain has a secret .* allowed: a user with auth_method iam, or a driver of"
    ):
        accounts.login(PLAIN).token()


@pytest.mark.parametrize("create_pool", [aiomysql.create_pool, asyncmy.create_pool], ids=["aiomysql", "asyncmy"])
def test_a_pool_lends_no_more_than_it_may_and_replaces_what_has_ended(accounts: Accounts, create_pool: Any) -> None:
    async def number(pool: Any) -> int:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute("SELECT CONNECTION_ID()")
            return int((await cursor.fetchone())[0])

    async def lent() -> None:
        pool = await create_pool(login=accounts.login(), minsize=1, maxsize=2)
        first, second, third = [await number(pool) for _ in range(3)]
        assert first == second == third
        async with pool.acquire(), pool.acquire():
            assert pool.size == 2
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(number(pool), 0.2)
        accounts.run(f"KILL {first}")
        await asyncio.sleep(0.2)
        assert {await number(pool) for _ in range(3)} - {first}
        pool.close()
        await pool.wait_closed()

    asyncio.run(lent())
    collect_unclosed()
