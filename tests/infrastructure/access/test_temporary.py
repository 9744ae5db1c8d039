"""The schedule that ends memberships for a while: there only where the spec lets somebody have one."""

import json
from pathlib import Path

import pytest

from db_access.ending import EVENT
from db_access.spec.transport import SpecFile
from keyless_aurora.access import temporary_grants
from keyless_checks.rules.access import temporary
from keyless_checks.ruleset import breaches
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.variants import TEMPORARY, VARIANTS

RULE = "access/TemporaryGrants/Schedule"
LAYER = "access/Bootstrap/AccessSpec"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    environment, spec = VARIANTS["temporary-grants-prod"]
    return synthesize(environment, tmp_path_factory.mktemp("temporary"), spec)


def test_without_a_temporary_grant_in_the_spec_nothing_is_scheduled(every: Synthesis) -> None:
    paths = {
        resource.path
        for type_ in ("AWS::Events::Rule", "AWS::Lambda::Permission")
        for resource in every.templates.all(type_)
    }
    assert [path for path in paths if "TemporaryGrants" in path] == []
    assert [r.path for r in every.templates.all("AWS::Lambda::LayerVersion") if r.path == LAYER] == []


def test_each_minute_the_bootstrap_function_is_handed_the_deployed_spec(given: Synthesis) -> None:
    rule = given.templates.props(RULE)
    (target,) = rule["Targets"]
    event = json.loads(given.templates.text("access", target["Input"]))
    named = TEMPORARY.named("KeylessAurora-prod-access")
    spec = SpecFile.of(named)
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert event == {
        "EndExpired": "over",
        "Database": "app",
        "Cluster": "database/Database/Cluster.DBClusterResourceId",
        **spec.announcement(named),
    }
    assert spec.digest in given.templates.props(LAYER)["Description"]
    assert given.templates.text("access", target["Arn"]) == "access/Bootstrap/Function.Arn"


def test_the_function_knows_the_event_by_the_name_that_the_schedule_gives_it() -> None:
    assert EVENT == temporary_grants.EVENT


def test_it_breaks_no_rule(given: Synthesis) -> None:
    assert list(breaches(given.templates)) == []


def test_a_spec_too_large_for_the_template_has_one_layer_for_both(tmp_path: Path) -> None:
    environment, _ = VARIANTS["temporary-grants-prod"]
    raw = TEMPORARY.as_properties()
    more = [{"username": f"tenant_{number:04}", "auth_method": "none"} for number in range(4000)]
    large = type(TEMPORARY).parse({**raw, "users": [*raw["users"], *more]})
    templates = synthesize(environment, tmp_path / "cdk.out", large).templates
    assert len([r for r in templates.all("AWS::Lambda::LayerVersion") if r.path.startswith("access/Bootstrap/")]) == 1
    assert [finding for rule in temporary.RULES for finding in rule(templates)] == []
