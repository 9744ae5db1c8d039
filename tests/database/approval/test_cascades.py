"""What a CASCADE takes from whom is a part of what is approved."""

from pathlib import Path

import pytest

from db_access.errors import UnapprovedError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.approval.deploying import Function
from tests.database.approval.facts import facts
from tests.database.approval.worlds import BASE, CHANGES, by_hand, prepared
from tests.database.engine import major

ADMINISTERS = AccessSpec.parse(
    {
        **BASE.as_properties(),
        "users": [
            *BASE.as_properties()["users"][:-1],
            {**BASE.as_properties()["users"][-1], "groups": [{"name": "team", "admin": True}]},
        ],
    }
)
LESS, FEWER = CHANGES["a user less"], CHANGES["fewer rights"]


def option(what: str) -> tuple[str, str, str]:
    return f"GRANT {what} TO reader WITH GRANT OPTION", f"GRANT {what} TO s1", f"GRANT {what} TO s2"


CASES = {
    "a table": (FEWER, *option("SELECT ON foo.event")),
    "a column": (FEWER, *option("UPDATE (name) ON foo.event")),
    "a function": (LESS, *option("EXECUTE ON FUNCTION foo.answer()")),
    "a schema": (LESS, *option("USAGE ON SCHEMA ops")),
    "the database": (LESS, *option("CONNECT ON DATABASE app")),
}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    by_hand(database, "CREATE ROLE s1", "CREATE ROLE s2")
    return made


def as_reader(function: Function, statement: str) -> None:
    by_hand(function.database, "SET ROLE reader", statement)


@pytest.mark.parametrize("name", CASES)
def test_who_comes_to_depend_on_an_approved_revoke_makes_it_another(name: str, function: Function) -> None:
    spec, given, once, twice = CASES[name]
    by_hand(function.database, given)
    as_reader(function, once)
    approved = function.approve(spec)
    assert any("by CASCADE: " in text and "'s1'" in text for text in approved.databases[0].effects)
    as_reader(function, twice)
    with function.database.superuser() as connection:
        before = facts(connection)
        with pytest.raises(UnapprovedError, match=r"by CASCADE: .*'s1'.*'s2'"):
            function.deploy(spec, approved)
        assert facts(connection) == before
    assert function.deploy(spec, function.approve(spec))["Changes"] > 0


@pytest.mark.parametrize("member", ["s1", "by s1"])
def test_so_does_who_becomes_a_member_by_a_member(member: str, function: Function) -> None:
    function.deploy(ADMINISTERS, None)
    if member == "by s1":
        as_reader(function, "GRANT team TO s1 WITH ADMIN OPTION")
    approved = function.approve(LESS)
    by_hand(function.database, f"SET ROLE {'s1' if member == 'by s1' else 'reader'}", "GRANT team TO s2")
    if major(function.database) < 16:  # no membership depends on another one there
        function.deploy(LESS, approved)
        with function.database.superuser() as connection:
            assert connection.execute("SELECT pg_has_role('s2', 'team', 'MEMBER')").fetchone() == (True,)
        return
    with pytest.raises(UnapprovedError, match=r"by CASCADE: .*'s2'"):
        function.deploy(LESS, approved)
    assert function.deploy(LESS, function.approve(LESS))["Changes"] > 0
