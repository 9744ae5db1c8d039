"""The deployed drift watch finds what was granted by hand and notifies the topic; each broken control is seen."""

import json

import pytest

from keyless.rehearsal.deployment.drift_watch import DriftWatch
from keyless.rehearsal.lines.platform.drift import drift
from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.dev.drift_breaks import ALL, BREAKS, UNTOUCHED, kept_out, watch


def wrong(stage: Stage) -> dict[str, str]:
    return {line.what: line.measured.reason for line in drift(stage) if not line.holds}


def test_every_line_holds_on_what_is_deployed(stage: Stage) -> None:
    lines = list(drift(stage))
    assert [f"{line.what}: {line.measured}" for line in lines if not line.holds] == []
    assert {line.what for line in lines} == ALL
    assert "reports 1 changes" in lines[-1].measured.reason


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_control_turns_the_right_lines_red_and_no_other(stage: Stage, name: str) -> None:
    control, red = BREAKS[name]
    with control(stage):
        found = wrong(stage)
    assert found.keys() == red, found


def test_a_watch_that_cannot_look_says_so_to_the_topic(stage: Stage) -> None:
    with kept_out(watch)(stage), DriftWatch(stage.cloud, stage.deployed.schedule, stage.deployed.topic) as called:
        received = called.call()
    assert received.record and received.record["requestContext"]["condition"] == "RetriesExhausted"
    (notice,) = map(json.loads, received.notices)
    assert "failed at every attempt" in notice["meaning"]
    assert "as drift_watch" in notice["found"]["responsePayload"]["errorMessage"]


def test_a_schedule_that_is_disabled_is_none(stage: Stage) -> None:
    events = stage.cloud.client("events")
    (name,) = [rule["Name"] for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression")]
    events.disable_rule(Name=name)
    found = wrong(stage)
    events.enable_rule(Name=name)
    assert found == {UNTOUCHED: "0 enabled schedules look at database 'app'; there should be one"}


def test_all_is_well_again_after_the_breaks(stage: Stage) -> None:
    assert wrong(stage) == {}
