"""Nothing leaves the network but on the paths to the database, and the templates say so themselves."""

from collections.abc import Iterator

import pytest

from tests.infrastructure.support import Change, Rule, Synthesis, Templates

PROXY, CLUSTER, BOOTSTRAP = "database/Proxy/Group", "database/Database/Group", "access/Bootstrap/Group"
MIGRATOR, WRITER = "workload/Migrator/Group", "workload/Writer/Group"
PATHS = {(BOOTSTRAP, CLUSTER), (PROXY, CLUSTER), (MIGRATOR, PROXY), (WRITER, PROXY)}
OUTSIDE = {
    "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::Route",
    "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::EIP"}
DEFAULT_GROUP = "network/Network/Vpc.DefaultSecurityGroup"
HANDLER = "network/Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler"


def openings(templates: Templates) -> Iterator[str]:
    """What a security group's own rules let through."""
    for path, resource in templates.named("AWS::EC2::SecurityGroup"):
        rules = resource["Properties"].get("SecurityGroupEgress", [])
        if [(r.get("CidrIp"), r["IpProtocol"]) for r in rules] != [("127.0.0.1/32", "-1")]:
            yield f"{path} lets something out, or leaves EC2's default rule: {rules}"
        if resource["Properties"].get("SecurityGroupIngress"):
            yield f"{path} lets something in"


def wrong_paths(templates: Templates) -> Iterator[str]:
    """Rules between groups that differ from PATHS, at either end."""
    for kind, other in (("Egress", "DestinationSecurityGroupId"), ("Ingress", "SourceSecurityGroupId")):
        found = set()
        for path, resource in templates.named(f"AWS::EC2::SecurityGroup{kind}"):
            rule, stack = resource["Properties"], path.split("/")[0]
            if (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) != ("tcp", 5432, 5432) or other not in rule:
                yield f"{path} is not about port 5432 between two groups"
            ends = [templates.text(stack, rule.get(key)).removesuffix(".GroupId") for key in ("GroupId", other)]
            found.add(tuple(ends if kind == "Egress" else reversed(ends)))
        yield from (f"{kind} of {path}" for path in found ^ PATHS)


def ways_outside(templates: Templates) -> Iterator[str]:
    yield from (path for path, resource in templates.named() if resource["Type"] in OUTSIDE)
    yield from (path for path, resource in templates.named("AWS::EC2::Subnet") if resource["Properties"]["MapPublicIpOnLaunch"])
    yield from (path for path, resource in templates.named("AWS::Lambda::Function")
                if path.startswith("workload/") and "VpcConfig" not in resource["Properties"])


def open_default_group(templates: Templates) -> Iterator[str]:
    """What keeps the default group's rules from being removed."""
    resources = templates.of_type("Custom::VpcRestrictDefaultSG")
    groups = [templates.text("network", r["Properties"]["DefaultSecurityGroupId"]) for r in resources]
    if groups != [DEFAULT_GROUP]:
        yield f"the custom resource that closes the default group is asked to close {groups}"
    yield from (f"it is called through {token}" for r in resources
                if (token := templates.text("network", r["Properties"]["ServiceToken"])) != f"{HANDLER}.Arn")


def unrecorded_flows(templates: Templates) -> Iterator[str]:
    recorded = {templates.text("network", r["Properties"]["ResourceId"]) for r in templates.of_type("AWS::EC2::FlowLog")
                if r["Properties"]["TrafficType"] == "ALL"}
    yield from (path for path, _ in templates.named("AWS::EC2::VPC") if path not in recorded)


RULES = [openings, wrong_paths, ways_outside, open_default_group, unrecorded_flows]


@pytest.mark.parametrize("rule", RULES)
def test_the_shipped_network_keeps_every_rule(every: Synthesis, rule: Rule) -> None:
    assert list(rule(every.templates)) == []


def _set(path: str, key: str, value: object) -> Change:
    return lambda templates: templates.props(path).update({key: value})


def _drop(path: str, key: str) -> Change:
    return lambda templates: templates.props(path).pop(key)


def _add(type_: str, **properties: object) -> Change:
    return lambda templates: templates.by_stack["network"]["Resources"].update({"Extra": {"Type": type_, "Properties": properties}})


def _remove_type(stack: str, type_: str) -> Change:
    def change(templates: Templates) -> None:
        resources = templates.by_stack[stack]["Resources"]
        for logical_id in [k for k, r in resources.items() if r["Type"] == type_]:
            del resources[logical_id]
    return change


ANYWHERE = {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}
MUTANTS = [
    (openings, _drop(CLUSTER, "SecurityGroupEgress")),
    (openings, _drop(WRITER, "SecurityGroupEgress")),
    (openings, _set(PROXY, "SecurityGroupEgress", [ANYWHERE])),
    (openings, _set(CLUSTER, "SecurityGroupIngress", [{**ANYWHERE, "CidrIp": "10.0.0.0/8"}])),
    (wrong_paths, _set("database/Proxy/ToDatabase/Ingress", "ToPort", 65535)),
    (wrong_paths, _set("workload/Writer/ToProxy/Egress", "IpProtocol", "-1")),
    (wrong_paths, _set("access/Bootstrap/ToDatabase/Ingress", "SourceSecurityGroupId", "sg-other")),
    (wrong_paths, _remove_type("workload", "AWS::EC2::SecurityGroupEgress")),
    (wrong_paths, _remove_type("database", "AWS::EC2::SecurityGroupIngress")),
    (wrong_paths, _add("AWS::EC2::SecurityGroupIngress", GroupId="sg-1", IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp="10.0.0.0/8")),
    (ways_outside, _add("AWS::EC2::InternetGateway")),
    (ways_outside, _add("AWS::EC2::Route")),
    (ways_outside, _set("network/Network/Vpc/WorkloadSubnet1/Subnet", "MapPublicIpOnLaunch", True)),
    (ways_outside, _drop("workload/Writer/Function", "VpcConfig")),
    (open_default_group, _remove_type("network", "Custom::VpcRestrictDefaultSG")),
    (open_default_group, _set("network/Network/Vpc/RestrictDefaultSecurityGroupCustomResource", "DefaultSecurityGroupId", "sg-other")),
    (open_default_group, _set("network/Network/Vpc/RestrictDefaultSecurityGroupCustomResource", "ServiceToken", "arn:other")),
    (unrecorded_flows, _set("network/Network/FlowLog/FlowLog", "TrafficType", "REJECT")),
    (unrecorded_flows, _remove_type("network", "AWS::EC2::FlowLog")),
]


@pytest.mark.parametrize(("rule", "change"), MUTANTS)
def test_a_rule_sees_the_network_broken(prod: Synthesis, rule: Rule, change: Change) -> None:
    assert list(rule(prod.templates.broken(change))) != []


def test_each_tier_has_a_subnet_in_each_zone_of_the_environment(every: Synthesis) -> None:
    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in every.templates.of_type("AWS::EC2::Subnet")]
    assert sorted(zones) == sorted(2 * every.environment.network.availability_zones)
