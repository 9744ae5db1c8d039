"""A service of containers is granted access as a function is, ours and anybody's, and its pools are counted."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.engines.matrix import Pattern
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.testing.texts import rights
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.app.services import DIGEST
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.workloads import DIRECT, WITH_NAT, WITH_USERS, workloads

API = "services/Api"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return workloads(tmp_path_factory.mktemp("services"))


def test_it_breaks_no_gate(made: Synthesis) -> None:
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])


def test_its_container_is_told_where_and_as_whom_and_nothing_secret(made: Synthesis) -> None:
    (container,) = made.templates.props(f"{API}/Task")["ContainerDefinitions"]
    assert {e["Name"]: made.templates.text("services", e["Value"]) for e in container["Environment"]} == {
        "LOG_LEVEL": "info",
        "PGHOST": "database/Proxy/Proxy.Endpoint",
        "PGPORT": "5432",
        "PGUSER": "api",
        "PGDATABASE": "app",
        "DB_LOGIN_SECONDS": "60",
    }


def test_the_task_may_log_in_and_its_agent_alone_may_pull_and_log(made: Synthesis) -> None:
    lines = [line for line in rights(made.templates).splitlines() if line.startswith(API)]
    registry = "arn:aws:ecr:eu-west-1:ACCOUNT:repository/api"
    assert lines == [
        *(
            f"{API}/AgentRole | ecr:{action} | {registry}"
            for action in ("BatchCheckLayerAvailability", "BatchGetImage")
        ),
        f"{API}/AgentRole | ecr:GetAuthorizationToken | *",
        f"{API}/AgentRole | ecr:GetDownloadUrlForLayer | {registry}",
        f"{API}/AgentRole | logs:CreateLogStream | {API}/Logs.Arn",
        f"{API}/AgentRole | logs:PutLogEvents | {API}/Logs.Arn",
        f"{API}/Role | rds-db:connect | arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:part 6 by : of "
        "database/Proxy/Proxy.DBProxyArn/api",
    ]


def test_pools_count_for_all_tasks_of_a_rollout(out: Path) -> None:
    budget = workloads(out, DIRECT).deployment.budget
    (api,) = [one for one in budget.workloads if one.name == "Api"]
    assert (api.connections, api.why) == (30, "6 tasks with 5 each")  # 3, and 3 more while a new version takes over
    assert "direct as api, 6 tasks with 5 each" in budget.text


def test_pools_that_are_larger_than_the_users_limit_are_refused(out: Path) -> None:
    raw = WITH_USERS.as_properties()
    users = [{**user, "connection_limit": 29} if user["username"] == "api" else user for user in raw["users"]]
    with pytest.raises(
        SettingsError, match=r"users.api.connection_limit: 29, but what logs in as it opens 30 \(Api 30\)"
    ):
        workloads(out, DIRECT, AccessSpec.parse({**raw, "users": users}))


def test_without_a_way_to_its_images_it_is_refused(out: Path) -> None:
    with pytest.raises(SettingsError, match=r"NewNetwork has 1 problem:\n.*nat: a service needs a way.*allowed: "):
        workloads(out, DEV)


def theirs(
    stack: cdk.Stack, on: Foundation, *, container: bool = True, vpc: ec2.IVpc | None = None
) -> ecs.FargateService:
    """A plain service of the CDK, as somebody has one already, which scales."""
    task = ecs.FargateTaskDefinition(stack, "Task")
    if container:
        image = ecs.EcrImage(ecr.Repository.from_repository_name(stack, "Images", "x"), DIGEST)
        task.add_container("Main", image=image)
    network = vpc or on.network.vpc
    service = ecs.FargateService(
        stack,
        "Theirs",
        cluster=ecs.Cluster(stack, "Cluster", vpc=network),
        task_definition=task,
        vpc_subnets=on.network.workload_subnets if vpc is None else None,
        security_groups=[ec2.SecurityGroup(stack, "Mine", vpc=network, allow_all_outbound=False)],
        desired_count=2,
    )
    service.auto_scale_task_count(max_capacity=5)
    return service


def granted(
    out: Path, make: Callable[[cdk.Stack, Foundation], object], environment: Environment = DEV, **asked: object
) -> Synthesis:
    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        stack = cdk.Stack(scope, f"{environment.prefix}-theirs", env=environment.target)
        on.access.grant(make(stack, on), **{"user": "api", "database": "app", **asked})  # type: ignore[arg-type]
        return stack

    return synthesize(environment, out, WITH_USERS, own=[own])


def test_a_plain_service_gets_path_right_and_settings_and_counts_as_it_scales(out: Path) -> None:
    made = granted(out, theirs, DEV.with_pattern(Pattern.C), connections=3)
    (container,) = made.templates.props("theirs/Task")["ContainerDefinitions"]
    assert {e["Name"] for e in container["Environment"]} >= {"PGHOST", "PGUSER", "DB_LOGIN_SECONDS"}
    (statement,) = made.templates.props("theirs/Task/TaskRole/DefaultPolicy")["PolicyDocument"]["Statement"]
    assert statement["Action"] == "rds-db:connect"
    egress = made.templates.props("theirs/Theirs/ToDatabase/Egress")
    assert made.templates.text("theirs", egress["GroupId"]) == "theirs/Mine.GroupId"
    (one,) = made.deployment.budget.workloads
    assert (one.connections, one.why) == (30, "10 tasks with 3 each")  # it scales to 5, of two versions


REFUSED: dict[str, tuple[Callable[[cdk.Stack, Foundation], object], dict[str, object], str]] = {
    "no container": (lambda stack, on: theirs(stack, on, container=False), {}, "it has no container yet"),
    "another VPC": (
        lambda stack, on: theirs(stack, on, vpc=ec2.Vpc(stack, "Other")),
        {},
        "it is in VPC",
    ),
    "a group beside its own": (
        theirs,
        {"security_group": object()},
        "security_group: it has its own",
    ),
    "no connections": (theirs, {"connections": 0}, "connections: 0 would never let it connect"),
    "a cluster": (lambda stack, on: ecs.Cluster(stack, "Theirs", vpc=on.network.vpc), {}, "a Cluster can't be given"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_granted_is_refused(out: Path, name: str) -> None:
    make, asked, reason = REFUSED[name]
    with pytest.raises(SpecError, match=f"KeylessAurora-dev-theirs/Theirs: {reason}.*allowed: "):
        granted(out, make, WITH_NAT, **asked)


def test_a_service_is_given_access_once(out: Path) -> None:
    def twice(stack: cdk.Stack, on: Foundation) -> object:
        service = theirs(stack, on)
        on.access.grant(service, user="api", database="app")
        return service

    with pytest.raises(SpecError, match="it has been given access already, and logs in as one user"):
        granted(out, twice)


def test_ours_has_no_way_in_and_no_shell(made: Synthesis) -> None:
    service = made.templates.props(f"{API}/Service/Service")
    assert service["EnableExecuteCommand"] is False
    assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    into = [r.path for r in made.templates.all("AWS::EC2::SecurityGroupIngress") if r.path.startswith(API)]
    assert into == [f"{API}/ToProxy/Ingress"]  # the proxy's own
