"""A function that somebody else made is granted access as ours are, or refused with a sentence."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.stacks.foundation import Foundation
from tests.app.environments import DEV
from tests.infrastructure.support import SPEC, Synthesis, synthesize
from tests.infrastructure.variants import PASSWORDS

USER = "lambda_writer"


def function(scope: Construct, on: Foundation, **changes: object) -> lambda_.Function:
    """A plain function of the CDK in the network, as somebody has one already."""
    given: dict[str, object] = {
        "runtime": lambda_.Runtime.PYTHON_3_14,
        "architecture": lambda_.Architecture.ARM_64,
        "handler": "index.handler",
        "code": lambda_.Code.from_inline("def handler(event, context): ..."),
        "timeout": cdk.Duration.seconds(20),
        "vpc": on.network.vpc,
        "vpc_subnets": on.network.workload_subnets,
        "security_groups": [ec2.SecurityGroup(scope, "Mine", vpc=on.network.vpc, allow_all_outbound=False)],
        **changes,
    }
    return lambda_.Function(scope, "Theirs", **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def made(
    out: Path,
    make: Callable[[Construct, Foundation], lambda_.Function],
    environment: Environment = DEV,
    spec: AccessSpec = SPEC,
) -> Synthesis:
    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        stack = cdk.Stack(scope, f"{environment.prefix}-theirs", env=environment.target)
        on.access.grant(make(stack, on), user=USER, database="app")
        return stack

    return synthesize(environment, out, spec, own=[own])


def test_a_plain_function_gets_path_right_layer_and_settings(out: Path) -> None:
    templates = made(out, function).templates
    props = templates.props("theirs/Theirs")
    variables = {k: templates.text("theirs", v) for k, v in props["Environment"]["Variables"].items()}
    assert variables == {
        "PGHOST": "database/Proxy/Proxy.Endpoint",
        "PGPORT": "5432",
        "PGUSER": USER,
        "PGDATABASE": "app",
        "DB_LOGIN_SECONDS": "15",
    }
    assert [templates.text("theirs", layer) for layer in props["Layers"]] == ["theirs/ClientLayer"]
    statements = templates.props("theirs/Theirs/ServiceRole/DefaultPolicy")["PolicyDocument"]["Statement"]
    assert [statement["Action"] for statement in statements] == ["rds-db:connect"]
    assert templates.text("theirs", statements[0]["Resource"]).endswith(f"/{USER}")
    egress = templates.props("theirs/Theirs/ToProxy/Egress")
    assert templates.text("theirs", egress["GroupId"]) == "theirs/Mine.GroupId"


def test_with_a_password_it_may_read_its_secret(out: Path) -> None:
    templates = made(out, function, DEV.with_pattern(Pattern.B), PASSWORDS).templates
    policy = templates.props("theirs/Theirs/ServiceRole/DefaultPolicy")["PolicyDocument"]["Statement"]
    assert [statement["Action"] for statement in policy] == ["secretsmanager:GetSecretValue", "kms:Decrypt"]


def test_what_is_reserved_for_it_counts_in_the_budget(out: Path) -> None:
    reserved = made(
        out,
        lambda scope, on: function(scope, on, reserved_concurrent_executions=7),
        DEV.with_pattern(Pattern.C),
    )
    (workload,) = reserved.deployment.budget.workloads
    assert (workload.name, workload.connections) == ("Theirs", 7)


def test_an_imported_role_that_takes_policies_gets_one(out: Path) -> None:
    def imported(scope: Construct, on: Foundation) -> lambda_.Function:
        role = iam.Role.from_role_arn(scope, "Imported", "arn:aws:iam::111122223333:role/theirs")
        return function(scope, on, role=role)

    templates = made(out, imported).templates
    assert templates.props("theirs/Imported/Policy")["Roles"] == ["theirs"]


def _immutable(scope: Construct, on: Foundation) -> lambda_.Function:
    role = iam.Role.from_role_arn(scope, "Imported", "arn:aws:iam::111122223333:role/theirs", mutable=False)
    return function(scope, on, role=role)


REFUSED: dict[str, tuple[Callable[[Construct, Foundation], lambda_.Function], str]] = {
    "no VPC": (
        lambda scope, on: function(scope, on, vpc=None, vpc_subnets=None, security_groups=None),
        "it is in no VPC",
    ),
    "an immutable role": (_immutable, "its role is imported and takes no policies"),
    "another Python": (
        lambda scope, on: function(scope, on, runtime=lambda_.Runtime.PYTHON_3_12),
        "it runs python3.12 on arm64",
    ),
    "another machine": (
        lambda scope, on: function(scope, on, architecture=lambda_.Architecture.X86_64),
        "it runs python3.14 on x86_64",
    ),
    "Lambda's own timeout": (lambda scope, on: function(scope, on, timeout=None), "its timeout of 3 s"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_granted_is_refused(out: Path, name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(SpecError, match=f"KeylessAurora-dev-theirs/Theirs: {reason}.*allowed: "):
        made(out, make)
