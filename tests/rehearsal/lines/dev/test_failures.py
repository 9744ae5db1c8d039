"""What CloudFormation shows when the custom resource fails: the cause, soon, and nothing is changed in the database.

The whole way is real: an update of the deployed stack, the provider framework, the bootstrap function, the rollback.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest

from db_access.postgresql import apply
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.lines.table import who_can_do_what
from keyless.rehearsal.stage.running import Stage
from tests.database.engine import fingerprint
from tests.rehearsal.lines.updates import settled, update

TIMEOUTS = {"CONNECT_SECONDS": "1", "LOCK_SECONDS": "1"}


def roll_back(stage: Stage) -> str:
    """Continue the rollback, as the operator does when the cause is gone: it fails as long as the cause lasts."""
    cloudformation, name = stage.cloud.client("cloudformation"), stage.deployed.stack("access")
    cloudformation.continue_update_rollback(StackName=name)
    return settled(cloudformation, name)


def limit(number: int) -> Callable[[dict[str, Any]], None]:
    def change(spec: dict[str, Any]) -> None:
        spec["users"][1]["connection_limit"] = number

    return change


@contextmanager
def lock_held(stage: Stage) -> Iterator[None]:
    with psycopg.connect(stage.postgres.conninfo(database="app")) as other:
        apply.lock(other, 5)
        yield


@contextmanager
def tokens_refused(stage: Stage) -> Iterator[None]:
    judge, stage.judge = stage.judge, lambda **question: Verdict(False, "", "no token is good enough today")
    yield
    stage.judge = judge


@contextmanager
def database_down(stage: Stage) -> Iterator[None]:
    stage.endpoints.stop()
    yield
    stage.endpoints.start()


CAUSES: dict[str, tuple[Callable[[Stage], AbstractContextManager[None]], str]] = {
    "the lock is held by another session": (lock_held, "another session holds a lock in database 'app'"),
    "the cluster refuses the token": (tokens_refused, 'PAM authentication failed for user "keyless_master"'),
    "the database is down": (database_down, "Connection refused"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_a_failure_names_its_cause_in_the_event_and_changes_nothing(stage: Stage, name: str) -> None:
    trouble, cause = CAUSES[name]
    update(stage, limit(50), **TIMEOUTS)
    with stage.superuser() as connection:
        before = fingerprint(connection)
        with trouble(stage):
            found = update(stage, limit(7), **TIMEOUTS)
        assert cause in found[0]
        assert "nothing was changed" in found[0].lower()
        assert fingerprint(connection) == before
        assert roll_back(stage) == "UPDATE_ROLLBACK_COMPLETE"
        assert fingerprint(connection) == before


def test_an_update_carries_a_changed_spec_out_and_its_reverse_restores_everything(stage: Stage) -> None:
    """A rolled back update is an update with the old properties."""
    with stage.superuser() as connection:
        before = fingerprint(connection)
        assert update(stage, limit(7)) == []
        assert connection.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'lambda_writer'").fetchone() == (
            7,
        )
        assert update(stage, limit(50)) == []
        assert fingerprint(connection) == before


def test_a_user_taken_from_the_spec_is_out_and_back_with_the_old_spec(stage: Stage) -> None:
    assert update(stage, lambda spec: spec["users"].pop(1)) == []
    assert "Writer: writes two events" in {line.what for line in who_can_do_what(stage).lines if not line.holds}
    assert update(stage, lambda spec: None) == []
    assert [line for line in who_can_do_what(stage).lines if not line.holds] == []


def test_what_only_a_superuser_can_take_fails_the_update_and_is_named_with_the_statement(stage: Stage) -> None:
    with stage.superuser() as connection:
        connection.execute("ALTER ROLE lambda_writer SUPERUSER")
        found = update(stage, limit(7))
        connection.execute("ALTER ROLE lambda_writer NOSUPERUSER")
    assert "role 'lambda_writer' has SUPERUSER, which the master 'keyless_master' can't take away" in found[0]
    assert 'allowed: as a superuser ALTER ROLE "lambda_writer" NOSUPERUSER, then run again' in found[0]
    assert roll_back(stage) == "UPDATE_ROLLBACK_COMPLETE"


def test_a_spec_that_only_the_function_sees_is_refused_with_all_problems(stage: Stage) -> None:
    def spoil(spec: dict[str, Any]) -> None:
        spec["users"][0]["username"], spec["users"][1]["acess"] = "rds_iam", "all"

    found = update(stage, spoil)
    assert "the access spec has 2 problems" in found[0]


def test_no_event_or_secret_is_logged(stage: Stage) -> None:
    logs, name = (
        stage.cloud.client("logs"),
        stage.deployed.function("access", "Bootstrap").configuration["LoggingConfig"]["LogGroup"],
    )
    messages = [e["message"] for e in logs.filter_log_events(logGroupName=name)["events"]]
    assert any("GRANT" in message for message in messages)
    assert not any("X-Amz-Signature" in message or "ResponseURL" in message for message in messages)


def delete(stage: Stage, physical_id: str) -> Any:
    """Send the deployed function a Delete."""
    properties = stage.deployed.access_properties("app")
    event = {"RequestType": "Delete", "PhysicalResourceId": physical_id, "ResourceProperties": properties}
    return stage.deployed.function("access", "Bootstrap").invoke(event)


def test_a_delete_of_what_is_not_this_functions_succeeds_and_changes_nothing(stage: Stage) -> None:
    """Such as the access to a cluster that has been replaced: its Delete comes to the function of the new one."""
    with stage.superuser() as connection:
        before = fingerprint(connection)
        assert delete(stage, "cluster-REPLACED/app") == {"PhysicalResourceId": "cluster-REPLACED/app", "Data": {}}
        assert fingerprint(connection) == before


def test_a_delete_with_the_database_gone_succeeds(stage: Stage) -> None:
    assert update(stage, limit(50), **TIMEOUTS) == []
    own = f"{stage.deployed.database.resource_id}/app"
    with stage.superuser() as connection, database_down(stage):
        before = fingerprint(connection)
        assert delete(stage, own) == {"PhysicalResourceId": own, "Data": {}}
        assert fingerprint(connection) == before


def test_a_delete_that_can_do_its_work_does_it(stage: Stage) -> None:
    """The two above would prove nothing if no Delete ever did anything."""
    own = f"{stage.deployed.database.resource_id}/app"
    assert delete(stage, own)["Data"]["Changes"] > 0
    with stage.superuser() as connection:
        assert connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'lambda_writer'").fetchone() == (
            False,
        )
    for change in (
        limit(7),
        lambda spec: None,
    ):  # back to the spec as it was, by way of another one: equal properties are no update
        assert update(stage, change) == []
    assert [line for line in who_can_do_what(stage).lines if not line.holds] == []
