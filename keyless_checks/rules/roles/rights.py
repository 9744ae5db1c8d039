"""What roles may do: listed actions on exact resources, and sessions as one user each."""

import re
from collections.abc import Iterator
from typing import Any

from keyless_checks.reading.actions import INTERFACES, SESSIONS
from keyless_checks.reading.statements import statements
from keyless_checks.reading.templates import Templates
from keyless_checks.rule import Finding, Rule

_ANYWHERE = (
    INTERFACES
    | SESSIONS
    | {"cloudwatch:PutMetricData", "ecr:GetAuthorizationToken", "secretsmanager:GetRandomPassword"}
)
"""Service Authorization Reference: actions that know no narrower resource."""
_CONNECT = re.compile(
    r"arn:aws:rds-db:[a-z0-9-]+:(ACCOUNT|\d{12}):dbuser:"
    r"((cluster|db|prx)-[A-Za-z0-9]+|[^*?$]+\.(DBClusterResourceId|DbiResourceId)|part 6 by : of [^*?$]+\.DBProxyArn)"
    r"/[^*?$/]+"
)
_BARE_GROUP = re.compile(r"arn:[^:]*:logs:[^:]*:[^:]*:log-group:[^:]*[^*:]")
_ON_TAGS = {"logs:ListTagsForResource", "logs:TagResource", "logs:UntagResource"}
"""CloudWatch Logs User Guide, "CloudWatch Logs resources and operations"."""
_ARN = re.compile(r"arn:[^:]*:(?P<service>[^:]+):")
_SERVICES = {
    "Lambda": "lambda",
    "Logs": "logs",
    "KMS": "kms",
    "SecretsManager": "secretsmanager",
    "RDS": "rds",
    "SNS": "sns",
    "SQS": "sqs",
    "Events": "events",
    "IAM": "iam",
    "S3": "s3",
    "EC2": "ec2",
    "ECR": "ecr",
    "CloudWatch": "cloudwatch",
    "Scheduler": "scheduler",
}


def unlisted(templates: Templates) -> Iterator[Finding]:
    """A role's rights are listed: no NotAction, no NotResource, no action by pattern, no policy that AWS may change."""
    for statement in statements(templates):
        if unusual := sorted({"NotAction", "NotResource"} & set(statement.body)):
            yield Finding(statement.path, f"{', '.join(unusual)} allows what is not listed")
        yield from (
            Finding(statement.path, f"{action} is a pattern")
            for action in statement.actions
            if statement.allows and "*" in action
        )
    for role in templates.all("AWS::IAM::Role"):
        for arn in role.props.get("ManagedPolicyArns", []):
            if (policy := templates.target(role.stack, arn)) is None or policy.type != "AWS::IAM::ManagedPolicy":
                yield Finding(role.path, f"managed policy {arn}: AWS may change what it allows")


def everything(templates: Templates) -> Iterator[Finding]:
    """Nothing is allowed on every resource but what knows no narrower one."""
    for statement in statements(templates):
        if statement.allows and "*" in statement.resources:
            yield from (
                Finding(statement.path, f"{action} on every resource")
                for action in statement.actions
                if action not in _ANYWHERE
            )


def wrong_service(templates: Templates) -> Iterator[Finding]:
    """An action stands beside ARNs of its own service: RDS's rds-db is not rds."""
    for statement in statements(templates):
        for action in statement.actions:
            wanted = {"sts": "iam"}.get(service := action.partition(":")[0], service)
            found = {_service(templates, statement.stack, resource) for resource in statement.resources} - {
                None,
                wanted,
            }
            yield from (
                Finding(statement.path, f"{action} on a resource of {service}") for service in sorted(map(str, found))
            )


def _service(templates: Templates, stack: str, resource: Any) -> str | None:
    text = templates.text(stack, resource)
    if written := _ARN.match(text):
        return written["service"]
    if text.endswith(".MasterUserSecret.SecretArn"):
        return "secretsmanager"
    target = templates.target(stack, resource)
    return None if target is None else _SERVICES.get(target.type.split("::")[1])


def sessions(templates: Templates) -> Iterator[Finding]:
    """`rds-db:connect` names one user of one database or proxy: dbuser:* or a wildcard would reach others."""
    for statement in statements(templates):
        if statement.allows and any(action.startswith("rds-db:") for action in statement.actions):
            texts = [templates.text(statement.stack, resource) for resource in statement.resources]
            yield from (
                Finding(statement.path, f"rds-db:connect on {text}: it must name one user of one database or proxy")
                for text in texts
                if not _CONNECT.fullmatch(text)
            )


def log_groups(templates: Templates) -> Iterator[Finding]:
    """A right on a log group is on its ARN with `:*`: without it, only its tags are meant."""
    for statement in statements(templates):
        if not any(a.startswith("logs:") and a not in _ON_TAGS for a in statement.actions):
            continue
        texts = (templates.text(statement.stack, resource) for resource in statement.resources)
        yield from (
            Finding(statement.path, f"{text} without `:*` is the log group for its tags only")
            for text in texts
            if _BARE_GROUP.fullmatch(text)
        )


RULES: tuple[Rule, ...] = (
    log_groups,
    unlisted,
    everything,
    wrong_service,
    sessions,
)
