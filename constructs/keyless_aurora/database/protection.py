"""What a cluster and an instance have in common: a key and a monitoring role."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge, acknowledge_inline
from keyless_aurora.settings.database import Protection

_GROUP = "RDSOSMetrics:*"
_WRITE_LOG = (
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogStreams",
    "logs:GetLogEvents",
)


def data_key(scope: Construct, protection: Protection) -> kms.Key:
    """Encrypts storage and Database Insights. A snapshot without its key can't be restored, so the key goes only where
    the data goes."""
    return kms.Key(
        scope,
        "Key",
        enable_key_rotation=True,
        description="Encrypts the database",
        removal_policy=cdk.RemovalPolicy.DESTROY if protection.disposable else cdk.RemovalPolicy.RETAIN,
    )


def monitoring(scope: Construct, protection: Protection) -> dict[str, Any]:
    """Properties for Enhanced Monitoring, with a role of its own for the one log group that RDS writes it to."""
    if not protection.monitoring_seconds:
        return {}
    # What AmazonRDSEnhancedMonitoringRole allows on every group named RDS*, for the one group of this region (its name
    # is fixed). With `:*`, which is the group's ARN for all but its tags (CloudWatch Logs User Guide, "CloudWatch Logs
    # resources and operations"), and covers its streams.
    stack = cdk.Stack.of(scope)
    group = stack.format_arn(
        service="logs", resource="log-group", resource_name=_GROUP, arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
    )
    write = iam.PolicyStatement(actions=list(_WRITE_LOG), resources=[group])
    role = iam.Role(
        scope,
        "MonitoringRole",
        description="RDS Enhanced Monitoring writes its log with it",
        assumed_by=iam.ServicePrincipal(
            "monitoring.rds.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
        ),
        # Part of the role, as RDS refuses one that may do nothing yet (claranet/terraform-aws-aurora#23).
        inline_policies={"Logs": iam.PolicyDocument(statements=[write])},
    )
    acknowledge_inline(role)
    acknowledge(
        role,
        f"{NAG}IAM5[Resource::{_as_nag_says(stack, f'log-group:{_GROUP}')}]",
        "The group is exactly the one that RDS writes to; `:*` stands for its streams, named after resource ids of "
        "instances that don't exist yet.",
    )
    return {"monitoring_interval": cdk.Duration.seconds(protection.monitoring_seconds), "monitoring_role": role}


def _as_nag_says(stack: cdk.Stack, rest: str) -> str:
    """The finding's spelling of an ARN of this account in CloudWatch Logs."""
    account = "<AWS::AccountId>" if cdk.Token.is_unresolved(stack.account) else stack.account
    return f"arn:aws:logs:{stack.region}:{account}:{rest}"


def insights(protection: Protection, key: kms.IKey) -> dict[str, Any]:
    """Properties for Database Insights, encrypted with the data's key."""
    advanced = protection.advanced_insights
    return {
        "database_insights_mode": rds.DatabaseInsightsMode.ADVANCED if advanced else rds.DatabaseInsightsMode.STANDARD,
        **instance_insights(protection, key),
    }


def instance_insights(protection: Protection, key: kms.IKey) -> dict[str, Any]:
    """The same for an instance of a cluster, which has no mode of its own."""
    retention = (
        rds.PerformanceInsightRetention.MONTHS_15
        if protection.advanced_insights
        else rds.PerformanceInsightRetention.DEFAULT
    )
    return {
        "enable_performance_insights": True,
        "performance_insight_retention": retention,
        "performance_insight_encryption_key": key,
    }
