"""Alarms: where they come from, from when on they ring, and what each environment has of them. The rules of keyless_checks/ are
in test_mutants."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Annotations, Match

from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import AURORA_POSTGRESQL, Pattern
from keyless_aurora.monitoring.database_alarms import pooled
from keyless_aurora.settings.database import AuroraSettings, ExistingDatabase, Provisioned
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.monitoring import MonitoringSettings, monitoring_problems
from keyless_checks.rules import monitoring
from tests.app.environments import DEV, PROD, STAGING
from tests.infrastructure.support import ROOT, SPEC, Synthesis, synthesize
from tests.infrastructure.templates import Templates

ALWAYS = {
    "Connections",
    "IamLogins",
    "ProxyLogins",
    "ProxyToDatabase",
    "Bootstrap",
    "BootstrapFramework",
    "Drift",
    "WatchFailures",
    "WatchSilence",
    "DriftNotice",
    "WatchFailureNotice",
}
BUS = "the ARN of an event bus, arn:aws:events:REGION:ACCOUNT:event-bus/NAME, and not of a default one"
WRONG_BUSES = (
    "security",
    "arn:aws:events:eu-central-1:999988887777:event-bus/default",
    "arn:aws:events:eu-central-1:999988887777:event-bus/*",
    "arn:aws:events:*:999988887777:event-bus/security",
    "arn:aws:sns:eu-central-1:999988887777:security",
)
LOAD = {"Cpu", "Capacity", "ReplicaLag", "Pinning", "BorrowLatency"}
WITH_PASSWORD = AccessSpec.parse(
    {
        **SPEC.as_properties(),
        "users": [
            *SPEC.as_properties()["users"],
            {"username": "report", "auth_method": "password", "databases": ["app"]},
        ],
    }
)


def alarms(templates: Templates) -> dict[str, dict[str, Any]]:
    return {r.props["AlarmName"].rpartition("-")[2]: r.props for r in templates.all("AWS::CloudWatch::Alarm")}


def monitored(environment: Environment = PROD, **settings: Any) -> Environment:
    return dataclasses.replace(environment, monitoring=MonitoringSettings(**settings))


def notices(synthesis: Synthesis) -> list[str]:
    stack = synthesis.deployment.monitoring
    return [str(note.entry.data) for note in Annotations.from_stack(stack).find_info("*", Match.any_value())]


def test_alarms_of_a_protected_environment_that_reach_nobody_are_said_at_each_synth(every: Synthesis) -> None:
    said = [notice for notice in notices(every) if "name addresses in monitoring.emails" in notice]
    assert len(said) == (1 if every.environment.protected and not every.environment.monitoring.emails else 0)


def test_nothing_is_said_of_alarms_that_reach_somebody(out: Path) -> None:
    assert notices(synthesize(monitored(emails=("team@example.com",)), out)) == []


def test_an_environment_has_alarms_on_load_if_it_asks_for_them(every: Synthesis) -> None:
    assert set(alarms(every.templates)) == ALWAYS | (LOAD if every.environment.monitoring.load else set())


def test_an_instance_has_an_alarm_on_storage_and_none_on_what_it_lacks(out: Path) -> None:
    synthesis = synthesize(PROD.with_instance(), out)
    assert set(alarms(synthesis.templates)) == (ALWAYS | LOAD | {"FreeStorage"}) - {"Capacity", "ReplicaLag"}
    assert alarms(synthesis.templates)["FreeStorage"]["Threshold"] == 2**30
    assert [f for rule in monitoring.RULES for f in rule(synthesis.templates)] == []


def test_a_provisioned_cluster_without_readers_has_neither_capacity_nor_lag(out: Path) -> None:
    assert isinstance(PROD.database, AuroraSettings)
    database = dataclasses.replace(PROD.database, capacity=Provisioned("r8g.large"), readers=0)
    assert set(alarms(synthesize(dataclasses.replace(PROD, database=database), out).templates)) == (ALWAYS | LOAD) - {
        "Capacity",
        "ReplicaLag",
    }


def test_without_a_proxy_nothing_of_one_is_watched(out: Path) -> None:
    templates = synthesize(STAGING.with_pattern(Pattern.C), out).templates
    assert set(alarms(templates)) == (ALWAYS | LOAD) - {"ProxyLogins", "ProxyToDatabase", "Pinning", "BorrowLatency"}
    assert "ProxyName" not in json.dumps(templates.by_stack["monitoring"])


def test_secrets_to_rotate_have_an_alarm_on_rotation(out: Path) -> None:
    templates = synthesize(PROD, out, WITH_PASSWORD).templates
    (dimension,) = alarms(templates)["Rotation"]["Dimensions"]
    assert templates.text("monitoring", dimension["Value"]) == "access/Rotate/Function"
    assert [f for rule in monitoring.RULES for f in rule(templates)] == []


EXISTING = ExistingDatabase(
    AURORA_POSTGRESQL,
    identifier="orders",
    resource_id="cluster-ABC",
    endpoint="orders.cluster-x.eu-west-1.rds.amazonaws.com",
    security_group_id="sg-0123456789abcdef0",
    master="keyless",
    max_connections=2000,
)


@pytest.mark.parametrize("exported", [True, False])
def test_an_existing_databases_login_log_is_read_when_the_settings_say_it_is_there(out: Path, exported: bool) -> None:
    environment = dataclasses.replace(PROD, database=dataclasses.replace(EXISTING, exports_iam_errors=exported))
    templates = synthesize(environment, out).templates
    groups = [r.props["LogGroupName"] for r in templates.all("AWS::Logs::MetricFilter") if "RefusedLogins" in r.path]
    assert groups == (["/aws/rds/cluster/orders/iam-db-auth-error"] if exported else [])
    assert set(alarms(templates)) == (ALWAYS | LOAD) - {"Capacity", "ReplicaLag"} - (
        set() if exported else {"IamLogins"}
    )
    assert alarms(templates)["Connections"]["Dimensions"][0] == {"Name": "DBClusterIdentifier", "Value": "orders"}


def threshold_problems(synthesis: Synthesis, templates: Templates) -> list[str]:
    """Alarms whose thresholds are not what the budget and the settings come to."""
    budget, settings, found = synthesis.deployment.budget, synthesis.environment.monitoring, alarms(templates)
    expected = {
        "Connections": budget.sessions * settings.connections_percent / 100,
        "Pinning": pooled(budget) * settings.pinned_percent // 100,
        "BorrowLatency": settings.borrow_latency_ms * 1000,
        "ReplicaLag": settings.replica_lag_ms,
        "Cpu": settings.cpu_percent,
        "Capacity": settings.acu_percent,
        **dict.fromkeys(("IamLogins", "ProxyLogins", "ProxyToDatabase"), settings.login_failures),
        "WatchSilence": 1,
    }
    return [name for name, value in expected.items() if name in found and found[name]["Threshold"] != value]


def test_thresholds_are_what_budget_and_settings_come_to(every: Synthesis) -> None:
    assert threshold_problems(every, every.templates) == []


@pytest.mark.parametrize("name", ["Connections", "Pinning", "BorrowLatency"])
def test_a_threshold_of_its_own_is_seen(prod: Synthesis, name: str) -> None:
    assert threshold_problems(prod, prod.templates.broken(lambda t: alarms(t)[name].update(Threshold=4000))) == [name]


def test_more_workloads_raise_the_threshold_of_connections(prod: Synthesis, out: Path) -> None:
    more = SPEC.as_properties()
    more["users"][1]["connection_limit"] += 100
    larger = synthesize(PROD, out, AccessSpec.parse(more))
    assert (
        alarms(larger.templates)["Connections"]["Threshold"] == alarms(prod.templates)["Connections"]["Threshold"] + 80
    )


def test_what_is_counted_by_the_proxys_machines_is_read_as_they_publish_it(prod: Synthesis) -> None:
    """Each publishes its own number every minute: over five minutes their sum would be five times the truth."""
    pinning = alarms(prod.templates)["Pinning"]
    assert (pinning["Statistic"], pinning["Period"], pinning["EvaluationPeriods"]) == ("Sum", 60, 5)


def test_silence_is_wrong_for_the_watch_alone(prod: Synthesis) -> None:
    assert [name for name, alarm in alarms(prod.templates).items() if alarm["TreatMissingData"] == "breaching"] == [
        "WatchSilence"
    ]


def test_every_alarm_is_explained_in_the_docs(prod: Synthesis, out: Path) -> None:
    text = (ROOT / "docs" / "monitoring.md").read_text()
    names = {*ALWAYS, *LOAD, "FreeStorage", "Rotation"}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
    assert [name for name in set(alarms(prod.templates)) if name not in names] == []


def test_mails_go_to_whom_the_settings_name(out: Path) -> None:
    synthesis = synthesize(monitored(emails=("a@example.com", "b@example.com")), out)
    mails = [(r.props["Protocol"], r.props["Endpoint"]) for r in synthesis.templates.all("AWS::SNS::Subscription")]
    assert mails == [("email", "a@example.com"), ("email", "b@example.com")]


def test_without_addresses_there_is_a_topic_and_no_subscription(every: Synthesis) -> None:
    assert len(list(every.templates.all("AWS::SNS::Topic"))) == 1
    assert list(every.templates.all("AWS::SNS::Subscription")) == []


GOOD, ADDRESS = "on-call+db@mail.example.com", "a valid address, such as team@example.com"
ODD = (
    "team",
    "team@",
    "@example.com",
    "team@example",
    "a@b@example.com",
    "a b@example.com",
    ".a@example.com",
    "a..b@example.com",
    "a@-example.com",
    "a@example..com",
    "a@example.com\n",
    "Team <team@example.com>",
    f"{'a' * 65}@example.com",
    "ü@example.com",
)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"watch_hours": 5}, "monitoring.watch_hours: 5 doesn't divide the day; allowed: 1, 2, 3, 4, 6, 8, 12, 24"),
        ({"connections_percent": 0}, "monitoring.connections_percent: 0 is out of range; allowed: 1 to 100"),
        ({"acu_percent": 101}, "monitoring.acu_percent: 101 is out of range; allowed: 1 to 100"),
        ({"login_failures": 0}, "monitoring.login_failures: 0 would raise its alarm for ever; allowed: more than 0"),
        *(
            ({"emails": (address,)}, f"monitoring.emails: {address!r} is not a valid address; allowed: {ADDRESS}")
            for address in ODD
        ),
        *(
            ({"findings_bus": arn}, f"monitoring.findings_bus: {arn!r} is not the ARN of an event bus; allowed: {BUS}")
            for arn in WRONG_BUSES
        ),
        ({"emails": (GOOD, GOOD)}, f"monitoring.emails: {GOOD!r} is named twice; allowed: each once"),
    ],
)
def test_settings_that_cannot_be_kept_are_refused(out: Path, settings: dict[str, Any], problem: str) -> None:
    assert list(monitoring_problems(MonitoringSettings(**settings))) == [problem]
    with pytest.raises(SettingsError) as refused:
        synthesize(monitored(DEV, **settings), out)
    assert refused.value.problems == (problem,)


def test_nothing_waits_for_the_monitoring_stack(every: Synthesis) -> None:
    """It can be taken away, or fail, without anything else."""
    imports = [json.dumps(template) for stack, template in every.templates.by_stack.items() if stack != "monitoring"]
    assert not any(f"{every.environment.prefix}-monitoring" in text for text in imports)


def dashboard(synthesis: Synthesis) -> Any:
    (body,) = [r.props["DashboardBody"] for r in synthesis.templates.all("AWS::CloudWatch::Dashboard")]
    return json.loads(synthesis.templates.text("monitoring", body))


def test_the_dashboard_shows_the_budget_as_a_line(every: Synthesis) -> None:
    (graph,) = [
        w["properties"] for w in dashboard(every)["widgets"] if w["properties"]["title"] == "Database: connections"
    ]
    assert [line["value"] for line in graph["annotations"]["horizontal"]] == [
        every.deployment.budget.sessions,
        every.deployment.budget.capacity.max_connections,
    ]


def test_the_dashboard_shows_what_the_alarms_measure_and_the_watchs_last_lines(every: Synthesis) -> None:
    widgets = [widget["properties"] for widget in dashboard(every)["widgets"]]
    shown = {metric[1] for widget in widgets for metric in widget.get("metrics", [])}
    assert {
        "DatabaseConnections",
        "ClientConnections",
        "DatabaseConnectionsCurrentlyBorrowed",
        "DatabaseConnectionsCurrentlySessionPinned",
        "DatabaseConnectionsBorrowLatency",
        "IamDbAuthConnectionFailure",
        "ACUUtilization",
        "AuroraReplicaLag",
        "Invocations",
        "Errors",
        "Drift",
    } <= shown
    (query,) = [widget["query"] for widget in widgets if "query" in widget]
    assert query.startswith("SOURCE 'access/Watch/Logs' | fields @timestamp, database, drift")
