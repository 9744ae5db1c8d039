"""What a function's own line measures where a real server refuses, by whatever driver the function has."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from keyless.rehearsal.deployment.function import failed
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.own.lines import called
from keyless.rehearsal.own_lines.model import OwnLine
from keyless_client.mysql import Login
from tests.mysql.client import accounts as of_tests
from tests.mysql.client.accounts import Accounts
from tests.mysql.client.ways import WAYS
from tests.mysql.servers import fresh
from tests.unclosed import collect_unclosed

every_way = pytest.mark.parametrize("way", WAYS)
BY_SERVER, BY_FUNCTION = {"refused": {"by": "MySQL"}}, {"refused": {"by": "function"}}


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def standing(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    with fresh(request.getfixturevalue(request.param)) as instance:
        yield of_tests.made(instance)


@pytest.fixture
def accounts(standing: Accounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    of_tests.lead_to(standing, monkeypatch)
    yield standing
    collect_unclosed()


def measured(accounts: Accounts, way: str, login: Login, query: str, expect: Mapping[str, Any]) -> Line:
    """Of a function that asks the query, whose error Lambda's runtime tells."""

    def invoke(event: Mapping[str, Any]) -> Any:
        try:
            return WAYS[way](login, query)
        except Exception as error:  # as the runtime does
            told = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": ["handler.py"]}
        raise failed("F", told)

    server = Outcome.BY_MARIADB if accounts.instance.is_mariadb else Outcome.BY_MYSQL
    return called("F", invoke, OwnLine.model_validate({"event": {}, "expect": expect}), 0, server)


@every_way
def test_a_missing_right_is_the_servers_refusal(accounts: Accounts, way: str) -> None:
    for more in ({}, {"errno": 1142}, {"errno": 1142, "message": "SELECT command denied"}):
        expect = {"refused": {"by": "MySQL", **more}}
        line = measured(accounts, way, accounts.login(), "SELECT * FROM mysql.proxies_priv", expect)
        assert line.holds, line


@every_way
def test_another_failure_is_not_that_refusal(accounts: Accounts, way: str) -> None:
    gone = {"refused": {"by": "MySQL", "errno": 1146}}
    for expect, holds in ((BY_SERVER, False), (BY_FUNCTION, False), (gone, True)):
        line = measured(accounts, way, accounts.login(), "SELECT * FROM app.gone", expect)
        assert line.holds is holds, line


@every_way
def test_a_refused_login_is_neither_the_servers_nor_the_functions(accounts: Accounts, way: str) -> None:
    for expect in (BY_SERVER, BY_FUNCTION):
        line = measured(accounts, way, accounts.login("nobody_at_all"), "SELECT 1", expect)
        assert line.measured.outcome is Outcome.OTHER, line


@every_way
def test_nor_is_a_login_that_has_no_right_in_its_database(accounts: Accounts, way: str) -> None:
    accounts.run("REVOKE SELECT ON app.* FROM app_user@'%'")
    try:
        line = measured(accounts, way, accounts.login(), "SELECT 1", BY_SERVER)
        assert "by parameters" in way or line.measured.outcome is Outcome.OTHER, line
    finally:
        accounts.run("GRANT SELECT ON app.* TO app_user@'%'")
