"""Where resources are placed: in every zone, and behind the same ACL."""

from collections.abc import Iterator

from keyless_checks.reading import load_balancers
from keyless_checks.reading.placed import subnets_of
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding
from keyless_checks.rules.decided.scope import ours

SUBNET, ENTRY, ASSOCIATION = "AWS::EC2::Subnet", "AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation"


def even_subnets(templates: Templates) -> Iterator[Finding]:
    """What is placed in subnets of the stacks is in one of each zone, and all of them are behind the same ACL."""
    zones = {subnet.props["AvailabilityZone"] for subnet in templates.all(SUBNET)}
    acls = {
        templates.text(one.stack, one.props["SubnetId"]): templates.text(one.stack, one.props["NetworkAclId"])
        for one in templates.all(ASSOCIATION)
    }
    for resource, subnets in _placed(templates):
        if sorted(subnet.props["AvailabilityZone"] for subnet in subnets) != sorted(zones):
            yield Finding(resource.path, "it isn't in one subnet of each zone")
        if len({acls.get(subnet.path) for subnet in subnets}) > 1:
            yield Finding(resource.path, "its subnets are behind different ACLs")


def _placed(templates: Templates) -> Iterator[tuple[Resource, list[Resource]]]:
    """Resources with their subnets, where all of these are of the stacks."""
    for resource in filter(ours, templates.all()):
        subnets = [templates.target(resource.stack, value) for value in subnets_of(resource)]
        if subnets and all(subnets):
            yield resource, [subnet for subnet in subnets if subnet is not None]


def acl_ranges(templates: Templates) -> Iterator[Finding]:
    """An ACL lets a subnet of the stacks pass; everything else only where there is a way to it, NAT or a gateway
    endpoint, or where it may come to a load balancer."""
    ranges = {subnet.props["CidrBlock"] for subnet in templates.all(SUBNET)}
    gateways = (r for r in templates.all("AWS::EC2::VPCEndpoint") if r.props.get("VpcEndpointType") == "Gateway")
    if any(templates.all("AWS::EC2::NatGateway")) or any(gateways):
        ranges |= {"0.0.0.0/0"}
    ranges |= load_balancers.ranges(templates)
    for entry in templates.all(ENTRY):
        if entry.props["CidrBlock"] not in ranges:
            yield Finding(entry.path, f"it lets {entry.props['CidrBlock']} pass, which is no subnet of the stacks")
