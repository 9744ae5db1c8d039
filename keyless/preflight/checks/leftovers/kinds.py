"""The types that have a fixed name in a template, how to find one by it, and how to get it out of the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keyless.preflight.account.account import Account

Find = Callable[[Account, str], str | None]
"""How it is with the resource of a name (`exists`); None if there is none."""
_IMPORT: Final = (
    "make deploy ENV={environment} ARGS=--import-existing-resources PREFLIGHT=off   # takes it into the stack"
)


@dataclass(frozen=True)
class Kind:
    type: str
    property: str
    what: str
    find: Find
    remedies: tuple[str, ...]
    """With {name}, {region} and {environment}."""


def _log_group(account: Account, name: str) -> str | None:
    groups = account.reader.items("logs", "DescribeLogGroups", "logGroups", logGroupNamePrefix=name)
    return "exists" if any(group["logGroupName"] == name for group in groups) else None


def _rds(kind: str, missing: str) -> Find:
    """RDS compares identifiers in lower case."""
    name_of = "DBProxyName" if kind == "DBProxies" else f"{kind.removesuffix('s')}Identifier"

    def find(account: Account, name: str) -> str | None:
        asked = {name_of: name.lower()}
        return (
            "exists" if account.reader.read("rds", f"Describe{kind}", missing=frozenset({missing}), **asked) else None
        )

    return find


def _secret(account: Account, name: str) -> str | None:
    """The filter finds names that begin so."""
    only = [{"Key": "name", "Values": [name]}]
    secrets = account.reader.items(
        "secretsmanager", "ListSecrets", "SecretList", IncludePlannedDeletion=True, Filters=only
    )
    found = next((secret for secret in secrets if secret["Name"] == name), None)
    return found and ("is scheduled for deletion" if found.get("DeletedDate") else "exists")


def _topic(account: Account, name: str) -> str | None:
    arn = f"arn:{account.identity.partition}:sns:{account.region}:{account.identity.account}:{name}"
    missing = frozenset({"NotFound", "NotFoundException"})
    return "exists" if account.reader.read("sns", "GetTopicAttributes", missing=missing, TopicArn=arn) else None


def _alarm(account: Account, name: str) -> str | None:
    answer = account.reader.read("cloudwatch", "DescribeAlarms", AlarmNames=[name])
    return "exists" if answer.get("MetricAlarms") else None


KINDS: Final = (
    Kind(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        "log group",
        _log_group,
        ("aws logs delete-log-group --log-group-name {name} --region {region}", _IMPORT),
    ),
    Kind(
        "AWS::RDS::DBCluster",
        "DBClusterIdentifier",
        "cluster",
        _rds("DBClusters", "DBClusterNotFoundFault"),
        (
            _IMPORT,
            "aws rds delete-db-cluster --db-cluster-identifier {name} --final-db-snapshot-identifier {name}-final "
            "--region {region}   # only if nobody needs it, and after its instances",
        ),
    ),
    Kind(
        "AWS::RDS::DBInstance",
        "DBInstanceIdentifier",
        "instance",
        _rds("DBInstances", "DBInstanceNotFound"),
        (
            _IMPORT,
            "aws rds delete-db-instance --db-instance-identifier {name} --final-db-snapshot-identifier {name}-final "
            "--region {region}   # only if nobody needs it",
        ),
    ),
    Kind(
        "AWS::RDS::DBProxy",
        "DBProxyName",
        "proxy",
        _rds("DBProxies", "DBProxyNotFoundFault"),
        ("aws rds delete-db-proxy --db-proxy-name {name} --region {region}",),
    ),
    Kind(
        "AWS::SecretsManager::Secret",
        "Name",
        "secret",
        _secret,
        (
            "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {name} --region {region}",
            "aws secretsmanager restore-secret --secret-id {name} --region {region} && "
            "make deploy ENV={environment} ARGS=--import-existing-resources PREFLIGHT=off",
        ),
    ),
    Kind(
        "AWS::SNS::Topic",
        "TopicName",
        "topic",
        _topic,
        ("aws sns delete-topic --region {region} --topic-arn <that of {name}>",),
    ),
    Kind(
        "AWS::CloudWatch::Alarm",
        "AlarmName",
        "alarm",
        _alarm,
        ("aws cloudwatch delete-alarms --alarm-names {name} --region {region}",),
    ),
)
