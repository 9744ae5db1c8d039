"""All that the preflight may ask AWS; its clients refuse every other operation. docs/preflight.md lists the rights."""

from collections.abc import Mapping
from typing import Final

Actions = Mapping[str, frozenset[str]]
"""boto3's name of a service -> operations."""
ACTIONS: Final[Actions] = {
    "cloudformation": frozenset({"DescribeStacks", "ListStackResources"}),
    "cloudwatch": frozenset({"DescribeAlarms"}),
    "ec2": frozenset({"DescribeAddresses", "DescribeAvailabilityZones", "DescribeSubnets", "DescribeVpcs"}),
    "iam": frozenset({"GetRole"}),
    "lambda": frozenset({"GetAccountSettings", "GetFunctionConcurrency"}),
    "logs": frozenset({"DescribeLogGroups"}),
    "rds": frozenset(
        {
            "DescribeDBClusterParameterGroups",
            "DescribeDBClusters",
            "DescribeDBEngineVersions",
            "DescribeDBInstances",
            "DescribeDBParameterGroups",
            "DescribeDBProxies",
            "DescribeDBSubnetGroups",
            "DescribeOrderableDBInstanceOptions",
        }
    ),
    "secretsmanager": frozenset({"ListSecrets"}),
    "service-quotas": frozenset({"ListAWSDefaultServiceQuotas", "ListServiceQuotas"}),
    "sns": frozenset({"GetTopicAttributes"}),
    "ssm": frozenset({"GetParameter"}),
    "sts": frozenset({"GetCallerIdentity"}),
}
_PREFIXES: Final = {"service-quotas": "servicequotas"}
"""Where IAM names the service differently from boto3 (Service Authorization Reference)."""


def right(service: str, operation: str) -> str:
    """The IAM action that an operation needs. IAM names each of ours like its operation."""
    return f"{_PREFIXES.get(service, service)}:{operation}"
