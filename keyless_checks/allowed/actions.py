"""Which IAM actions a role may have, by what uses it, and which service may take it. No kind may change code, roles,
policies or databases, take another role, or hand one on, which would be a way to any right."""

from keyless_checks.reading.actions import INTERFACES, LOGS, SESSIONS
from keyless_checks.reading.own import Own
from keyless_checks.reading.roles import Kind

_ATTACHED = INTERFACES | LOGS
_READS_SECRETS = frozenset({"secretsmanager:GetSecretValue", "kms:Decrypt"})
_APPLICATION = _READS_SECRETS | {
    "rds-db:connect",
    "cloudwatch:PutMetricData",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "events:PutEvents",
    "kms:GenerateDataKey",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sns:Publish",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}
"""What code of yours may do, wherever it runs."""

BY_KIND: dict[Kind, frozenset[str]] = {
    Kind.BOOTSTRAP: _ATTACHED | _READS_SECRETS | {"rds-db:connect"},
    Kind.WATCH: _ATTACHED | {"rds-db:connect", "events:PutEvents"},
    Kind.ROTATION: _ATTACHED
    | _READS_SECRETS
    | {
        "rds-db:connect",
        "kms:GenerateDataKey",
        "secretsmanager:DescribeSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    },
    Kind.FRAMEWORK: LOGS | {"lambda:InvokeFunction", "lambda:GetFunction"},
    Kind.DEFAULT_GROUP: LOGS
    | {
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    },
    Kind.PROXY: _READS_SECRETS | {"rds-db:connect"},
    Kind.FINDINGS: frozenset({"events:PutEvents"}),
    Kind.MONITORING: LOGS
    | {"logs:CreateLogGroup", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutRetentionPolicy"},
    Kind.FLOW_LOGS: LOGS | {"logs:DescribeLogStreams"},
    Kind.EXISTING: frozenset({"rds-db:connect"}),
    Kind.PIPELINE: frozenset({"sts:AssumeRole", "cloudformation:DescribeStacks", "cloudformation:GetTemplate"}),
    Kind.YOURS: _ATTACHED | _APPLICATION,
    Kind.TASK: _APPLICATION,
    Kind.SERVER: _APPLICATION | SESSIONS,
    Kind.BASTION: SESSIONS,
    Kind.AGENT: LOGS
    | {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    },
}
"""The agent's are AmazonECSTaskExecutionRolePolicy's."""
_YOURS = (Kind.YOURS, Kind.TASK, Kind.SERVER)
TRUSTED: dict[Kind, str] = {
    **dict.fromkeys(Kind, "lambda.amazonaws.com"),
    Kind.TASK: "ecs-tasks.amazonaws.com",
    Kind.AGENT: "ecs-tasks.amazonaws.com",
    Kind.SERVER: "ec2.amazonaws.com",
    Kind.BASTION: "ec2.amazonaws.com",
    Kind.PROXY: "rds.amazonaws.com",
    Kind.FINDINGS: "events.amazonaws.com",
    Kind.MONITORING: "monitoring.rds.amazonaws.com",
    Kind.FLOW_LOGS: "vpc-flow-logs.amazonaws.com",
    Kind.PIPELINE: "the provider of its tokens",
}
"""The one service that takes the role."""


def actions_of(kind: Kind, role: str, own: Own) -> frozenset[str]:
    """What the role at that path may have, as it is used."""
    return BY_KIND[kind] | (own.actions.get(role, frozenset()) if kind in _YOURS else frozenset())
