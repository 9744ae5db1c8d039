"""Servers are granted access as functions are, ours and anybody's, without a secret and without a key."""

from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.testing.texts import reachability, rights
from keyless_checks.reading.clients import clients
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.app.services import Servers
from tests.infrastructure.access.test_services import granted
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.workloads import DIRECT, WITH_SESSIONS, WITH_USERS, workloads

SITE = "services/Site"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return workloads(tmp_path_factory.mktemp("servers"))


def test_they_break_no_gate(made: Synthesis) -> None:
    assert [b for b in breaches(made.templates) if b.finding.path.startswith(SITE)] == []


def test_their_user_data_says_where_and_as_whom_and_is_read_by_the_gates(made: Synthesis) -> None:
    (one,) = [client for client in clients(made.templates) if client.path.startswith(SITE)]
    assert {name: made.templates.text("services", value) for name, value in one.variables.items()} == {
        "PGHOST": "database/Proxy/Proxy.Endpoint",
        "PGPORT": "5432",
        "PGUSER": "site",
        "PGDATABASE": "app",
        "DB_LOGIN_SECONDS": "60",
    }
    text = made.templates.text("services", made.templates.props(f"{SITE}/Template")["LaunchTemplateData"]["UserData"])
    assert text.startswith(
        "#!/bin/bash\nset -eu\ninstall -d -m 0755 /etc/keyless\ncat > /etc/keyless/connection.env <<'"
    )
    assert text.endswith("chmod 0644 /etc/keyless/connection.env\nsystemctl start site\n")


def test_their_role_may_log_in_and_offer_sessions_and_nothing_else(made: Synthesis) -> None:
    lines = [line for line in rights(made.templates).splitlines() if line.startswith(f"{SITE}/Role")]
    assert lines == [
        f"{SITE}/Role | rds-db:connect | arn:aws:rds-db:eu-west-1:ACCOUNT:dbuser:part 6 by : of "
        "database/Proxy/Proxy.DBProxyArn/site",
        *(
            f"{SITE}/Role | {action} | *"
            for action in (
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            )
        ),
    ]


def test_too_few_tasks_or_instances_raise_an_alarm(made: Synthesis) -> None:
    found = {
        alarm["Properties"]["AlarmName"].rpartition("-")[2]: alarm["Properties"]
        for alarm in made.templates.of_type("AWS::CloudWatch::Alarm")
    }
    for name, metric, threshold in (
        ("ApiTasks", "CPUUtilization", 3),
        ("SiteInstances", "GroupInServiceInstances", 2),
    ):
        assert (found[name]["MetricName"], found[name]["Threshold"]) == (metric, threshold)
        assert found[name]["ComparisonOperator"] == "LessThanThreshold"
        assert found[name]["TreatMissingData"] == "breaching"


def test_by_endpoints_they_reach_session_manager_and_the_proxy_and_nothing_else(out: Path) -> None:
    made = synthesize(WITH_SESSIONS, out, WITH_USERS, own=[Servers])
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])
    assert [line for line in reachability(made.templates).splitlines() if line.startswith("servers/")] == [
        "servers/Site/Servers/ASG -> database/Proxy/Proxy: tcp 5432",
        "servers/Site/Servers/ASG -> network/Network/Sessions/ssm: tcp 443",
        "servers/Site/Servers/ASG -> network/Network/Sessions/ssmmessages: tcp 443",
    ]


def test_two_groups_of_one_size_have_alarms_of_their_own(out: Path) -> None:
    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        stack = Servers(scope, environment, on)
        again = VpcServers(stack, "Again", network=on.network, description="Another site")
        on.access.grant(again, user="api", database="app", connections=4)
        return stack

    assert list(breaches(synthesize(WITH_SESSIONS, out, WITH_USERS, own=[own]).templates)) == []


def test_without_a_way_to_session_manager_they_are_refused(out: Path) -> None:
    with pytest.raises(SettingsError, match=r"NewNetwork has 1 problem:\n.*sessions: a server needs a way.*allowed: "):
        synthesize(DEV, out, WITH_USERS, own=[Servers])


def test_pools_count_for_all_instances_of_a_replacement(out: Path) -> None:
    budget = workloads(out, DIRECT).deployment.budget
    (site,) = [one for one in budget.workloads if one.name == "Site"]
    assert (site.connections, site.why) == (12, "3 instances with 4 each")  # 2, and 1 more while they are replaced


def instance(stack: cdk.Stack, on: Foundation) -> ec2.Instance:
    """A plain instance of the CDK, as somebody has one already."""
    return ec2.Instance(
        stack,
        "Theirs",
        vpc=on.network.vpc,
        vpc_subnets=on.network.workload_subnets,
        instance_type=ec2.InstanceType("t4g.small"),
        machine_image=ec2.MachineImage.generic_linux({"eu-west-1": "ami-0123456789abcdef0"}),
        security_group=ec2.SecurityGroup(stack, "Mine", vpc=on.network.vpc, allow_all_outbound=False),
    )


def group(stack: cdk.Stack, on: Foundation) -> autoscaling.AutoScalingGroup:
    return autoscaling.AutoScalingGroup(
        stack,
        "Theirs",
        vpc=on.network.vpc,
        vpc_subnets=on.network.workload_subnets,
        instance_type=ec2.InstanceType("t4g.small"),
        machine_image=ec2.MachineImage.generic_linux({"eu-west-1": "ami-0123456789abcdef0"}),
        security_group=ec2.SecurityGroup(stack, "Mine", vpc=on.network.vpc, allow_all_outbound=False),
        min_capacity=1,
        max_capacity=4,
    )


@pytest.mark.parametrize(("make", "most"), [(instance, 1), (group, 4)])
def test_a_plain_one_gets_path_right_and_settings(
    out: Path, make: Callable[[cdk.Stack, Foundation], object], most: int
) -> None:
    made = granted(out, make, user="site", connections=4)
    (workload,) = made.deployment.budget.workloads
    assert (workload.connections, workload.why) == (4 * most, f"{most} instances with 4 each")
    egress = made.templates.props("theirs/Theirs/ToProxy/Egress")
    assert made.templates.text("theirs", egress["GroupId"]) == "theirs/Mine.GroupId"
    text = str(made.templates.by_stack["theirs"])
    assert "rds-db:connect" in text and "PGUSER=site" in text and "END-OF-SETTINGS" in text


def test_a_name_that_the_file_would_change_is_refused(out: Path) -> None:
    raw = WITH_USERS.as_properties()
    odd = {"username": 'odd "user"', "databases": ["app"]}

    def make(stack: cdk.Stack, on: Foundation) -> object:
        on.access.spec = AccessSpec.parse({**raw, "users": [*raw["users"], odd]})
        return instance(stack, on)

    with pytest.raises(SpecError, match=r"user .odd \"user\"' would be read otherwise.*allowed: "):
        granted(out, make, user='odd "user"')
