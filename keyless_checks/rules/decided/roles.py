"""Who takes which role, and what it can't do its work without."""

from collections.abc import Iterator
from dataclasses import dataclass

from keyless_checks.reading.statements import Statement, statements
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding
from keyless_checks.rules.decided.relations import ROLES, WRITTEN, at
from keyless_checks.rules.decided.scope import ours

_WRITE = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})
_CONNECT, _READ_SECRET = frozenset({"rds-db:connect"}), frozenset({"secretsmanager:GetSecretValue", "kms:Decrypt"})


@dataclass(frozen=True)
class Work:
    """What a resource of `type` does with the role that it names in `property`: `service` takes it, for `actions`.

    `holds`: a property, variable or handler that a resource which does that has; `lacks`: one that it doesn't have.
    """

    type: str
    property: str
    service: str
    actions: frozenset[str]
    holds: str = ""
    lacks: str = "\0"


WORK = (
    Work("AWS::Lambda::Function", "Role", "lambda.amazonaws.com", _WRITE),
    Work(
        "AWS::Lambda::Function",
        "Role",
        "lambda.amazonaws.com",
        frozenset({"lambda:InvokeFunction", "lambda:GetFunction"}),
        holds="USER_ON_EVENT_FUNCTION_ARN",
    ),
    Work(
        "AWS::Lambda::Function",
        "Role",
        "lambda.amazonaws.com",
        frozenset(f"ec2:{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")),
        holds="__entrypoint__.handler",
    ),
    Work("AWS::Lambda::Function", "Role", "lambda.amazonaws.com", _READ_SECRET, holds="DB_SECRET_ARN"),
    Work("AWS::Lambda::Function", "Role", "lambda.amazonaws.com", _READ_SECRET, holds="DB_MASTER_SECRET_ARN"),
    Work(
        "AWS::Lambda::Function",
        "Role",
        "lambda.amazonaws.com",
        _CONNECT,
        holds="DB_CLUSTER_RESOURCE_ID",
        lacks="DB_ENGINE_FAMILY",
    ),
    Work("AWS::Lambda::Function", "Role", "lambda.amazonaws.com", _CONNECT, holds="db_access.watch.handler"),
    Work(
        "AWS::Lambda::Function",
        "Role",
        "lambda.amazonaws.com",
        _READ_SECRET
        | frozenset(
            f"secretsmanager:{verb}" for verb in ("DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage")
        )
        | {"kms:GenerateDataKey"},
        holds="db_access.rotation.handler",
    ),
    Work(
        "AWS::Lambda::Function",
        "Role",
        "lambda.amazonaws.com",
        frozenset({"events:PutEvents"}),
        holds="db_access.watch.handler",
    ),
    Work(
        "AWS::ECS::TaskDefinition",
        "ExecutionRoleArn",
        "ecs-tasks.amazonaws.com",
        _WRITE | {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
        holds=".dkr.ecr.",
    ),
    Work("AWS::ECS::TaskDefinition", "TaskRoleArn", "ecs-tasks.amazonaws.com", _READ_SECRET, holds="DB_SECRET_ARN"),
    Work(
        "AWS::EC2::FlowLog",
        "DeliverLogsPermissionArn",
        "vpc-flow-logs.amazonaws.com",
        _WRITE | {"logs:DescribeLogStreams"},
    ),
    *(
        Work(
            type_,
            "MonitoringRoleArn",
            "monitoring.rds.amazonaws.com",
            _WRITE | {"logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DescribeLogStreams", "logs:GetLogEvents"},
        )
        for type_ in ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
    ),
    Work("AWS::RDS::DBProxy", "RoleArn", "rds.amazonaws.com", _CONNECT, holds="IAM_AUTH"),
    Work("AWS::RDS::DBProxy", "RoleArn", "rds.amazonaws.com", _READ_SECRET, holds="SECRETS"),
)
"""VPC User Guide, "Publish flow logs to CloudWatch Logs"; AmazonRDSEnhancedMonitoringRole; RDS Proxy, "Setting up IAM
policies"; Secrets Manager, "Lambda rotation function execution role permissions"."""


def able(templates: Templates) -> Iterator[Finding]:
    """A role is trusted by the service that takes it, and can do what it is there for."""
    mine = list(statements(templates))
    for work in WORK:
        for resource in filter(ours, templates.all(work.type)):
            role = templates.target(resource.stack, resource.props.get(work.property))
            if role is not None and role.type == "AWS::IAM::Role" and _does(work, str(resource.props)):
                yield from _problems(work, resource, role, mine)


def own_log(templates: Templates) -> Iterator[Finding]:
    """What writes a log may do so in its own group: its role's right is on that one."""
    roles = dict(ROLES)
    mine = [one for one in statements(templates) if one.allows and set(one.actions) >= _WRITE]
    for type_, path in WRITTEN:
        for resource in filter(ours, templates.all(type_)):
            role, group = (templates.target(resource.stack, at(resource, to)) for to in (roles[type_], path))
            targets = (
                templates.target(one.stack, r) for one in mine if role and one.role == role.path for r in one.resources
            )
            if group is not None and group not in targets:
                yield Finding(resource.path, f"its role may not write to {group.path}")


def _does(work: Work, props: str) -> bool:
    return work.holds in props and work.lacks not in props


def _problems(work: Work, resource: Resource, role: Resource, every: list[Statement]) -> Iterator[Finding]:
    trusted = {
        name
        for statement in role.props["AssumeRolePolicyDocument"]["Statement"]
        for name in as_list(statement["Principal"].get("Service", []))
    }
    if trusted != {work.service}:
        yield Finding(role.path, f"{resource.path} takes it as {work.service}, which doesn't trust it alone")
    can = {action for one in every if one.role == role.path and one.allows for action in one.actions}
    if missing := sorted(work.actions - can):
        yield Finding(role.path, f"{resource.path} can't do its work without {', '.join(missing)}")
