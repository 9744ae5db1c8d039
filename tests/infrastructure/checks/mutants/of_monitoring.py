"""Alarms, their topic, and the drift watch broken on purpose."""

import json
from typing import Any

from keyless_checks.rules.drift_watch import function, report, schedule
from keyless_checks.rules.monitoring import alarms, dashboards, dimensions, topics, values
from keyless_checks.rules.roles import actions
from tests.infrastructure.checks.mutants.edit import (
    Mutant,
    add,
    drop,
    inner,
    more,
    pick,
    put,
    remove,
    statement,
    without_order,
)
from tests.infrastructure.templates import Change, Templates

ALARM, FILTER, TOPIC, POLICY, KEY = (
    alarms.ALARM,
    alarms.FILTER,
    topics.TOPIC,
    "AWS::SNS::TopicPolicy",
    "AWS::KMS::Key",
)
RULE, ASYNC, FUNCTION = function.RULE, "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Function"
SCHEDULE, NOTICE, WATCH = "access/DriftWatch/Schedule", "monitoring/Notices/Drift", "access/Watch"
_CLUSTER = {"Name": "DBClusterIdentifier", "Value": "keyless-aurora-prod"}


def _statements(type_: str, part: str, change: Any) -> Change:
    """Change each statement of a topic's or a key's policy."""

    def broken(templates: Templates) -> None:
        document = pick(templates, type_, part).props["PolicyDocument" if type_ == POLICY else "KeyPolicy"]
        document["Statement"] = [each for statement in document["Statement"] if (each := change(statement))]

    return broken


def _without(*keys: str) -> Any:
    """The statement with less in its condition."""

    def change(statement: dict[str, Any]) -> dict[str, Any]:
        kept = {
            operator: {k: v for k, v in values.items() if k not in keys}
            for operator, values in statement.get("Condition", {}).items()
        }
        return {**statement, "Condition": kept}

    return change


def _for_everybody(statement: dict[str, Any]) -> dict[str, Any]:
    return {**statement, "Principal": "*"} if statement["Effect"] == "Allow" else statement


def _dimensions(*dimensions: dict[str, Any]) -> list[dict[str, Any]]:
    return list(dimensions)


def _by_arn(templates: Templates) -> None:
    """The alarm on a failed watch names its function by the ARN that the access stack exports."""
    watch = pick(templates, FUNCTION, WATCH)
    exported = [o for o in templates.by_stack["access"]["Outputs"].values() if "Export" in o]
    (name,) = [o["Export"]["Name"] for o in exported if o["Value"] == {"Fn::GetAtt": [watch.logical_id, "Arn"]}]
    (dimension,) = pick(templates, ALARM, "Alarms/WatchFailures").props["Dimensions"]
    dimension["Value"] = {"Fn::ImportValue": name}


def _on_dashboard(dimension: str, value: str) -> Change:
    """One more graph on the dashboard, of another thing."""
    metric = ["AWS/RDS", "DatabaseConnections", dimension, value]
    body = json.dumps({"widgets": [{"type": "metric", "properties": {"metrics": [metric]}}]})
    return put("AWS::CloudWatch::Dashboard", DashboardBody=body)


def _target(part: str, **values: Any) -> Change:
    """Change the first target of a rule."""
    return lambda templates: pick(templates, RULE, part).props["Targets"][0].update(values)


def _pattern(part: str, **values: Any) -> Change:
    return lambda templates: pick(templates, RULE, part).props["EventPattern"]["detail"].update(values)


def _text(template: str, path: str = "$.detail.responsePayload") -> Change:
    return _target(NOTICE, InputTransformer={"InputTemplate": template, "InputPathsMap": {"found": path}})


BUS = "monitoring/FindingsBus"
_OTHER_BUS = "arn:aws:events:eu-central-1:111122223333:event-bus/security"


_BY_FUNCTIONS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
    ],
}


def _own_default(templates: Templates) -> None:
    """Role and rule name the default bus, whose events they are."""
    arn = _OTHER_BUS.replace("security", "default")
    statement("events:PutEvents", BUS, Resource=arn)(templates)
    _target(BUS, Arn=arn)(templates)


DASHBOARD = "AWS::CloudWatch::Dashboard"


