"""Rules for roles: exact resources, sessions as named users only, and what a function in the network can't do
without."""

import re
from collections.abc import Iterator
from typing import Any

from checks.reading.statements import Statement, statements
from checks.reading.templates import Resource, Templates, as_list
from checks.rules.rule import Finding, Rule

# AWSLambdaVPCAccessExecutionRole, version 3, without its rights on logs. EC2 knows no narrower resource for most of
# them.
INTERFACES = frozenset(
    f"ec2:{action}"
    for action in (
        "CreateNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    )
)
LOGS = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})
_ANYWHERE = INTERFACES | {"cloudwatch:PutMetricData", "secretsmanager:GetRandomPassword"}
"""Service Authorization Reference: actions that know no narrower resource."""
_CONNECT = re.compile(
    r"arn:aws:rds-db:[a-z0-9-]+:(ACCOUNT|\d{12}):dbuser:"
    r"((cluster|db|prx)-[A-Za-z0-9]+|[^*?$]+\.(DBClusterResourceId|DbiResourceId)|part 6 by : of [^*?$]+\.DBProxyArn)"
    r"/[^*?$/]+"
)
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


def attached_functions(templates: Templates) -> Iterator[Finding]:
    """The role of a function in the network can make its interfaces and write its log, and denies the former to the
    function's code."""
    for function in templates.all("AWS::Lambda::Function"):
        role = templates.target(function.stack, function.props.get("Role"))
        if "VpcConfig" not in function.props or role is None:
            continue
        mine = [statement for statement in statements(templates) if statement.role == role.path]
        yield from _missing_rights(templates, function, mine)
        if not any(_denies_to(templates, statement, function) for statement in mine):
            yield Finding(
                function.path,
                "its code may make network interfaces: the denial with lambda:SourceFunctionArn is missing",
            )


def _missing_rights(templates: Templates, function: Resource, mine: list[Statement]) -> Iterator[Finding]:
    log = templates.target(function.stack, function.props.get("LoggingConfig", {}).get("LogGroup"))
    allowed = [s for s in mine if s.allows and "Condition" not in s.body]
    interfaces = {action for s in allowed if "*" in s.resources for action in s.actions}
    logs = {
        a
        for s in allowed
        for a in s.actions
        if log is not None and any(templates.target(s.stack, r) == log for r in s.resources)
    }
    for missing, place in (
        (INTERFACES - interfaces, "*"),
        (LOGS - logs, log.path if log else "a log group of its own"),
    ):
        if missing:
            yield Finding(function.path, f"its role lacks {', '.join(sorted(missing))} on {place}")


def _denies_to(templates: Templates, statement: Statement, function: Resource) -> bool:
    condition = statement.body.get("Condition", {}).get("ArnEquals", {}).get("lambda:SourceFunctionArn")
    return (
        not statement.allows
        and set(statement.actions) >= INTERFACES
        and "*" in statement.resources
        and function in [templates.target(statement.stack, arn) for arn in as_list(condition)]
    )


def confined_denials(templates: Templates) -> Iterator[Finding]:
    """A denial of network interfaces is for a function's own code: without that condition Lambda itself couldn't attach
    the function."""
    for statement in statements(templates):
        confined = "lambda:SourceFunctionArn" in statement.body.get("Condition", {}).get("ArnEquals", {})
        if not statement.allows and INTERFACES & set(statement.actions) and not confined:
            yield Finding(statement.path, "the denial is not confined to a function's code by lambda:SourceFunctionArn")


def trust(templates: Templates) -> Iterator[Finding]:
    """A role is trusted by services or by a federation of this account, never by everybody or another account.

    Lambda takes the roles of its own account only; the other services are told for which account they may."""
    for role in templates.all("AWS::IAM::Role"):
        for statement in role.props["AssumeRolePolicyDocument"]["Statement"]:
            principal = statement.get("Principal")
            kinds, named = (set(principal), list(principal.values())) if isinstance(principal, dict) else (set(), ["*"])
            if not kinds <= {"Service", "Federated"} or any("*" in as_list(value) for value in named):
                yield Finding(role.path, f"it is trusted by {principal}")
            elif set(as_list(principal.get("Service", []))) - {"lambda.amazonaws.com"} and not _of_this_account(
                templates, role, statement
            ):
                yield Finding(
                    role.path, f"{principal['Service']} may take it for other accounts: aws:SourceAccount is missing"
                )
            elif "Federated" in principal and "Condition" not in statement:
                yield Finding(role.path, "it is trusted by every identity of its federation")


def _of_this_account(templates: Templates, role: Resource, statement: dict[str, Any]) -> bool:
    account = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceAccount")
    return re.fullmatch(r"ACCOUNT|\d{12}", templates.text(role.stack, account)) is not None


RULES: tuple[Rule, ...] = (unlisted, everything, wrong_service, sessions, attached_functions, confined_denials, trust)
