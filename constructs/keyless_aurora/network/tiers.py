"""The tiers of a VPC of our own: which kinds of subnets there are in each zone."""

from typing import Final

from aws_cdk import aws_ec2 as ec2

from keyless_aurora.settings.load_balancer import BALANCER_PREFIX
from keyless_aurora.settings.network import PUBLIC_PREFIX, TIER_PREFIX, NewNetwork

LOAD_BALANCER: Final = "LoadBalancer"
"""The one that load balancers are in."""


def tiers(settings: NewNetwork) -> list[ec2.SubnetConfiguration]:
    """The Workload tier comes first: what functions are in; the public one holds nothing but NAT gateways. A tier that
    is asked for later comes last, so that the others keep their ranges."""
    isolated = ec2.SubnetType.PRIVATE_ISOLATED
    workload = ec2.SubnetType.PRIVATE_WITH_EGRESS if settings.nat else isolated
    found = [
        ec2.SubnetConfiguration(name="Workload", subnet_type=workload, cidr_mask=TIER_PREFIX),
        ec2.SubnetConfiguration(name="Database", subnet_type=isolated, cidr_mask=TIER_PREFIX),
    ]
    if settings.nat:
        found.append(_public("Public", PUBLIC_PREFIX))
    if balancer := settings.load_balancer:
        private = ec2.SubnetConfiguration(name=LOAD_BALANCER, subnet_type=isolated, cidr_mask=BALANCER_PREFIX)
        found.append(_public(LOAD_BALANCER, BALANCER_PREFIX) if balancer.internet_facing else private)
    return found


def _public(name: str, prefix: int) -> ec2.SubnetConfiguration:
    return ec2.SubnetConfiguration(
        name=name, subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=prefix, map_public_ip_on_launch=False
    )
