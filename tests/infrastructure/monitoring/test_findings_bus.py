"""What the drift watch says goes to another account's bus where a setting names one, and nowhere else."""

import json
from typing import Any

import pytest

from db_access.plan.finding import Finding
from keyless_checks.reading.statements import statements
from tests.app.environments import PROD
from tests.infrastructure.monitoring.test_drift_watch import allowed, matches, record
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.templates import Templates
from tests.infrastructure.variants import FINDINGS_BUS, VARIANTS

RULE, ROLE = "monitoring/FindingsBus/Rule", "monitoring/FindingsBus/Role"


@pytest.fixture(scope="module")
def handing_on(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    environment, spec = VARIANTS["findings-bus"]
    return synthesize(environment, tmp_path_factory.mktemp("bus"), spec).templates


def handed_on(templates: Templates, event: dict[str, Any]) -> bool:
    pattern = json.loads(json.dumps(templates.props(RULE)["EventPattern"]))
    request = pattern["detail"]["requestContext"]
    request["functionArn"] = [templates.text("monitoring", arn) for arn in request["functionArn"]]
    return matches(pattern, event)


@pytest.mark.parametrize(
    "found",
    [Finding(database="app", violations=("x",)), Finding(database="app"), Finding(database="app", busy=True)],
    ids=["drift", "none", "a deploy at work"],
)
def test_each_run_is_handed_on_whatever_it_found(handing_on: Templates, found: Finding) -> None:
    """So that who keeps findings there can end one when it is gone."""
    assert handed_on(handing_on, record(found.answer(cluster="cluster-ABC")))


def test_a_run_that_failed_is_handed_on(handing_on: Templates) -> None:
    assert handed_on(handing_on, record({"errorMessage": "gave up"}, condition="RetriesExhausted"))


def test_nothing_else_of_the_default_bus_is_handed_on(handing_on: Templates) -> None:
    event = record(Finding(database="app").answer(cluster="c"))
    other = json.loads(json.dumps(event).replace("access/Watch/Function", "workload/Writer/Function"))
    assert not handed_on(handing_on, other)
    assert not handed_on(handing_on, {**event, "source": "aws.lambda"})


def test_it_goes_whole_to_that_bus_by_a_role_that_may_do_nothing_else(handing_on: Templates) -> None:
    (target,) = handing_on.props(RULE)["Targets"]
    assert {**target, "RoleArn": handing_on.text("monitoring", target["RoleArn"])} == {
        "Id": "Bus",
        "Arn": FINDINGS_BUS,
        "RoleArn": f"{ROLE}.Arn",
    }
    rights = [(s.actions, s.resources) for s in statements(handing_on) if s.role == ROLE]
    assert rights == [(["events:PutEvents"], [FINDINGS_BUS])]


def test_the_function_gets_no_right_for_it(handing_on: Templates, prod: Synthesis) -> None:
    assert allowed(handing_on) == allowed(prod.templates)


def test_an_alarm_tells_when_it_cant_be_handed_on(handing_on: Templates) -> None:
    (alarm,) = [r.props for r in handing_on.all("AWS::CloudWatch::Alarm") if r.path.endswith("Alarms/FindingsBus")]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("FailedInvocations", 1)
    (dimension,) = alarm["Dimensions"]
    assert handing_on.text("monitoring", dimension["Value"]) == RULE


def test_without_the_setting_nothing_is_there_but_what_was(prod: Synthesis, handing_on: Templates) -> None:
    ours, theirs = prod.templates.by_stack, handing_on.by_stack
    assert {stack for stack in ours if ours[stack] != theirs[stack]} == {"monitoring"}
    more = theirs["monitoring"]["Resources"].keys() - ours["monitoring"]["Resources"].keys()
    assert len(more) == 4 and not ours["monitoring"]["Resources"].keys() - theirs["monitoring"]["Resources"].keys()
    assert PROD.monitoring.findings_bus is None
