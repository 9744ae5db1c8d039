"""A load balancer lets in who is written, reaches its target, writes everything down, and can't be made otherwise."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs
from constructs import Construct

from keyless_aurora.load_balancing.load_balancer import LoadBalancer
from keyless_aurora.settings.environment import Environment
from keyless_aurora.settings.error import SettingsError
from keyless_aurora.settings.load_balancer import ExistingLoadBalancerTier, LoadBalancerTier
from keyless_aurora.settings.logs import LogRetention
from keyless_aurora.settings.network import ExistingNetwork, NewNetwork
from keyless_aurora.stacks.foundation import Foundation
from keyless_aurora.testing.texts import reachability
from keyless_checks.reading.load_balancers import BALANCER, attributes
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV, PROD
from tests.app.services import CERTIFICATE, Services, site
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import Synthesis, synthesize
from tests.infrastructure.workloads import WITH_NAT, WITH_USERS, workloads

FRONT = "services/Front"
THEIRS = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/theirs/12345678-1234-1234-1234-123456789012"
assert isinstance(WITH_NAT.network, NewNetwork)
TIER = LoadBalancerTier(("192.0.2.0/24",), target_ports=(443,))
PUBLIC = replace(
    WITH_NAT,
    network=replace(
        WITH_NAT.network, load_balancer=LoadBalancerTier(("0.0.0.0/0",), target_ports=(443,), internet_facing=True)
    ),
)
EXISTING = replace(
    DEV,
    network=ExistingNetwork(
        "vpc-0123456789abcdef0",
        "10.99.0.0/16",
        ("eu-west-1a", "eu-west-1b"),
        workload_subnets=("subnet-0000000a", "subnet-0000000b"),
        database_subnets=("subnet-1000000a", "subnet-1000000b"),
        sessions_endpoint_group="sg-0fedcba9876543210",
        load_balancer=ExistingLoadBalancerTier(("10.0.0.0/8",), ("subnet-2000000a", "subnet-2000000b")),
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return workloads(tmp_path_factory.mktemp("balancers"))


def fronted(out: Path, environment: Environment, **asked: Any) -> Synthesis:
    """Servers with a load balancer before them, in a stack of their own."""

    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        stack = cdk.Stack(
            scope,
            f"{environment.prefix}-fronted",
            env=environment.target,
            termination_protection=environment.protected,
        )
        target = site(stack, on)
        given = {
            "certificate_arn": CERTIFICATE,
            "description": "Load balancer",
            "target": target,
            "network": on.network,
            **asked,
        }
        LoadBalancer(stack, "Front", logs=on.logs, **given)
        return stack

    return synthesize(environment, out, WITH_USERS, own=[own])


def test_who_is_written_comes_in_and_the_target_alone_is_reached(made: Synthesis) -> None:
    lines = [line for line in reachability(made.templates).splitlines() if "Front" in line or "outside" in line]
    assert lines == [
        *(f"192.0.2.0/24, from outside -> services/{name}/Balancer: tcp 80, 443" for name in ("Front", "SiteFront")),
        *(f"198.51.100.7/32, from outside -> services/{name}/Balancer: tcp 80, 443" for name in ("Front", "SiteFront")),
        "services/Front/Balancer -> services/Api/Service/Service: tcp 8080",
        "services/SiteFront/Balancer -> services/Site/Servers/ASG: tcp 443",
    ]


def test_the_targets_speak_plain_http_or_tls_as_they_were_said_to(made: Synthesis) -> None:
    found = {r.path.split("/")[1]: r.props for r in made.templates.all("AWS::ElasticLoadBalancingV2::TargetGroup")}
    for name, protocol, kind, port in (("Front", "HTTP", "ip", 8080), ("SiteFront", "HTTPS", "instance", 443)):
        props = found[name]
        assert (props["Protocol"], props["HealthCheckProtocol"]) == (protocol, protocol)
        assert (props["TargetType"], props["Port"], props["HealthCheckPath"]) == (kind, port, "/health")


def test_a_target_that_fails_its_health_check_raises_an_alarm(made: Synthesis) -> None:
    found = {
        alarm["Properties"]["AlarmName"].rpartition("-")[2]: alarm["Properties"]
        for alarm in made.templates.of_type("AWS::CloudWatch::Alarm")
    }
    for name, balancer in (("ApiUnhealthy", "Front"), ("SiteUnhealthy", "SiteFront")):
        assert (found[name]["MetricName"], found[name]["Threshold"]) == ("UnHealthyHostCount", 1)
        dimensions = {d["Name"]: made.templates.text("monitoring", d["Value"]) for d in found[name]["Dimensions"]}
        assert dimensions == {
            "LoadBalancer": f"services/{balancer}/Balancer.LoadBalancerFullName",
            "TargetGroup": f"services/{balancer}/Targets.TargetGroupFullName",
        }


def test_requests_are_kept_as_long_as_logs_are_and_the_bucket_outlives_its_stack(out: Path) -> None:
    kept = LogRetention(logs.RetentionDays.THREE_MONTHS, cdk.RemovalPolicy.DESTROY)
    bucket = fronted(out, replace(WITH_NAT, logs=kept)).templates.at("fronted/Front/AccessLog/Bucket")
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], bucket["DeletionPolicy"]) == (90, "RetainExceptOnCreate")


def test_by_a_public_tier_everybody_may_come_where_somebody_wrote_so(out: Path) -> None:
    made = fronted(out, PUBLIC)
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])
    (balancer,) = made.templates.all(BALANCER)
    assert balancer.props["Scheme"] == "internet-facing"
    assert "0.0.0.0/0, from outside -> fronted/Front/Balancer: tcp 80, 443\n" in reachability(made.templates)


def test_in_a_network_that_exists_it_stands_in_the_subnets_that_are_named(out: Path) -> None:
    made = fronted(out, EXISTING)
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])
    (balancer,) = made.templates.all(BALANCER)
    assert (balancer.props["Scheme"], balancer.props["Subnets"]) == ("internal", ["subnet-2000000a", "subnet-2000000b"])


@pytest.mark.parametrize(("environment", "value"), [(DEV, "false"), (PROD, "true")])
def test_it_is_protected_from_deletion_as_its_stack_is(out: Path, environment: Environment, value: str) -> None:
    assert isinstance(environment.network, NewNetwork)
    network = replace(environment.network, nat=True, load_balancer=TIER)
    made = fronted(out, replace(environment, network=network, workloads={}))
    assert [attributes(one)["deletion_protection.enabled"] for one in made.templates.all(BALANCER)] == [value]
    assert list(breaches(made.templates)) == []
    assert mismatches(made.app) == ([], [])


def test_a_web_acl_of_somebody_is_before_it(out: Path) -> None:
    made = fronted(out, WITH_NAT, web_acl_arn=THEIRS)
    (tie,) = made.templates.all("AWS::WAFv2::WebACLAssociation")
    assert tie.props["WebACLArn"] == THEIRS
    assert made.templates.text("fronted", tie.props["ResourceArn"]) == "fronted/Front/Balancer"
    assert mismatches(made.app) == ([], [])


def test_awss_rules_block_and_keep_no_sample_of_what_people_send(made: Synthesis) -> None:
    (acl,) = made.templates.all("AWS::WAFv2::WebACL")
    assert [rule["OverrideAction"] for rule in acl.props["Rules"]] == [{"None": {}}] * 3
    assert not any(rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in acl.props["Rules"])
    (tie,) = made.templates.all("AWS::WAFv2::WebACLAssociation")
    assert made.templates.text("services", tie.props["ResourceArn"]) == "services/SiteFront/Balancer"


_OTHER_REGION = CERTIFICATE.replace("eu-west-1", "us-east-1")
REFUSED: dict[str, tuple[Environment, dict[str, Any], str]] = {
    "no certificate": (WITH_NAT, {"certificate_arn": ""}, "certificate_arn: '' is not the ARN of a certificate of ACM"),
    "a certificate of another region": (WITH_NAT, {"certificate_arn": _OTHER_REGION}, "certificate_arn: it is in us-"),
    "a web ACL of CloudFront": (
        WITH_NAT,
        {"web_acl_arn": THEIRS.replace("regional", "global")},
        "web_acl_arn: .* is not the ARN of a regional web ACL",
    ),
    "two firewalls": (WITH_NAT, {"web_acl_arn": THEIRS, "managed_rules": True}, "managed_rules: web_acl_arn has rules"),
    "nobody who may come": (
        replace(DEV, network=replace(DEV.network, nat=True)),
        {},
        "network.load_balancer: the network has no subnets for load balancers",
    ),
    "a port that no ACL lets through": (
        replace(WITH_NAT, network=replace(WITH_NAT.network, load_balancer=LoadBalancerTier(("10.0.0.0/8",), (8080,)))),
        {},
        "Site: its port 443 is not one that the network lets load balancers reach",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_made_is_refused_with_what_is_allowed(out: Path, name: str) -> None:
    environment, asked, reason = REFUSED[name]
    with pytest.raises(SettingsError, match=f"fronted/Front: LoadBalancer has 1 problem:\n.*{reason}.*allowed: "):
        fronted(out, environment, **asked)


def _second(stack: Services, on: Foundation) -> cdk.Stack:
    common: dict[str, Any] = {"network": on.network, "logs": on.logs, "certificate_arn": CERTIFICATE}
    LoadBalancer(stack, "Again", target=stack.site, description="Load balancer", **common)
    return stack


def _elsewhere(stack: Services, on: Foundation) -> cdk.Stack:
    other = cdk.Stack(stack.node.root, "other", env=cdk.Environment(region="eu-west-1"))  # type: ignore[arg-type]
    common: dict[str, Any] = {"network": on.network, "logs": on.logs, "certificate_arn": CERTIFICATE}
    LoadBalancer(other, "Again", target=stack.site, description="Load balancer", **common)
    return stack


@pytest.mark.parametrize(
    ("make", "reason"),
    [(_second, "Site: it is behind a load balancer already"), (_elsewhere, "it is in another stack")],
)
def test_a_target_has_one_load_balancer_in_its_own_stack(
    out: Path, make: Callable[[Services, Foundation], cdk.Stack], reason: str
) -> None:
    def own(scope: Construct, environment: Environment, on: Foundation) -> cdk.Stack:
        return make(Services(scope, environment, on), on)

    with pytest.raises(SettingsError, match=reason):
        synthesize(WITH_NAT, out, WITH_USERS, own=[own])
