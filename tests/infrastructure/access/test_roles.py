"""A role that exists logs in as the users of the access spec that name it, and as nobody else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.stacks.deployment import OwnStack
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.stacks.roles import RolesStack
from keyless_aurora.testing.texts import rights
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.app.workload import workload
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import SPEC, Synthesis, synthesize

ROLE = "arn:aws:iam::111122223333:role/teams/reporting"
_SPEC = SPEC.as_properties()


def spec(**more: object) -> AccessSpec:
    """With a user that names a role, and one that doesn't."""
    reports = {"username": "reports", "databases": ["app"], "iam_role": ROLE, "connection_limit": 5, **more}
    return AccessSpec.parse({**_SPEC, "users": [*_SPEC["users"], reports, {"username": "other", "databases": ["app"]}]})


def granted(give: Callable[[cdk.Stack, Foundation], None]) -> OwnStack:
    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        stack = cdk.Stack(scope, f"{environment.prefix}-theirs", env=environment.target)
        give(stack, on)
        return stack

    return own


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    also = {"username": "audits", "databases": ["app"], "iam_role": ROLE}
    with_two = spec().as_properties()
    return synthesize(
        DEV,
        tmp_path_factory.mktemp("named"),
        AccessSpec.parse({**with_two, "users": [*with_two["users"], also]}),
        own=[workload, RolesStack],
    )


def test_each_named_role_gets_its_users_at_the_proxy_and_nothing_else(named: Synthesis) -> None:
    lines = [line for line in rights(named.templates).splitlines() if line.startswith("reporting |")]
    arn = "arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:part 6 by : of database/Proxy/Proxy.DBProxyArn"
    assert lines == [f"reporting | rds-db:connect | {arn}/{user}" for user in ("audits", "reports")]


def test_the_stack_breaks_no_gate(named: Synthesis) -> None:
    assert list(breaches(named.templates)) == []
    assert mismatches(named.app) == ([], [])


def test_without_a_named_role_the_stack_is_refused(out: Path) -> None:
    with pytest.raises(SpecError, match=r"users: none names an iam_role.*allowed: "):
        synthesize(DEV, out, own=[workload, RolesStack])


def test_a_role_that_the_app_makes_may_have_a_group_and_pools(out: Path) -> None:
    def give(stack: cdk.Stack, on: Foundation) -> None:
        role = iam.Role(stack, "Pods", assumed_by=iam.ServicePrincipal("pods.eks.amazonaws.com"))
        group = ec2.SecurityGroup.from_security_group_id(stack, "Nodes", "sg-0123456789abcdef0")
        for user in ("reports", "other"):
            on.access.grant(role, user=user, database="app", security_group=group, connections=6)

    made = synthesize(DEV.with_pattern(Pattern.C), out, spec(connection_limit=-1), own=[granted(give)])
    assert [path for path, _ in made.templates.named("AWS::EC2::SecurityGroupIngress") if "theirs" in path] == [
        "theirs/Pods/ToDatabase/Ingress"
    ]
    assert [(one.user, one.connections, one.why) for one in made.deployment.budget.workloads] == [
        ("reports", 6, "its pools"),
        ("other", 6, "its pools"),
    ]
    assert "direct as reports, its pools" in made.deployment.budget.text


def test_direct_without_a_bound_is_refused_by_its_own_setting(out: Path) -> None:
    def give(stack: cdk.Stack, on: Foundation) -> None:
        on.access.grant(iam.Role.from_role_arn(stack, "Theirs", ROLE), user="reports", database="app")

    with pytest.raises(SettingsError, match=r"workloads.Theirs.connections: none.*say `connections=` in its grant"):
        synthesize(DEV.with_pattern(Pattern.C), out, spec(connection_limit=-1), own=[granted(give)])


def _imported(stack: cdk.Stack, arn: str = ROLE) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Theirs", arn)


_SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_DBA_0123456789abcdef"
REFUSED: dict[str, tuple[Callable[[cdk.Stack], iam.IRole], dict[str, object], str]] = {
    "a user that names none": (_imported, {"user": "other"}, "user 'other' names no iam_role in the spec, and role"),
    "a user that names another": (
        lambda stack: _imported(stack, ROLE + "s"),
        {},
        f"user 'reports' names {ROLE} in the spec, and role {ROLE}s exists for others, too",
    ),
    "Identity Center's": (lambda stack: _imported(stack, _SSO), {}, f"role {_SSO} is IAM Identity Center's"),
    "no connections": (_imported, {"connections": 0}, "connections: 0 would never let it connect"),
    "no such user": (_imported, {"user": "nobody"}, "the spec has no user 'nobody'"),
    "the drift watch": (
        lambda stack: iam.Role(stack, "Theirs", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")),
        {"user": "drift_watch"},
        "user 'drift_watch' is the drift watch's own",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_granted_is_refused(out: Path, name: str) -> None:
    make, asked, reason = REFUSED[name]

    def give(stack: cdk.Stack, on: Foundation) -> None:
        on.access.grant(make(stack), **{"user": "reports", "database": "app", **asked})  # type: ignore[arg-type]

    with pytest.raises(SpecError) as refused:
        synthesize(DEV, out, spec(), own=[granted(give)])
    assert any(p.startswith(f"KeylessAurora-dev-theirs/Theirs: {reason}") for p in refused.value.problems)
    assert all("allowed: " in problem for problem in refused.value.problems)


def test_another_accounts_role_is_refused(out: Path) -> None:
    def give(stack: cdk.Stack, on: Foundation) -> None:
        on.access.grant(_imported(stack), user="reports", database="app")

    with pytest.raises(SpecError, match=f"role {ROLE} is of another account than the stack's, 444455556666"):
        synthesize(replace(DEV, account="444455556666"), out, spec(), own=[granted(give)])


def test_a_role_is_granted_a_user_once(out: Path) -> None:
    def give(stack: cdk.Stack, on: Foundation) -> None:
        role = _imported(stack)
        for _ in range(2):
            on.access.grant(role, user="reports", database="app")

    with pytest.raises(SpecError, match="it has been given access as that user already"):
        synthesize(DEV, out, spec(), own=[granted(give)])
