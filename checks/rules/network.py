"""Rules for the network: groups are closed, every path is between two groups and has both ends, nothing reaches the
outside."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from checks.reading.templates import Resource, Templates, as_list
from checks.rules.rule import Finding, Rule

GROUP, IN, OUT = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
_PEER = {IN: "SourceSecurityGroupId", OUT: "DestinationSecurityGroupId"}
_NOWHERE = ("127.0.0.1/32", "-1")
_RESTRICTED = "Custom::VpcRestrictDefaultSG"
_WITHOUT_RESOURCE = {"secretsmanager:GetRandomPassword"}
_PORTS = frozenset({443, 5432})
_FOR_NAT = ("AWS::EC2::InternetGateway", "AWS::EC2::Route")
_NEVER = (
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment",
)


def closed_groups(templates: Templates) -> Iterator[Finding]:
    """A group's own rules let nothing through. Without an inline egress rule EC2 adds one that allows everything."""
    for group in templates.all(GROUP):
        egress = [(rule.get("CidrIp"), rule.get("IpProtocol")) for rule in group.props.get("SecurityGroupEgress", [])]
        if egress != [_NOWHERE]:
            yield Finding(group.path, f"it keeps EC2's default egress or lets something out itself: {egress}")
        if group.props.get("SecurityGroupIngress"):
            yield Finding(group.path, "it lets something in itself")


def between_groups(templates: Templates) -> Iterator[Finding]:
    """A rule is about one port between two groups: no address range, no other protocol."""
    for rule in templates.all(IN, OUT):
        props = rule.props
        ports = (props.get("FromPort"), props.get("ToPort"))
        if any(not isinstance(port, int) or not 0 <= port <= 65535 for port in ports):
            yield Finding(rule.path, f"ports {ports[0]} to {ports[1]} do not exist; allowed: 0 to 65535")
        elif props.get("IpProtocol") != "tcp" or ports[0] != ports[1] or ports[0] not in _PORTS:
            yield Finding(
                rule.path,
                f"it opens {props.get('IpProtocol')} {ports[0]} to {ports[1]}; allowed: tcp, one of {sorted(_PORTS)}",
            )
        if "CidrIp" in props or "CidrIpv6" in props:
            yield from _range_problem(templates, rule)
        elif _PEER[rule.type] not in props and not (rule.type == OUT and "DestinationPrefixListId" in props):
            yield Finding(rule.path, "it names no group at its other end")


def _range_problem(templates: Templates, rule: Resource) -> Iterator[Finding]:
    """Egress by address is for the one that has a NAT gateway to go through."""
    if rule.type == IN or rule.props.get("FromPort") != 443 or not any(templates.all("AWS::EC2::NatGateway")):
        yield Finding(
            rule.path, f"it is about the address range {rule.props.get('CidrIp') or rule.props.get('CidrIpv6')}"
        )


def both_ends(templates: Templates) -> Iterator[Finding]:
    """What one group may send, the other may receive, and the other way round."""
    sent, received = (
        {_path(templates, rule): rule for rule in templates.all(kind) if _PEER[kind] in rule.props}
        for kind in (OUT, IN)
    )
    yield from (Finding(sent[path].path, "the other end doesn't let it in") for path in sent.keys() - received.keys())
    yield from (
        Finding(received[path].path, "the other end doesn't let it out") for path in received.keys() - sent.keys()
    )


def _path(templates: Templates, rule: Resource) -> tuple[Any, ...]:
    """Source, target, protocol and ports."""
    ends = [templates.text(rule.stack, rule.props.get(key)) for key in ("GroupId", _PEER[rule.type])]
    return (
        *(ends if rule.type == OUT else ends[::-1]),
        *(rule.props.get(key) for key in ("IpProtocol", "FromPort", "ToPort")),
    )


def no_duplicates(templates: Templates) -> Iterator[Finding]:
    """No rule is there twice: EC2 refuses the second."""
    for kind in (IN, OUT):
        rules = {rule.path: (_path(templates, rule), rule.props.get("CidrIp")) for rule in templates.all(kind)}
        several = {key for key, count in Counter(rules.values()).items() if count > 1}
        yield from (Finding(path, "another rule says the same") for path, key in rules.items() if key in several)


