"""A deploy that failed goes on with the same approval: what it has done for good counts as done."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db_access.errors import AccessError, UnapprovedError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.approval.deploying import Function, Watched
from tests.database.approval.worlds import CHANGES, by_hand, prepared
from tests.database.engine import run

LESS, DISABLED = CHANGES["a user less"], CHANGES["a user disabled"]


class TimeIsUpError(Exception):
    pass


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    made = Function(database, tmp_path, monkeypatch)
    prepared(database, lambda spec: made.deploy(spec, None))
    yield made
    Watched.between = None


def interrupted() -> None:
    raise TimeIsUpError


@pytest.mark.parametrize("spec", [LESS, DISABLED], ids=["retired", "disabled"])
def test_a_run_that_was_interrupted_after_it_ended_a_login_is_done_by_a_retry(
    spec: AccessSpec, function: Function
) -> None:
    approved = function.approve(spec)
    Watched.between = interrupted
    with pytest.raises(TimeIsUpError):
        function.deploy(spec, approved)
    assert run(function.database, "rdsadmin", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'reader'") == [(False,)]
    assert function.deploy(spec, approved)["Changes"] > 0
    assert function.deploy(spec, approved)["Changes"] == 0


def test_whatever_failed_after_it_is_done_once_it_is_mended(function: Function) -> None:
    """A superuser's event trigger that lets nobody take a right away."""
    stop = "CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''stopped''; END'"
    trigger = "CREATE EVENT TRIGGER stop ON ddl_command_start WHEN TAG IN ('REVOKE') EXECUTE FUNCTION stop()"
    by_hand(function.database, stop)
    by_hand(function.database, trigger)
    approved = function.approve(LESS)
    with pytest.raises(AccessError, match="stopped"):
        function.deploy(LESS, approved)
    by_hand(function.database, "DROP EVENT TRIGGER stop")
    assert function.deploy(LESS, approved)["Changes"] > 0


def test_a_retry_does_nothing_that_is_new(function: Function) -> None:
    approved = function.approve(LESS)
    Watched.between = interrupted
    with pytest.raises(TimeIsUpError):
        function.deploy(LESS, approved)
    by_hand(function.database, "GRANT DELETE ON bar.audit TO lambda_writer")
    by_hand(function.database, "GRANT TEMPORARY ON DATABASE app TO lambda_writer")
    with pytest.raises(UnapprovedError, match="not approved: REVOKE TEMPORARY"):
        function.deploy(LESS, approved)


def test_a_login_that_is_ours_no_more_has_not_ended(function: Function) -> None:
    raw = LESS.as_properties()
    spec = AccessSpec.parse({**raw, "users": [*raw["users"], {"username": "auditor", "databases": ["app"]}]})
    approved = function.approve(spec)
    by_hand(function.database, "COMMENT ON ROLE reader IS NULL")
    with pytest.raises(UnapprovedError, match=r"and not to be done any more: ALTER ROLE .* NOLOGIN"):
        function.deploy(spec, approved)


def test_who_holds_a_lock_is_named_and_the_approval_is_good_once_it_has_gone(function: Function) -> None:
    by_hand(function.database, "SET ROLE app_owner", "CREATE TABLE foo.mine (id int)")
    by_hand(function.database, "ALTER TABLE foo.mine OWNER TO reader", "CREATE ROLE stranger LOGIN SUPERUSER")
    approved = function.approve(LESS)
    with psycopg.connect(function.database.server.conninfo("stranger", "app")) as held:
        held.execute("SELECT FROM foo.mine")
        with pytest.raises(UnapprovedError, match=r"be done now: ALTER TABLE .*mine.*stranger"):
            function.deploy(LESS, approved)
    assert function.deploy(LESS, approved)["Changes"] > 0
