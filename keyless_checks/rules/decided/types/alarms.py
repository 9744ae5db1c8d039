"""What each alarm measures and how: a metric read otherwise is another metric."""

from dataclasses import dataclass

from keyless_checks.rules.decided.forms import Each, Either, Form, Number
from keyless_checks.rules.decided.types.words import METRICS, STACKS, TAGS, TOPIC

_IDENTIFIER = "[a-z](-?[a-z0-9])*"
_WATCHED = Either(tuple(hours * 3600 for hours in (1, 2, 3, 4, 6, 8, 12, 24)))
"""As often as the drift watch looks."""


@dataclass(frozen=True)
class _Metric:
    """Over `periods` periods; `seconds` None: as often as the drift watch looks."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...] = ()
    seconds: int | None = 300
    periods: int = 1
    missing: str = "notBreaching"
    below: bool = False


_CLUSTER = ("DBClusterIdentifier", f"{_IDENTIFIER}|<AWS::RDS::DBCluster>")
_INSTANCE = (("DBInstanceIdentifier", f"{_IDENTIFIER}|<AWS::RDS::DBInstance>"),)
_WRITER, _READER = (_CLUSTER, ("Role", "WRITER")), (_CLUSTER, ("Role", "READER"))
_PROXY = (("ProxyName", f"<AWS::RDS::DBProxy>|{_IDENTIFIER}"),)
_FUNCTION = (("FunctionName", "<AWS::Lambda::Function>"),)
_RULE = (("RuleName", "<AWS::Events::Rule>"),)
_SERVICE = (("ClusterName", "<AWS::ECS::Cluster>"), ("ServiceName", r"<AWS::ECS::Service>\.Name"))
_SERVERS = (("AutoScalingGroupName", "<AWS::AutoScaling::AutoScalingGroup>"),)
_TARGETS = (
    ("LoadBalancer", r"<AWS::ElasticLoadBalancingV2::LoadBalancer>\.LoadBalancerFullName"),
    ("TargetGroup", r"<AWS::ElasticLoadBalancingV2::TargetGroup>\.TargetGroupFullName"),
)
_METRICS = (
    _Metric(METRICS, "IamLoginFailures", "Sum"),
    _Metric(METRICS, "Drift", "Maximum", seconds=None),
    _Metric(METRICS, "Drift", "SampleCount", seconds=None, periods=3, missing="breaching", below=True),
    *(_Metric("AWS/RDS", "DatabaseConnections", "Maximum", of, missing="missing") for of in (_WRITER, _INSTANCE)),
    *(_Metric("AWS/RDS", "CPUUtilization", "Average", of, periods=3, missing="missing") for of in (_WRITER, _INSTANCE)),
    _Metric("AWS/RDS", "ACUUtilization", "Maximum", (_CLUSTER,), periods=3, missing="missing"),
    _Metric("AWS/RDS", "AuroraReplicaLag", "Maximum", _READER, periods=3, missing="missing"),
    _Metric("AWS/RDS", "FreeStorageSpace", "Minimum", _INSTANCE, missing="missing", below=True),
    _Metric("AWS/RDS", "ClientConnectionsSetupFailedAuth", "Sum", _PROXY),
    _Metric("AWS/RDS", "DatabaseConnectionsSetupFailed", "Sum", _PROXY),
    _Metric("AWS/RDS", "DatabaseConnectionsCurrentlySessionPinned", "Sum", _PROXY, seconds=60, periods=5),
    _Metric("AWS/RDS", "DatabaseConnectionsBorrowLatency", "Average", _PROXY, periods=3),
    _Metric("AWS/Lambda", "Errors", "Sum", _FUNCTION),
    _Metric("AWS/Lambda", "AsyncEventsDropped", "Sum", _FUNCTION, seconds=None),
    _Metric("AWS/Events", "FailedInvocations", "Sum", _RULE),
    _Metric("AWS/ECS", "CPUUtilization", "SampleCount", _SERVICE, 60, 5, missing="breaching", below=True),
    _Metric("AWS/AutoScaling", "GroupInServiceInstances", "Minimum", _SERVERS, 60, 5, missing="breaching", below=True),
    _Metric("AWS/ApplicationELB", "UnHealthyHostCount", "Maximum", _TARGETS, 60, 5),
)


def _alarm(metric: _Metric) -> Form:
    dimensions: tuple[Form, ...] = tuple({"Name": name, "Value": value} for name, value in metric.dimensions)
    properties: dict[str, Form] = {
        "AlarmActions": Each(TOPIC, most=1),
        "AlarmDescription": ".{20,1000}",
        "AlarmName": f"{STACKS}-[A-Za-z0-9]+",
        "ComparisonOperator": "LessThanThreshold" if metric.below else "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": metric.periods,
        "MetricName": metric.name,
        "Namespace": metric.namespace,
        "Period": metric.seconds or _WATCHED,
        "Statistic": metric.statistic,
        "Tags": TAGS,
        "Threshold": Number(1e-9, fraction=True),
        "TreatMissingData": metric.missing,
    }
    measured: dict[str, Form] = (
        {"Dimensions": Each(Either(dimensions), len(dimensions), len(dimensions), has=dimensions)} if dimensions else {}
    )
    return {"Properties": {**properties, **measured}}


TYPES: dict[str, Form] = {"AWS::CloudWatch::Alarm": Either(tuple(_alarm(metric) for metric in _METRICS))}
