"""What `keyless verify` has deployed is removed, whatever ends it; and nothing else is."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyless.ending import orderly
from keyless.rehearsal.stage.running import Stage
from keyless.verify import removal
from keyless.verify.deployed import Deployed
from keyless.verify.left import NotAllowedError, refuse_second, remove_left
from keyless.verify.probes import probes
from keyless.verify.removal import RUN, LeftError
from keyless.verify.toolkit import ToolkitError
from tests.rehearsal.lines.dev.place import PLACE

_WAIT = {"Delay": 1}


@dataclass(frozen=True)
class Toolkit:
    """Deploys one small thing in place of the probes."""

    cloudformation: Any
    made_by: str = ""
    """Another run's name, in place of the plan's."""
    fails: str = ""
    """With what, after the stack is there."""

    def deploy(self, plan: Path) -> Mapping[str, str]:
        run = self.made_by or json.loads(plan.read_text())["run"]
        made(self.cloudformation, run)
        if self.fails:
            raise ToolkitError(self.fails)
        return {}


def made(cloudformation: Any, run: str, tag: str = RUN) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    tags = [{"Key": tag, "Value": run}]
    cloudformation.create_stack(StackName=PLACE.stack, TemplateBody=json.dumps(template), Tags=tags)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=PLACE.stack, WaiterConfig=_WAIT)


@pytest.fixture
def cloudformation(stage: Stage) -> Iterator[Any]:
    found = stage.cloud.client("cloudformation")
    yield found
    found.delete_stack(StackName=PLACE.stack)
    found.get_waiter("stack_delete_complete").wait(StackName=PLACE.stack, WaiterConfig=_WAIT)


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """As a terminal starts a command, whatever the tests were started to ignore."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_removes_the_probes(
    stage: Stage, deployed: Deployed, cloudformation: Any, tmp_path: Path, number: int
) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        orderly(),
        probes(Toolkit(cloudformation), stage.cloud.client, deployed, PLACE, tmp_path),
    ):
        os.kill(os.getpid(), number)
    assert PLACE.stack not in stage.deployed.stacks()


def test_another_signal_does_not_end_the_removal(
    stage: Stage, deployed: Deployed, cloudformation: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def again(line: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with (
        pytest.raises(KeyboardInterrupt),
        orderly(),
        probes(Toolkit(cloudformation), stage.cloud.client, deployed, PLACE, tmp_path, progress=again),
    ):
        os.kill(os.getpid(), signal.SIGINT)
    assert PLACE.stack not in stage.deployed.stacks()
    assert capsys.readouterr().err == f"{removal.STILL}\n"


def test_the_stack_of_another_run_stays(stage: Stage, deployed: Deployed, cloudformation: Any, tmp_path: Path) -> None:
    with (
        pytest.raises(ToolkitError, match="it is being updated"),
        probes(
            Toolkit(cloudformation, "another", "it is being updated"), stage.cloud.client, deployed, PLACE, tmp_path
        ),
    ):
        pass
    assert PLACE.stack in stage.deployed.stacks()
    with pytest.raises(NotAllowedError, match=f"stack {PLACE.stack} is there.*`keyless verify --remove`"):
        refuse_second(stage.cloud.client, PLACE)


def test_a_deploys_error_is_not_lost_when_the_removal_fails_too(
    stage: Stage, deployed: Deployed, cloudformation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "_SECONDS", -1.0)
    monkeypatch.setattr(removal, "described", lambda *_: {"StackId": PLACE.stack, "StackStatus": "DELETE_IN_PROGRESS"})
    toolkit = Toolkit(cloudformation, fails="no address is free")
    monkeypatch.setattr(removal, "_made_by", lambda *_: True)
    with (
        pytest.raises(ToolkitError, match="no address is free") as raised,
        probes(toolkit, stage.cloud.client, deployed, PLACE, tmp_path),
    ):
        pass
    (note,) = raised.value.__notes__
    assert "may still be there: DELETE_IN_PROGRESS after -1 s; allowed: `keyless verify --remove`" in note


def test_what_could_not_be_removed_is_an_error_that_says_how_it_is(
    stage: Stage, deployed: Deployed, cloudformation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = {"StackId": PLACE.stack, "StackStatus": "DELETE_FAILED", "StackStatusReason": "an interface is in use"}
    with (
        pytest.raises(LeftError, match="DELETE_FAILED: an interface is in use"),
        probes(Toolkit(cloudformation), stage.cloud.client, deployed, PLACE, tmp_path),
    ):
        monkeypatch.setattr(removal, "described", lambda *_: failed)
        monkeypatch.setattr(removal, "_made_by", lambda *_: True)


def test_removing_needs_nothing_but_the_stack_and_may_be_done_twice(
    stage: Stage, cloudformation: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made(cloudformation, "of an ended verify")
    remove_left(stage.cloud.client, PLACE, print)
    assert PLACE.stack not in stage.deployed.stacks()
    assert f"stack {PLACE.stack} is removed" in capsys.readouterr().out
    remove_left(stage.cloud.client, PLACE, print)
    assert f"stack {PLACE.stack} is not there: nothing to remove" in capsys.readouterr().out


def test_a_stack_that_no_verify_has_made_is_not_removed(stage: Stage, cloudformation: Any) -> None:
    made(cloudformation, "reports", tag="team")
    with pytest.raises(LeftError, match="it lacks the tag keyless:verify-run, so no verify has made it"):
        remove_left(stage.cloud.client, PLACE, print)
    assert PLACE.stack in stage.deployed.stacks()
