"""Alarms: each measures something that exists and notifies a topic, and what must not go unseen has one."""

from collections.abc import Iterator

from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule
from keyless_checks.rules.monitoring.topics import TOPIC

ALARM, FILTER = "AWS::CloudWatch::Alarm", "AWS::Logs::MetricFilter"
_WRITER, _READER = {"DBClusterIdentifier", "Role=WRITER"}, {"DBClusterIdentifier", "Role=READER"}
_INSTANCE, _PROXY = {"DBInstanceIdentifier"}, {"ProxyName"}
METRICS: dict[tuple[str, str], tuple[set[str], ...]] = {
    **{("AWS/RDS", name): (_WRITER, _INSTANCE) for name in ("DatabaseConnections", "CPUUtilization")},
    ("AWS/RDS", "FreeStorageSpace"): (_INSTANCE,),
    ("AWS/RDS", "ACUUtilization"): ({"DBClusterIdentifier"},),
    ("AWS/RDS", "AuroraReplicaLag"): (_READER,),
    **{
        ("AWS/RDS", name): (_PROXY,)
        for name in (
            "ClientConnectionsSetupFailedAuth",
            "DatabaseConnectionsSetupFailed",
            "DatabaseConnectionsCurrentlySessionPinned",
            "DatabaseConnectionsBorrowLatency",
        )
    },
    **{("AWS/Lambda", name): ({"FunctionName"},) for name in ("Errors", "AsyncEventsDropped")},
    ("AWS/Events", "FailedInvocations"): ({"RuleName"},),
    ("AWS/ECS", "CPUUtilization"): ({"ClusterName", "ServiceName"},),
    ("AWS/AutoScaling", "GroupInServiceInstances"): ({"AutoScalingGroupName"},),
    ("AWS/ApplicationELB", "UnHealthyHostCount"): ({"LoadBalancer", "TargetGroup"},),
}
"""What an alarm may measure, with its dimensions (the pages are in keyless_aurora.monitoring.metrics).
With others CloudWatch finds no value, ever."""


def told(templates: Templates) -> Iterator[Finding]:
    """Each alarm notifies a topic of the stacks, and describes what it means."""
    for alarm in templates.all(ALARM):
        targets = [templates.target(alarm.stack, action) for action in alarm.props.get("AlarmActions", [])]
        if not targets or any(target is None or target.type != TOPIC for target in targets):
            yield Finding(alarm.path, "it notifies nobody, or a topic that the stacks don't make")
        if alarm.props.get("ActionsEnabled") is False:
            yield Finding(alarm.path, "its actions are off")
        if not alarm.props.get("AlarmDescription"):
            yield Finding(alarm.path, "it has no description of what it means and what to do")


def measured(templates: Templates) -> Iterator[Finding]:
    """Each alarm measures a metric that is published, with its dimensions."""
    ours = {
        (t["MetricNamespace"], t["MetricName"]) for r in templates.all(FILTER) for t in r.props["MetricTransformations"]
    }
    for alarm in templates.all(ALARM):
        metric = alarm.props.get("Namespace"), alarm.props.get("MetricName")
        dimensions = {d["Name"]: templates.text(alarm.stack, d["Value"]) for d in alarm.props.get("Dimensions", [])}
        named = {f"Role={value}" if key == "Role" else key for key, value in dimensions.items()}
        if metric not in METRICS and metric not in ours:
            yield Finding(alarm.path, f"nobody publishes the metric {metric}")
        elif named not in METRICS.get(metric, (set[str](),)):
            yield Finding(alarm.path, f"{metric} has no values for {sorted(named)}")


def refused_logins(templates: Templates) -> Iterator[Finding]:
    """Logins that a database or a proxy refuses raise an alarm."""
    alarms = [
        (
            a.props.get("MetricName"),
            a.props.get("Namespace"),
            str([templates.text(a.stack, d["Value"]) for d in a.props.get("Dimensions", [])]),
        )
        for a in templates.all(ALARM)
    ]
    counted = {
        templates.text(r.stack, r.props["LogGroupName"]): r.props["MetricTransformations"][0]
        for r in templates.all(FILTER)
        if r.props["FilterPattern"] == "" and r.props["MetricTransformations"][0].get("MetricValue") == "1"
    }
    for group in templates.all("AWS::Logs::LogGroup"):
        name = str(group.props.get("LogGroupName"))
        if name.endswith("/iam-db-auth-error"):
            metric = counted.get(name, {})
            if (metric.get("MetricName"), metric.get("MetricNamespace"), "[]") not in alarms:
                yield Finding(group.path, "no alarm counts its lines")
    for proxy in templates.all("AWS::RDS::DBProxy"):
        if ("ClientConnectionsSetupFailedAuth", "AWS/RDS", str([proxy.path])) not in alarms:
            yield Finding(proxy.path, "no alarm counts the logins that it refuses")


def failures(templates: Templates) -> Iterator[Finding]:
    """Each function of the engine, and the one in front of it, has an alarm on its failures."""
    watched = {
        templates.text(a.stack, d["Value"])
        for a in templates.all(ALARM)
        for d in a.props.get("Dimensions", [])
        if a.props.get("MetricName") in ("Errors", "AsyncEventsDropped")
    }
    for function in templates.all("AWS::Lambda::Function"):
        engine = str(function.props.get("Handler")).startswith("db_access.") or function.path.endswith(
            "/framework-onEvent"
        )
        if engine and function.path not in watched:
            yield Finding(function.path, "no alarm counts its failures")


RULES: tuple[Rule, ...] = (
    told,
    measured,
    refused_logins,
    failures,
)
