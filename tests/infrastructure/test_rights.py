"""Every right of every role, in full: nothing is granted that isn't listed here."""

from collections.abc import Iterator

import pytest

from tests.infrastructure.support import SPEC, Change, Synthesis, Templates

Right = tuple[str, str, str]
"""Role, action (`not ` before it when denied), resource."""

CLUSTER = "arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:database/Database/Cluster.DBClusterResourceId"
PROXY = "arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:part 6 by : of database/Proxy/Proxy.DBProxyArn"
OS_METRICS = "arn:aws:logs:eu-west-1:ACCOUNT:log-group:RDSOSMetrics"
INTERFACES = tuple(f"ec2:{action}" for action in (
    "CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets",
    "DeleteNetworkInterface", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"))
WRITE_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


def _function(role: str) -> set[Right]:
    """What every function in the network has: its log, and interfaces that its own code can't touch."""
    return {*((f"{role}/Role", action, f"{role}/Logs.Arn") for action in WRITE_LOG),
            *((f"{role}/Role", action, "*") for action in INTERFACES),
            *((f"{role}/Role", f"not {action}", "*") for action in INTERFACES)}


def expected() -> set[Right]:
    closer, flows = "network/Custom::VpcRestrictDefaultSGCustomResourceProvider/Role", "network/Network/FlowLog/IAMRole"
    default_group = "arn:aws:ec2:eu-west-1:ACCOUNT:security-group/network/Network/Vpc.DefaultSecurityGroup"
    bootstrap, provider = "access/Bootstrap/Function.Arn", "access/Access/ProviderRole"
    return {
        *((closer, f"ec2:{verb}SecurityGroup{way}", default_group) for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")),
        *((closer, action, "network/Network/Vpc/RestrictDefaultSecurityGroupLogs.Arn") for action in WRITE_LOG),
        *((flows, action, "network/Network/FlowLogs.Arn") for action in (*WRITE_LOG, "logs:DescribeLogStreams")),
        *(("database/Database/MonitoringRole", action, OS_METRICS) for action in ("logs:CreateLogGroup", "logs:PutRetentionPolicy")),
        *(("database/Database/MonitoringRole", action, f"{OS_METRICS}:log-stream:*")
          for action in ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents")),
        *(("database/Proxy/Role", "rds-db:connect", f"{CLUSTER}/{user}") for user in SPEC.iam_users),
        *_function("access/Bootstrap"), ("access/Bootstrap/Role", "rds-db:connect", f"{CLUSTER}/keyless_master"),
        *((provider, action, "access/Access/ProviderLogs.Arn") for action in WRITE_LOG),
        (provider, "lambda:InvokeFunction", bootstrap), (provider, "lambda:InvokeFunction", f"{bootstrap}:*"),
        (provider, "lambda:GetFunction", bootstrap),
        *_function("workload/Migrator"), ("workload/Migrator/Role", "rds-db:connect", f"{PROXY}/migrator"),
        *_function("workload/Writer"), ("workload/Writer/Role", "rds-db:connect", f"{PROXY}/lambda_writer"),
    }


def rights(templates: Templates) -> Iterator[Right]:
    """The rights of all roles, inline or in policies of their own; anything unusual as a right of its own."""
    for path, resource in templates.named("AWS::IAM::Role"):
        for policy in resource["Properties"].get("Policies", []):
            yield from _of_document(templates, path, policy["PolicyDocument"])
        yield from ((path, "managed policy", str(arn)) for arn in resource["Properties"].get("ManagedPolicyArns", []))
    for path, resource in templates.named("AWS::IAM::Policy"):
        for role in resource["Properties"]["Roles"]:
            yield from _of_document(templates, templates.text(path.split("/")[0], role), resource["Properties"]["PolicyDocument"])


def _of_document(templates: Templates, role: str, document: dict[str, list[dict[str, object]]]) -> Iterator[Right]:
    stack = role.split("/")[0]
    for statement in document["Statement"]:
        if unusual := {"NotAction", "NotResource"} & set(statement):
            yield role, "everything but", str(unusual)
        denied = "not " if statement["Effect"] == "Deny" else ""
        yield from ((role, f"{denied}{action}", templates.text(stack, resource))
                    for action in _list(statement.get("Action", [])) for resource in _list(statement.get("Resource", [])))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def test_the_roles_have_exactly_the_listed_rights(every: Synthesis) -> None:
    assert set(rights(every.templates)) == expected()


def _statement(path: str, action: str) -> Change:
    """Make the resource of the statement with `action` in the policy at `path` a wildcard."""
    def change(templates: Templates) -> None:
        for statement in templates.props(path)["PolicyDocument"]["Statement"]:
            if action in _list(statement["Action"]):
                statement["Resource"] = "*"
    return change


def _drop_statement(path: str) -> Change:
    return lambda templates: templates.props(path)["PolicyDocument"]["Statement"].pop()


def _more(path: str, **statement: object) -> Change:
    return lambda templates: templates.props(path)["PolicyDocument"]["Statement"].append({"Effect": "Allow", **statement})


WRITER, PROXY_POLICY = "workload/Writer/Role/DefaultPolicy", "database/Proxy/Role/DefaultPolicy"
MUTANTS = [
    _statement(WRITER, "rds-db:connect"),
    _statement(PROXY_POLICY, "rds-db:connect"),
    _statement(WRITER, "logs:PutLogEvents"),
    _drop_statement(PROXY_POLICY),
    _drop_statement("workload/Writer/NoInterfacesForCode"),
    _more(WRITER, Action="rds-db:connect", Resource="arn:aws:rds-db:eu-west-1:1:dbuser:*/migrator"),
    _more(WRITER, NotAction="iam:*", Resource="*"),
    lambda t: t.props("workload/Writer/Role").update(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
]


@pytest.mark.parametrize("change", MUTANTS)
def test_a_right_too_many_or_too_few_is_seen(prod: Synthesis, change: Change) -> None:
    assert set(rights(prod.templates.broken(change))) != expected()


def unconfined(templates: Templates) -> Iterator[str]:
    """Denials of the network interfaces that don't name their own function, so would stop Lambda itself too, or nothing."""
    for path, resource in templates.named("AWS::IAM::Policy"):
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
            function = path.replace("/NoInterfacesForCode", "/Function.Arn")
            condition = statement.get("Condition", {}).get("ArnEquals", {}).get("lambda:SourceFunctionArn")
            if statement["Effect"] == "Deny" and templates.text(path.split("/")[0], condition) != function:
                yield path


def test_the_denial_of_interfaces_is_for_the_functions_own_code(every: Synthesis, prod: Synthesis) -> None:
    assert list(unconfined(every.templates)) == []
    loose = prod.templates.broken(lambda t: t.props("workload/Writer/NoInterfacesForCode")["PolicyDocument"]["Statement"][0].pop("Condition"))
    assert list(unconfined(loose)) == ["workload/Writer/NoInterfacesForCode"]


def unkept_logs(templates: Templates) -> Iterator[str]:
    """Log groups without a retention, and functions that would make such a group themselves."""
    yield from (path for path, group in templates.named("AWS::Logs::LogGroup") if not group["Properties"].get("RetentionInDays"))
    yield from (path for path, function in templates.named("AWS::Lambda::Function")
                if not function["Properties"].get("LoggingConfig", {}).get("LogGroup"))


def test_every_log_has_a_retention(every: Synthesis, prod: Synthesis) -> None:
    assert list(unkept_logs(every.templates)) == []
    assert list(unkept_logs(prod.templates.broken(lambda t: t.props("workload/Writer/Logs").clear()))) == ["workload/Writer/Logs"]
    assert list(unkept_logs(prod.templates.broken(lambda t: t.props("workload/Writer/Function").pop("LoggingConfig")))) == [
        "workload/Writer/Function"]