def recorded_flows(templates: Templates) -> Iterator[Finding]:
    """All traffic of each VPC of the stacks is recorded."""
    logs = [log for log in templates.all("AWS::EC2::FlowLog") if log.props.get("TrafficType") == "ALL"]
    recorded = {templates.text(log.stack, log.props["ResourceId"]) for log in logs}
    vpcs = templates.all("AWS::EC2::VPC")
    yield from (Finding(vpc.path, "no flow log records all of its traffic") for vpc in vpcs if vpc.path not in recorded)


def closed_default_group(templates: Templates) -> Iterator[Finding]:
    """The default group of each VPC of the stacks is emptied, by a function of its stack."""
    closers = [
        (
            templates.text(r.stack, r.props.get("DefaultSecurityGroupId")),
            templates.target(r.stack, r.props.get("ServiceToken")),
        )
        for r in templates.all(_RESTRICTED)
    ]
    for vpc in templates.all("AWS::EC2::VPC"):
        if not any(
            group == f"{vpc.path}.DefaultSecurityGroup" and function and function.type == "AWS::Lambda::Function"
            for group, function in closers
        ):
            yield Finding(vpc.path, "its default security group keeps the rules that EC2 made it with")


def private_subnets(templates: Templates) -> Iterator[Finding]:
    """Subnets give no public addresses; what the stacks put into the network has no route to or from the internet."""
    yield from (
        Finding(r.path, "MapPublicIpOnLaunch must be false")
        for r in templates.all("AWS::EC2::Subnet")
        if r.props.get("MapPublicIpOnLaunch") is True and not _only_nat(templates, r)
    )
    public = {path for path in _routed_to_gateway(templates)}
    for resource in templates.all("AWS::Lambda::Function", "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup"):
        props = resource.props
        subnets = (
            props.get("VpcConfig", {}).get("SubnetIds") or props.get("VpcSubnetIds") or props.get("SubnetIds") or []
        )
        yield from (
            Finding(resource.path, f"it is in {path}, which is open to the internet")
            for subnet in subnets
            if (path := templates.text(resource.stack, subnet)) in public
        )


def _routed_to_gateway(templates: Templates) -> Iterator[str]:
    tables = {
        templates.text(r.stack, r.props.get("RouteTableId"))
        for r in templates.all("AWS::EC2::Route")
        if "GatewayId" in r.props
    }
    for association in templates.all("AWS::EC2::SubnetRouteTableAssociation"):
        if templates.text(association.stack, association.props["RouteTableId"]) in tables:
            yield templates.text(association.stack, association.props["SubnetId"])


def _only_nat(templates: Templates, subnet: Resource) -> bool:
    return any(
        templates.text(r.stack, r.props.get("SubnetId")) == subnet.path for r in templates.all("AWS::EC2::NatGateway")
    )


def no_way_outside(templates: Templates) -> Iterator[Finding]:
    """Gateways to the internet are there for a NAT gateway only; no peering, no egress-only gateway."""
    nat = any(templates.all("AWS::EC2::NatGateway"))
    for resource in templates.all(*_NEVER, *_FOR_NAT):
        if resource.type in _NEVER or not nat:
            yield Finding(resource.path, f"{resource.type} is a way outside")


def endpoint_policies(templates: Templates) -> Iterator[Finding]:
    """What may pass an endpoint is named, and is for this account's principals: without a policy everything may."""
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        entries = endpoint.props.get("PolicyDocument", {}).get("Statement", [])
        if not entries:
            yield Finding(endpoint.path, "it has no policy, so everything may pass it")
        for entry in entries:
            actions = set(as_list(entry.get("Action", "*")))
            if "aws:PrincipalAccount" not in entry.get("Condition", {}).get("StringEquals", {}):
                yield Finding(endpoint.path, "principals of every account may pass it: aws:PrincipalAccount is missing")
            if "*" in as_list(entry.get("Resource", "*")) and actions - _WITHOUT_RESOURCE:
                yield Finding(
                    endpoint.path, f"{', '.join(sorted(actions - _WITHOUT_RESOURCE))} may pass it for every resource"
                )


RULES: tuple[Rule, ...] = (
    endpoint_policies,
    closed_groups,
    between_groups,
    both_ends,
    no_duplicates,
    recorded_flows,
    closed_default_group,
    private_subnets,
    no_way_outside,
)
