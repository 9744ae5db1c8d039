"""A membership gives its role's rights at once (INHERIT), after SET ROLE (SET), or not at all: which is part of what was
approved, where the spec doesn't say it."""

from pathlib import Path

import pytest

from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.approval.cases import MEMBER, READER, SUPERUSER, Case, assert_done, assert_refused
from tests.database.approval.deploying import Function
from tests.database.approval.worlds import CHANGES, prepared
from tests.database.engine import major

_NOTHING = "WITH INHERIT FALSE, SET FALSE"
_TEAMS = ("CREATE ROLE helper", f"GRANT helper TO team {_NOTHING}")


def _by_hand(statement: str, difference: str, *before: str, spec: AccessSpec = MEMBER) -> Case:
    return Case(spec, (statement,), f"now {difference}$", before, SUPERUSER)


CASES = {
    "a group has at once what a role has": _by_hand(
        "GRANT helper TO team WITH INHERIT TRUE", '"team" in "helper", without SET', *_TEAMS
    ),
    "a group may become a role": _by_hand(
        "GRANT helper TO team WITH SET TRUE", '"team" in "helper", without INHERIT', *_TEAMS
    ),
    "a group may do both": _by_hand("GRANT helper TO team WITH INHERIT TRUE, SET TRUE", '"team" in "helper"', *_TEAMS),
    "a view's owner reads everything": _by_hand(
        "GRANT pg_read_all_data TO app_owner WITH INHERIT TRUE",
        '"app_owner" in "pg_read_all_data", without SET',
        f"GRANT pg_read_all_data TO app_owner {_NOTHING}",
        "CREATE VIEW foo.shown AS SELECT 1 AS x",
        "ALTER VIEW foo.shown OWNER TO app_owner",
        spec=READER,
    ),
    "who is in the user has at once what it has": _by_hand(
        "GRANT reader TO helper WITH INHERIT TRUE",
        '"helper" in "reader", without SET',
        "CREATE ROLE helper",
        f"GRANT reader TO helper {_NOTHING}",
        spec=CHANGES["more rights"],
    ),
}


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    if major(database) < 16:
        pytest.skip("memberships have options from PostgreSQL 16 on")
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    return made


@pytest.mark.parametrize("name", CASES)
def test_what_a_membership_gives_is_what_was_approved(name: str, function: Function) -> None:
    assert_refused(CASES[name], function)


@pytest.mark.parametrize("name", CASES)
def test_an_approval_of_what_it_gives_now_is_carried_out(name: str, function: Function) -> None:
    assert_done(CASES[name], function)
