"""The drift watch: when it runs, what it is handed, what it may do, and how its findings reach people."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from db_access.plan.finding import Finding
from db_access.spec import AccessSpec
from db_access.spec.transport import SpecFile
from keyless_aurora.settings.monitoring import MonitoringSettings
from keyless_checks.reading.templates import as_list
from keyless_checks.rules import drift_watch
from tests.app.environments import DEV, PROD
from tests.infrastructure.support import SPEC, Synthesis, synthesize, watched
from tests.infrastructure.templates import Templates

FUNCTION, ROLE = "access/Watch/Function", "access/Watch/Role"
MANY = ["app", *(f"d{number:02}" for number in range(49))]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Fifty databases, more than there are minutes left in the hour."""
    users = [{"username": name, "databases": ["app"]} for name in ("migrator", "lambda_writer")]
    spec = watched({"databases": [{"name": name} for name in MANY], "users": users})
    return synthesize(DEV, tmp_path_factory.mktemp("many"), spec)


def schedules(templates: Templates) -> list[dict[str, Any]]:
    return [r.props for r in templates.all("AWS::Events::Rule") if "ScheduleExpression" in r.props]


def asked(templates: Templates) -> list[dict[str, Any]]:
    """What the schedules hand to the function."""
    return [json.loads(templates.text("access", rule["Targets"][0]["Input"])) for rule in schedules(templates)]


def test_a_run_is_handed_what_the_custom_resource_is(every: Synthesis) -> None:
    """The spec by its digest, in a layer: a rule's input is too short for most."""
    (event,) = asked(every.templates)
    named = SPEC.named(f"{every.environment.prefix}-access")
    spec = SpecFile.of(named)
    assert event == {
        "Database": "app",
        "Cluster": "database/Database/Cluster.DBClusterResourceId",
        **spec.announcement(named),
    }
    layer = every.templates.props("access/Watch/AccessSpec")
    assert spec.digest in layer["Description"]
    assert "access/Watch/AccessSpec" in [
        every.templates.text("access", value) for value in every.templates.props(FUNCTION)["Layers"]
    ]


def test_the_layer_holds_the_spec_itself(prod: Synthesis) -> None:
    out = Path(prod.app.outdir)
    key = prod.templates.props("access/Watch/AccessSpec")["Content"]["S3Key"].removesuffix(".zip")
    files = json.loads((out / "KeylessAurora-prod-access.assets.json").read_text())["files"]
    folder, spec = out / str(files[key]["source"]["path"]), SpecFile.of(SPEC.named("KeylessAurora-prod-access"))
    assert [
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    ] == [(f"python/access_spec/{spec.name}", spec.content)]


def test_each_database_has_a_schedule_of_its_own_at_another_minute(many: Synthesis) -> None:
    assert [event["Database"] for event in asked(many.templates)] == MANY
    minutes = [int(rule["ScheduleExpression"].removeprefix("cron(").split()[0]) for rule in schedules(many.templates)]
    assert len(set(minutes)) == len(MANY) and set(minutes) <= set(range(60))
    assert [f for rule in drift_watch.RULES for f in rule(many.templates)] == []


