"""The metrics of AWS that alarms and the dashboard read, each with its unit and what to read it as.

Sources: AuroraUserGuide/Aurora.AuroraMonitoring.Metrics (and UserGuide/rds-metrics for instances);
AuroraUserGuide/dimensions; AuroraUserGuide/creating_alarms ("use WRITER or READER role metrics": an instance changes
its role); AuroraUserGuide/rds-proxy.monitoring; AuroraUserGuide/UsingWithRDS.IAMDBAuth.Troubleshooting; Lambda
Developer Guide, "Types of metrics for Lambda functions".
"""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from keyless_aurora.database.database import Database

MINUTE, FIVE_MINUTES = Duration.minutes(1), Duration.minutes(5)
MICROSECONDS_PER_MS = 1000
BYTES_PER_GIB = 2**30
IAM_LOGINS = ("IamDbAuthConnectionRequests", "IamDbAuthConnectionSuccess", "IamDbAuthConnectionFailure")
"""Counts. Their page names no dimensions; the instance's and the cluster's are those of every other metric of RDS."""


@dataclass(frozen=True)
class DatabaseMetrics:
    """Of a cluster's writer or readers, or of an instance."""

    identifier: str
    is_cluster: bool

    @classmethod
    def of(cls, database: Database) -> "DatabaseMetrics":
        return cls(database.identifier, database.is_cluster)

    def writer(self, name: str, statistic: str) -> cloudwatch.Metric:
        """Of the instance that writes: DatabaseConnections (count), CPUUtilization (%), FreeStorageSpace (bytes,
        instances only), …"""
        if not self.is_cluster:
            return _metric("AWS/RDS", name, statistic, {"DBInstanceIdentifier": self.identifier})
        return _metric("AWS/RDS", name, statistic, {"DBClusterIdentifier": self.identifier, "Role": "WRITER"})

    def readers(self, name: str, statistic: str) -> cloudwatch.Metric:
        """Of a cluster's readers together: AuroraReplicaLag (ms), …"""
        return _metric("AWS/RDS", name, statistic, {"DBClusterIdentifier": self.identifier, "Role": "READER"})

    def whole(self, name: str, statistic: str) -> cloudwatch.Metric:
        """Of all instances: ACUUtilization (% of the maximum capacity), IamDbAuthConnection… (counts)."""
        key = "DBClusterIdentifier" if self.is_cluster else "DBInstanceIdentifier"
        return _metric("AWS/RDS", name, statistic, {key: self.identifier})


@dataclass(frozen=True)
class ProxyMetrics:
    """Of the whole proxy: its machines publish each for itself, so that only their Sum over the minute in which they do
    is the number."""

    name: str

    def now(self, name: str) -> cloudwatch.Metric:
        """How many there are: ClientConnections, DatabaseConnections,
        DatabaseConnectionsCurrently{Borrowed,SessionPinned}, …"""
        return _metric("AWS/RDS", name, "Sum", {"ProxyName": self.name}, MINUTE)

    def count(self, name: str) -> cloudwatch.Metric:
        """How often: ClientConnectionsSetupFailedAuth, DatabaseConnectionsSetupFailed."""
        return _metric("AWS/RDS", name, "Sum", {"ProxyName": self.name})

    def latency(self, name: str) -> cloudwatch.Metric:
        """DatabaseConnectionsBorrowLatency, in microseconds: "the most useful statistic is Average", and no percentile
        is documented."""
        return _metric("AWS/RDS", name, "Average", {"ProxyName": self.name})


def of_function(function_name: str, name: str, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
    """Counts: Invocations, Errors, Throttles; AsyncEventsDropped counts asynchronous calls that failed at every
    attempt."""
    return _metric("AWS/Lambda", name, "Sum", {"FunctionName": function_name}, period)


def of_rule(rule_name: str, name: str) -> cloudwatch.Metric:
    """FailedInvocations: what EventBridge could not deliver at all (EventBridge User Guide, "Monitoring Amazon
    EventBridge")."""
    return _metric("AWS/Events", name, "Sum", {"RuleName": rule_name})


def of_service(cluster_name: str, service_name: str, name: str) -> cloudwatch.Metric:
    """How many tasks of a service on Fargate publish it, each once a minute."""
    return _metric("AWS/ECS", name, "SampleCount", {"ClusterName": cluster_name, "ServiceName": service_name}, MINUTE)


def of_servers(group_name: str, name: str) -> cloudwatch.Metric:
    """Of an Auto Scaling group that publishes it: GroupInServiceInstances (count)."""
    return _metric("AWS/AutoScaling", name, "Minimum", {"AutoScalingGroupName": group_name}, MINUTE)


def of_targets(balancer_name: str, group_name: str, name: str) -> cloudwatch.Metric:
    """Of a load balancer's target group, by their full names: UnHealthyHostCount (count)."""
    dimensions = {"LoadBalancer": balancer_name, "TargetGroup": group_name}
    return _metric("AWS/ApplicationELB", name, "Maximum", dimensions, MINUTE)


def ours(namespace: str, name: str, statistic: str, period: Duration = FIVE_MINUTES) -> cloudwatch.Metric:
    """What metric filters of this app count; an environment is a namespace, so these have no dimensions."""
    return _metric(namespace, name, statistic, {}, period)


def _metric(
    namespace: str, name: str, statistic: str, dimensions: dict[str, str], period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, statistic=statistic, period=period, dimensions_map=dimensions or None
    )
