"""A second deploy changes nothing, and the way down loses no data; the last tests end the stage of this folder."""

from collections.abc import Iterator
from pathlib import Path

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.platform.kept import Data
from keyless.rehearsal.lines.platform.lifecycle import again, going_down
from keyless.rehearsal.stage.running import Stage


def wrong(lines: Iterator[Line]) -> set[str]:
    return {line.what for line in lines if not line.holds}


def test_a_second_deploy_and_a_second_run_change_nothing(stage: Stage) -> None:
    assert wrong(again(stage)) == set()


def test_a_second_deploy_that_changes_something_is_seen(stage: Stage) -> None:
    """And the engine puts back what somebody changed behind its back, which is a change, too."""
    cloudformation, name = stage.cloud.client("cloudformation"), stage.deployed.stack("workload")
    text = (stage.assembly / f"{name}.template.json").read_text()
    cloudformation.update_stack(
        StackName=name, TemplateBody=text.replace('"Timeout": 24', '"Timeout": 25'), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    stage.execute("REVOKE INSERT ON foo.event FROM lambda_writer")
    assert wrong(again(stage)) == {"a second deploy", "the engine runs again"}


def test_rows_that_are_lost_with_the_access_are_seen(stage: Stage) -> None:
    lines = going_down(stage)
    assert Data.of(stage).rows > 0
    assert next(lines).holds
    stage.execute("CREATE TABLE kept AS TABLE foo.event; TRUNCATE foo.event")
    lost = next(lines)
    assert (lost.holds, lost.measured.outcome) == (False, Outcome.LOST)
    stage.execute("INSERT INTO foo.event SELECT * FROM kept; ALTER ROLE migrator LOGIN")
    assert not next(lines).holds
    stage.execute("ALTER ROLE migrator NOLOGIN")


def test_destroying_everything_leaves_no_stack(stage: Stage) -> None:
    assert wrong(going_down(stage)) == set()
    assert stage.deployed.stacks() == set()


def test_nothing_is_left_of_a_rehearsal(stage: Stage) -> None:
    folder = stage.folder
    stage.__exit__(None, None, None)
    assert not Path(folder).exists()
