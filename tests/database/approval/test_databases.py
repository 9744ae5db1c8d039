"""An approval of several databases: each run does its own part, and of what concerns the cluster whatever is left."""

from pathlib import Path

import pytest

from db_access.errors import AccessError, UnapprovedError
from db_access.spec import AccessSpec
from tests.conftest import Database
from tests.database.approval.deploying import Function, Watched
from tests.database.approval.test_first import TWO
from tests.database.approval.worlds import by_hand

MORE = AccessSpec.parse(
    {
        **TWO.as_properties(),
        "users": [
            *TWO.as_properties()["users"][:-1],
            {
                "username": "new",
                "grants": [{"database": d, "schemas": ["foo"], "access": "read_only"} for d in ("app", "second")],
            },
        ],
        "retired": [{"username": "everywhere", "drop": True}],
    }
)


@pytest.fixture
def function(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Function:
    return Function(database, tmp_path, monkeypatch)


def test_all_of_them_are_done_the_missing_one_made_and_a_retired_role_dropped(function: Function) -> None:
    approved = function.approve(TWO)
    assert [expected.identity.oid is None for expected in approved.databases] == [False, True]
    for name in ("app", "second"):
        function.deploy(TWO, approved, name)
    approved = function.approve(MORE)
    assert approved.later == ('DROP ROLE "everywhere"',)
    for name in ("app", "second"):
        assert function.deploy(MORE, approved, name)["Changes"] > 0
    with function.database.superuser() as connection:
        assert connection.execute("SELECT FROM pg_roles WHERE rolname = 'everywhere'").rowcount == 0


def test_a_deploy_that_failed_at_the_second_goes_on_with_the_same_approval(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)
    function.properties = {}
    assert function.deploy(TWO, approved)["Changes"] == 0
    assert function.deploy(TWO, approved, "second")["Changes"] > 0


def test_a_database_that_somebody_has_made_meanwhile_is_another(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)
    with function.database.server.connect() as connection:
        connection.execute("CREATE DATABASE second OWNER master")
    with pytest.raises(UnapprovedError, match=r"another database: its oid is .*; approved: none yet"):
        function.deploy(TWO, approved, "second")


def test_a_missing_database_is_not_made_for_what_was_not_approved(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)
    by_hand(function.database, "ALTER ROLE reader CONNECTION LIMIT 3")
    with pytest.raises(UnapprovedError, match="not approved: ALTER ROLE"):
        function.deploy(TWO, approved, "second")
    with function.database.superuser() as connection:
        assert connection.execute("SELECT FROM pg_database WHERE datname = 'second'").rowcount == 0


def there(function: Function) -> bool:
    with function.database.superuser() as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = 'second'").rowcount == 1


def test_a_database_that_a_refused_run_has_made_is_dropped_again(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)
    with function.database.server.connect(database="template1") as template:
        template.execute("CREATE SCHEMA foo")
    try:
        with pytest.raises(AccessError, match="second"):
            function.deploy(TWO, approved, "second")
    finally:
        with function.database.server.connect(database="template1") as template:
            template.execute("DROP SCHEMA foo")
    assert not there(function)
    assert function.deploy(TWO, approved, "second")["Changes"] > 0


class TimeIsUpError(Exception):
    pass


def test_a_database_that_an_interrupted_run_has_made_is_done_by_a_retry(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)

    def time_is_up() -> None:
        raise TimeIsUpError

    Watched.between = time_is_up
    with pytest.raises(TimeIsUpError):
        function.deploy(TWO, approved, "second")
    assert there(function)
    other = approved.model_copy(update={"later": ("DROP ROLE nobody",)})
    with pytest.raises(UnapprovedError, match="its oid is"):
        function.deploy(TWO, other, "second")
    assert function.deploy(TWO, approved, "second")["Changes"] > 0
    with function.database.superuser() as connection:
        connection.execute("GRANT TEMPORARY ON DATABASE second TO PUBLIC")
    with pytest.raises(UnapprovedError, match=r"its oid is .*; approved: none yet"):
        function.deploy(TWO, approved, "second")


def test_a_mark_on_somebody_else_s_database_means_nothing(function: Function) -> None:
    approved = function.approve(TWO)
    function.deploy(TWO, approved)
    with function.database.server.connect() as connection:
        connection.execute("CREATE DATABASE second")
        connection.execute(f"COMMENT ON DATABASE second IS 'made for approval {approved.digest}'")
    with pytest.raises(AccessError, match="second"):
        function.deploy(TWO, approved, "second")
    assert there(function)


def test_what_the_first_run_has_to_do_to_the_cluster_it_may_not_find_done(function: Function) -> None:
    for name in ("app", "second"):
        function.deploy(TWO, None, name)
    approved = function.approve(MORE)
    by_hand(function.database, "REVOKE rds_iam FROM everywhere GRANTED BY master")
    with pytest.raises(UnapprovedError, match='not to be done any more: REVOKE "rds_iam" FROM "everywhere"'):
        function.deploy(MORE, approved)