def test_silence_counts_the_runs_of_all_databases(many: Synthesis) -> None:
    (alarm,) = [r.props for r in many.templates.all("AWS::CloudWatch::Alarm") if r.path.endswith("WatchSilence")]
    assert (alarm["Threshold"], alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == (
        50,
        "SampleCount",
        6 * 3600,
        3,
    )


@pytest.mark.parametrize(
    ("hours", "expression"), [(1, "cron(17 * * * ? *)"), (6, "cron(17 0,6,12,18 * * ? *)"), (24, "cron(17 0 * * ? *)")]
)
def test_the_schedule_is_as_often_as_the_settings_say(out: Path, hours: int, expression: str) -> None:
    synthesis = synthesize(dataclasses.replace(DEV, monitoring=MonitoringSettings(watch_hours=hours)), out)
    assert [rule["ScheduleExpression"] for rule in schedules(synthesis.templates)] == [expression]
    periods = {
        r.props["AlarmName"].rpartition("-")[2]: r.props["Period"]
        for r in synthesis.templates.all("AWS::CloudWatch::Alarm")
    }
    assert {periods[name] for name in ("Drift", "WatchFailures", "WatchSilence")} == {hours * 3600}


def test_the_function_looks_as_its_own_user_at_the_database_itself_one_run_at_a_time(every: Synthesis) -> None:
    function = every.templates.props(FUNCTION)
    variables = {
        name: every.templates.text("access", value) for name, value in function["Environment"]["Variables"].items()
    }
    assert (variables["PGHOST"], variables["PGUSER"]) == (
        "database/Database/Cluster.Endpoint.Address",
        "drift_watch",
    )
    assert variables["MASTER"] == "keyless_master"
    assert function.get("ReservedConcurrentExecutions") == (1 if every.environment.maintenance_reserved else None)
    assert "Watch" in [line.what for line in every.deployment.budget.lines]


def allowed(templates: Templates) -> set[tuple[str, str]]:
    """The role's rights, without what every function in the network has."""
    (policy,) = [r for r in templates.all("AWS::IAM::Policy") if r.path == f"{ROLE}/DefaultPolicy"]
    return {
        (action, templates.text("access", resource))
        for statement in policy.props["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if not action.startswith(("ec2:", "logs:"))
    }


def test_its_role_can_look_and_report_and_nothing_else(every: Synthesis) -> None:
    assert allowed(every.templates) == {
        (
            "rds-db:connect",
            "arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:database/Database/Cluster.DBClusterResourceId/drift_watch",
        ),
        ("events:PutEvents", "arn:aws:events:eu-west-1:ACCOUNT:event-bus/default"),
    }


def test_password_users_give_it_no_right_to_a_secret(out: Path) -> None:
    users = [*SPEC.as_properties()["users"], {"username": "report", "auth_method": "password", "databases": ["app"]}]
    templates = synthesize(PROD, out, AccessSpec.parse({**SPEC.as_properties(), "users": users})).templates
    assert {action for action, _ in allowed(templates)} == {"rds-db:connect", "events:PutEvents"}
    assert [f for rule in drift_watch.RULES for f in rule(templates)] == []


def test_a_run_that_fails_is_tried_twice_more_and_not_for_long(every: Synthesis) -> None:
    (config,) = [r.props for r in every.templates.all("AWS::Lambda::EventInvokeConfig")]
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 1800)


def record(payload: dict[str, Any], *, condition: str = "Success") -> dict[str, Any]:
    """The event that Lambda's destination makes of a call (Lambda Developer Guide, "Invocation record")."""
    return {
        "source": "lambda",
        "detail": {
            "requestContext": {"functionArn": f"{FUNCTION}.Arn:$LATEST", "condition": condition},
            "requestPayload": {"Database": "app"},
            "responsePayload": payload,
        },
    }


def matches(pattern: Any, value: Any) -> bool:
    """Whether EventBridge would take the event, for the operators that the rules use."""
    if isinstance(pattern, dict):
        return all(key in value and matches(inner, value[key]) for key, inner in pattern.items())
    return any(_allows(choice, value) for choice in pattern)


def _allows(choice: Any, value: Any) -> bool:
    match choice:
        case {"numeric": [">", limit]}:
            return isinstance(value, int) and value > limit
        case {"anything-but": others}:
            return value not in others
    return bool(choice == value)


def messages(templates: Templates, event: dict[str, Any]) -> list[dict[str, Any]]:
    """What the topic gets of the event, put together as EventBridge does: nothing is escaped but what is JSON
    already."""
    found = []
    for rule in (r.props for r in templates.all("AWS::Events::Rule") if "EventPattern" in r.props):
        pattern = json.loads(json.dumps(rule["EventPattern"]))
        request = pattern["detail"]["requestContext"]
        request["functionArn"] = [templates.text("monitoring", arn) for arn in request["functionArn"]]
        if matches(pattern, event):
            transformer = rule["Targets"][0]["InputTransformer"]
            paths = {name: json.dumps(_at(event, path)) for name, path in transformer["InputPathsMap"].items()}
            found.append(json.loads(_filled(transformer["InputTemplate"], paths)))
    return found


def _filled(template: str, values: dict[str, str]) -> str:
    return re.sub(r"<([\w-]+)>", lambda hole: values[hole[1]], template)


def _at(event: Any, path: str) -> Any:
    for key in path.removeprefix("$.").split("."):
        event = event[key]
    return event


VIOLATION = """'lambda_writer' can SELECT on table foo."event\\2", through PUBLIC"""


def test_a_finding_reaches_people_whole_whatever_names_are_in_it(every: Synthesis) -> None:
    answer = Finding(database="app", violations=(VIOLATION,)).answer(cluster="cluster-ABC")
    (message,) = messages(every.templates, record(answer))
    assert message["found"] == answer and VIOLATION in message["found"]["summary"]
    assert every.environment.name in message["meaning"]


@pytest.mark.parametrize("found", [Finding(database="app"), Finding(database="app", busy=True)])
def test_nobody_is_told_of_access_that_is_as_it_should_be_or_of_a_deploy_at_work(
    prod: Synthesis, found: Finding
) -> None:
    assert messages(prod.templates, record(found.answer(cluster="cluster-ABC"))) == []


@pytest.mark.parametrize("condition", ["RetriesExhausted", "EventAgeExceeded"])
def test_people_are_told_why_it_failed_and_where(prod: Synthesis, condition: str) -> None:
    (message,) = messages(
        prod.templates, record({"errorType": "UnreachableError", "errorMessage": "gave up"}, condition=condition)
    )
    assert "failed" in message["meaning"]
    assert message["found"]["responsePayload"]["errorMessage"] == "gave up" and message["found"]["requestPayload"] == {
        "Database": "app"
    }


def test_another_functions_record_is_none_of_its(prod: Synthesis) -> None:
    event = record(Finding(database="app", changes=("x",)).answer(cluster="c"))
    event["detail"]["requestContext"]["functionArn"] = "access/Watch/FunctionOfSomebodyElse.Arn:$LATEST"
    assert messages(prod.templates, event) == []


def test_a_run_is_counted_by_what_its_line_says(every: Synthesis) -> None:
    (count,) = [r.props for r in every.templates.all("AWS::Logs::MetricFilter") if r.path == "access/DriftWatch/Count"]
    assert every.templates.text("access", count["LogGroupName"]) == "access/Watch/Logs"
    assert count["FilterPattern"] == "{ $.drift >= 0 }"
    (metric,) = count["MetricTransformations"]
    assert (metric["MetricNamespace"], metric["MetricName"], metric["MetricValue"]) == (
        f"KeylessAurora/{every.environment.name}",
        "Drift",
        "$.drift",
    )
