"""Refused IAM logins, counted in the log that RDS writes them to."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from keyless_aurora.database.database import Database
from keyless_aurora.monitoring.metrics import ours

_METRIC = "IamLoginFailures"


def login_log_name(database: Database) -> str:
    """AuroraUserGuide/UsingWithRDS.IAMDBAuth.Troubleshooting; the group's name is as for every log that RDS exports."""
    return f"/aws/rds/{'cluster' if database.is_cluster else 'instance'}/{database.identifier}/iam-db-auth-error"


def refused_logins(scope: Construct, id: str, *, database: Database, namespace: str) -> cloudwatch.Metric:
    """Count every line of that log, which holds nothing else. The group must be there already."""
    group = logs.LogGroup.from_log_group_name(scope, f"{id}Group", login_log_name(database))
    logs.MetricFilter(
        scope,
        id,
        log_group=group,
        metric_namespace=namespace,
        metric_name=_METRIC,
        metric_value="1",
        unit=cloudwatch.Unit.COUNT,
        filter_pattern=logs.FilterPattern.all_events(),
    )
    return ours(namespace, _METRIC, "Sum")