def _widget(**changes: Any) -> Change:
    """A dashboard with one widget."""
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 6, "properties": {"markdown": "x"}, **changes}
    return put(DASHBOARD, DashboardBody=json.dumps({"widgets": [widget]}))


OF_VALUES = [
    Mutant(
        "notices to somebody's server",
        topics.subscribers,
        add("monitoring", "AWS::SNS::Subscription", Protocol="https", Endpoint="https://x.example", TopicArn="x"),
    ),
    Mutant("an alarm's period of 45 s", values.periods, put(ALARM, "Cpu", Period=45)),
    Mutant("an alarm's period of 10 s", values.periods, put(ALARM, "Cpu", Period=10)),
    Mutant("an alarm over a month", values.periods, put(ALARM, "Cpu", EvaluationPeriods=9_000)),
    Mutant("an alarm over no period", values.periods, put(ALARM, "Cpu", EvaluationPeriods=0)),
    Mutant("a CPU of 200 %", values.comparisons, put(ALARM, "Cpu", Threshold=200)),
    Mutant("a CPU of 0 %", values.comparisons, put(ALARM, "Cpu", Threshold=0)),
    Mutant("an alarm on what is low", values.comparisons, put(ALARM, "Cpu", ComparisonOperator="LessThanThreshold")),
    Mutant("the least of refused logins", values.comparisons, put(ALARM, "ProxyLogins", Statistic="Minimum")),
    Mutant("a dashboard that isn't JSON", dashboards.bodies, put(DASHBOARD, DashboardBody="{")),
    Mutant("a dashboard without widgets", dashboards.bodies, put(DASHBOARD, DashboardBody="{}")),
    Mutant("a widget wider than the dashboard", dashboards.bodies, _widget(width=25)),
    Mutant("a widget beside the dashboard", dashboards.bodies, _widget(x=20)),
    Mutant("a widget that CloudWatch doesn't have", dashboards.bodies, _widget(type="video")),
    Mutant(
        "a graph of another cluster",
        dimensions.named,
        _widget(type="metric", properties={"metrics": [["AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "other"]]}),
    ),
    Mutant("a schedule of once a year", schedule.often, put(RULE, SCHEDULE, ScheduleExpression="cron(17 0 1 1 ? *)")),
    Mutant(
        "a schedule that EventBridge refuses",
        schedule.often,
        put(RULE, SCHEDULE, ScheduleExpression="cron(17 * * * * *)"),
    ),
]
ON_BUS = [
    Mutant("findings on somebody else's bus", report.handed_on, _target(BUS, Arn=_OTHER_BUS)),
    Mutant(
        "a rule that may put events on every bus",
        report.handed_on,
        statement("events:PutEvents", BUS, Resource="arn:aws:events:eu-central-1:999988887777:event-bus/*"),
    ),
    Mutant("findings handed on with no role", report.handed_on, _target(BUS, RoleArn=None)),
    Mutant("a default bus that is handed on to itself", report.handed_on, _own_default),
    Mutant("everything that functions say handed on", report.handed_on, _pattern(BUS, requestContext={})),
    Mutant(
        "another function's findings handed on",
        report.handed_on,
        _pattern(BUS, requestContext={"functionArn": ["arn:aws:lambda:eu-west-1:111122223333:function:x:$LATEST"]}),
    ),
    Mutant(
        "a rule that may do more than hand on",
        actions.actions,
        more(BUS, Action="sns:Publish", Resource="arn:aws:sns:eu-west-1:111122223333:x"),
    ),
    Mutant(
        "a rule's role that functions may take",
        actions.one_user,
        put("AWS::IAM::Role", BUS, AssumeRolePolicyDocument=_BY_FUNCTIONS),
    ),
]
MUTANTS = [
    *OF_VALUES,
    *ON_BUS,
    Mutant("an alarm that notifies nobody", alarms.told, drop(ALARM, "AlarmActions", "Drift")),
    Mutant(
        "an alarm that notifies a topic of somebody else",
        alarms.told,
        put(ALARM, "Cpu", AlarmActions=["arn:aws:sns:eu-west-1:1:x"]),
    ),
    Mutant("an alarm whose actions are off", alarms.told, put(ALARM, "Cpu", ActionsEnabled=False)),
    Mutant("an alarm without a word", alarms.told, drop(ALARM, "AlarmDescription", "Cpu")),
    Mutant(
        "connections of the cluster's readers, too",
        alarms.measured,
        put(ALARM, "Connections", Dimensions=_dimensions(_CLUSTER)),
    ),
    Mutant(
        "lag of the writer",
        alarms.measured,
        put(ALARM, "ReplicaLag", Dimensions=_dimensions(_CLUSTER, {"Name": "Role", "Value": "WRITER"})),
    ),
    Mutant(
        "another cluster's capacity",
        dimensions.named,
        put(ALARM, "Capacity", Dimensions=_dimensions({**_CLUSTER, "Value": "keyless-aurora-staging"})),
    ),
    Mutant("a metric that RDS doesn't have", alarms.measured, put(ALARM, "Pinning", MetricName="ConnectionsPinned")),
    Mutant("drift of another namespace", alarms.measured, put(ALARM, "Alarms/Drift", Namespace="KeylessAurora")),
    Mutant(
        "failures of a function that isn't there",
        dimensions.named,
        put(ALARM, "Alarms/Bootstrap", Dimensions=_dimensions({"Name": "FunctionName", "Value": "bootstrap"})),
    ),
    Mutant("failures of a function by its ARN", dimensions.named, _by_arn),
    Mutant(
        "a proxy whose name RDS stores otherwise than the alarms have it",
        dimensions.named,
        put("AWS::RDS::DBProxy", DBProxyName="KeylessAuroraProxy"),
    ),
    Mutant(
        "a cluster whose name only RDS knows",
        dimensions.named,
        put(ALARM, "Capacity", Dimensions=_dimensions({**_CLUSTER, "Value": "Keyless-Aurora-prod"})),
    ),
    Mutant("a widget of another proxy", dimensions.named, _on_dashboard("ProxyName", "another")),
    Mutant("a widget of the cluster in capitals", dimensions.named, _on_dashboard("DBClusterIdentifier", "KEYLESS")),
    Mutant("refused logins that nobody counts", alarms.refused_logins, remove(FILTER, "RefusedLogins")),
    Mutant(
        "refused logins of another log",
        alarms.refused_logins,
        put(FILTER, "RefusedLogins", LogGroupName="/aws/rds/cluster/keyless-aurora-prod/postgresql"),
    ),
    Mutant("no alarm on logins that the proxy refuses", alarms.refused_logins, remove(ALARM, "ProxyLogins")),
    Mutant("no alarm on a failed bootstrap", alarms.failures, remove(ALARM, "Alarms/Bootstrap")),
    Mutant("no alarm on a failed watch", alarms.failures, remove(ALARM, "WatchFailures")),
    Mutant(
        "a topic that CloudWatch may change",
        topics.confined_topic,
        _statements(POLICY, "", lambda s: {**s, "Action": "sns:*"} if s["Effect"] == "Allow" else s),
    ),
    Mutant("refused logins counted by a word", alarms.refused_logins, put(FILTER, "RefusedLogins", FilterPattern="x")),
    Mutant("a topic without a key", topics.confined_topic, drop(TOPIC, "KmsMasterKeyId")),
    Mutant("a topic with AWS's own key", topics.confined_topic, put(TOPIC, KmsMasterKeyId="alias/aws/sns")),
    Mutant(
        "a topic that takes messages without TLS",
        topics.confined_topic,
        _statements(POLICY, "", lambda s: None if s["Effect"] == "Deny" else s),
    ),
    Mutant("a topic for everybody", topics.confined_topic, _statements(POLICY, "", _for_everybody)),
    Mutant(
        "a topic for the alarms of any account",
        topics.confined_topic,
        _statements(POLICY, "", _without("aws:SourceAccount")),
    ),
    Mutant(
        "a topic's key for any topic",
        topics.confined_topic,
        _statements(KEY, "Notifications", _without("kms:EncryptionContext:aws:sns:topicArn")),
    ),
    Mutant(
        "a topic's key for the alarms of any account",
        topics.confined_topic,
        _statements(KEY, "Notifications", _without("aws:SourceArn")),
    ),
    Mutant("a database that nobody looks at", schedule.scheduled, remove(RULE, SCHEDULE)),
    Mutant("a schedule that is off", schedule.scheduled, put(RULE, SCHEDULE, State="DISABLED")),
    Mutant(
        "a schedule that may not invoke the watch",
        schedule.scheduled,
        remove("AWS::Lambda::Permission", "access/DriftWatch"),
    ),
    Mutant(
        "a schedule for another function",
        schedule.scheduled,
        _target(SCHEDULE, Arn={"Fn::GetAtt": ["BootstrapFunctionD62F3ADB", "Arn"]}),
    ),
    Mutant(
        "an input that is too long for a rule",
        schedule.scheduled,
        _target(SCHEDULE, Input='{"Database": "app", "x": "' + "x" * 8192 + '"}'),
    ),
    Mutant(
        "a look at another cluster",
        schedule.scheduled,
        _target(SCHEDULE, Input='{"Database": "app", "Cluster": "cluster-X"}'),
    ),
    Mutant("a watch without its access spec", schedule.scheduled, drop(FUNCTION, "Layers", WATCH)),
    Mutant("a watch that changes before the access", schedule.after_the_access, without_order(FUNCTION, WATCH)),
    Mutant("a schedule that changes before the access", schedule.after_the_access, without_order(RULE, SCHEDULE)),
    Mutant(
        "a watch that may put events on any bus",
        schedule.only_looks,
        more(
            "access/Watch/Role", Action="events:PutEvents", Resource="arn:aws:events:eu-west-1:111122223333:event-bus/*"
        ),
    ),
    Mutant(
        "a watch that may read secrets",
        schedule.only_looks,
        more(
            "access/Watch/Role",
            Action="secretsmanager:GetSecretValue",
            Resource="arn:aws:secretsmanager:eu-west-1:111122223333:secret:x",
        ),
    ),
    Mutant(
        "a watch that may publish by itself",
        schedule.only_looks,
        more(
            "access/Watch/Role",
            Action=["sns:Publish"],
            Resource="arn:aws:sns:eu-west-1:111122223333:keyless-aurora-prod",
        ),
    ),
    Mutant("findings that go nowhere", report.reported, inner(ASYNC, "DestinationConfig", OnSuccess={})),
    Mutant("failures that go nowhere", report.reported, inner(ASYNC, "DestinationConfig", OnFailure={})),
    Mutant("a watch without destinations", report.reported, remove(ASYNC)),
    Mutant("drift that nobody is notified of", report.reported, remove(RULE, NOTICE)),
    Mutant("failures that nobody is notified of", report.reported, remove(RULE, "monitoring/Notices/WatchFailure")),
    Mutant(
        "a notice for every run",
        report.reported,
        _pattern(NOTICE, responsePayload={"drift": [{"numeric": [">=", 0]}]}),
    ),
    Mutant(
        "a notice of another function's findings",
        report.reported,
        _pattern(NOTICE, requestContext={"functionArn": ["arn:aws:lambda:eu-west-1:111122223333:function:x:$LATEST"]}),
    ),
    Mutant("a finding inside a text", report.whole_objects, _text('{"meaning": "drift: <found>"}')),
    Mutant("a finding as a text", report.whole_objects, _text('"<found>"')),
    Mutant(
        "a text of a finding as a value",
        report.whole_objects,
        _text('{"found": <found>}', "$.detail.responsePayload.summary"),
    ),
    Mutant("silence that is fine", report.silence, put(ALARM, "WatchSilence", TreatMissingData="notBreaching")),
    Mutant("no alarm on silence", report.silence, remove(ALARM, "WatchSilence")),
    Mutant("no alarm on drift", report.silence, remove(ALARM, "Alarms/Drift")),
    Mutant(
        "a count of lines instead of differences",
        report.silence,
        put(
            FILTER,
            "access/DriftWatch",
            MetricTransformations=[
                {"MetricName": "Drift", "MetricNamespace": "KeylessAurora/prod", "MetricValue": "1"}
            ],
        ),
    ),
    Mutant(
        "runs that found a deploy at work are counted",
        report.silence,
        put(FILTER, "access/DriftWatch", FilterPattern="{ $.drift = * }"),
    ),
]
