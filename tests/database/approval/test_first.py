"""Before there is a database, an approval is for whatever the spec gives in one that nobody has anything in yet."""

from pathlib import Path

import pytest

from db_access.errors import UnapprovedError
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved, now
from db_access.spec.deployed import digest
from tests import hostile
from tests.conftest import Database
from tests.database.approval.deploying import Function, stored
from tests.database.approval.facts import Facts, facts
from tests.database.approval.worlds import BASE, CHANGES, OTHER, by_hand
from tests.database.engine import run

pytestmark = pytest.mark.skipif(hostile.HOSTILE, reason="in a database that shadows pg_catalog somebody has something")

TWO = AccessSpec.parse(
    {
        **BASE.as_properties(),
        "databases": [
            *BASE.as_properties()["databases"],
            {"name": "second", "schemas": [{"name": "foo", "owner": "second_owner"}]},
        ],
        "users": [
            *BASE.as_properties()["users"],
            {
                "username": "everywhere",
                "grants": [{"database": d, "schemas": ["foo"], "access": "read_only"} for d in ("app", "second")],
            },
        ],
    }
)


def first(spec: AccessSpec) -> Approved:
    return stored(Approved(made=now(), spec=digest(spec.as_properties()), first=True))


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    return Function(database, tmp_path, monkeypatch)


def state(function: Function) -> Facts:
    with function.database.superuser() as connection:
        return facts(connection)


def test_all_of_the_spec_is_made_in_an_empty_database_and_nothing_by_the_next_run(function: Function) -> None:
    assert function.deploy(BASE, first(BASE))["Changes"] > 0
    assert function.deploy(BASE, first(BASE))["Changes"] == 0


def test_databases_that_are_missing_are_made(function: Function) -> None:
    approved = first(TWO)
    assert function.deploy(TWO, approved)["Changes"] > 0
    assert function.deploy(TWO, approved, "second")["Changes"] > 0


@pytest.mark.parametrize(
    "there",
    [
        "CREATE ROLE reader; COMMENT ON ROLE reader IS '[managed by keyless-aurora]'",
        "CREATE ROLE leaver LOGIN; COMMENT ON ROLE leaver IS '[managed by keyless-aurora]'",
        "CREATE SCHEMA foo; CREATE TABLE foo.event (id int)",
    ],
    ids=["a role of the spec", "somebody who would lose its login", "a table"],
)
def test_where_somebody_has_something_nothing_is_done(function: Function, there: str) -> None:
    run(function.database, "rdsadmin", f"SET ROLE master; {there}")
    before = state(function)
    with pytest.raises(UnapprovedError, match="a first deploy was approved, and this is about what is there already"):
        function.deploy(BASE, first(BASE))
    assert state(function) == before


@pytest.mark.parametrize(
    "there",
    [
        "CREATE SCHEMA vault",
        "CREATE TABLE public.shared (id int)",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TYPE public.mood AS ENUM ('sad')",
        "SELECT lo_create(77777)",
    ],
)
def test_a_database_that_somebody_uses_is_not_the_first_s(function: Function, there: str) -> None:
    by_hand(function.database, there)
    before = state(function)
    with pytest.raises(UnapprovedError, match="somebody has something here already: "):
        function.deploy(BASE, first(BASE))
    assert state(function) == before


def test_an_extension_s_objects_are_nobody_s(function: Function) -> None:
    by_hand(function.database, "CREATE EXTENSION pg_stat_statements")
    assert function.deploy(BASE, first(BASE))["Changes"] > 0


@pytest.mark.parametrize(
    "taken", ["REVOKE CONNECT ON DATABASE app FROM reader", "REVOKE team FROM reader", "REVOKE rds_iam FROM reader"]
)
def test_what_was_taken_by_hand_since_is_not_given_back(function: Function, taken: str) -> None:
    approved = first(BASE)
    function.deploy(BASE, approved)
    by_hand(function.database, "SET ROLE master", taken)
    before = state(function)
    with pytest.raises(UnapprovedError, match="somebody has something here already: "):
        function.send(dict(function.properties))
    assert state(function) == before


def test_roles_of_the_spec_are_another_run_s_only_where_that_has_done_its_part(function: Function) -> None:
    approved = first(TWO)
    function.deploy(TWO, approved)
    by_hand(function.database, "SET ROLE master", "REVOKE team FROM reader")
    with pytest.raises(UnapprovedError, match="roles of the spec are there already: "):
        function.deploy(TWO, approved, "second")


def test_once_there_are_users_another_spec_needs_another_approval(function: Function) -> None:
    function.deploy(BASE, first(BASE))
    by_hand(function.database, "CREATE TABLE foo.event (id int)", "ALTER TABLE foo.event OWNER TO app_owner")
    function.properties = {}
    before = state(function)
    for spec in (OTHER, CHANGES["a user less"], CHANGES["fewer rights"], CHANGES["a user more"]):
        with pytest.raises(UnapprovedError):
            function.deploy(spec, first(spec))
        function.properties = {}
    assert state(function) == before
