"""The network of an environment."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from keyless_aurora.settings.allowed import an_id, distinct, written_as
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.load_balancer import (
    BALANCER_PREFIX,
    ExistingLoadBalancerTier,
    LoadBalancerTier,
    tier_problems,
)

TIER_PREFIX, PUBLIC_PREFIX = 24, 28
"""Of a new network's subnets: for functions and databases, and for the NAT gateways."""
_SIZES = range(16, 29)
"""VPC User Guide, "VPC CIDR blocks"."""
_ZONES = 2
"""RDS wants subnets in two zones at least (DB subnet groups; RDS Proxy, "Setting up network prerequisites")."""
_BUCKET = r"(?=.{3,63}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?"


@settings
class S3Gateway:
    """A gateway endpoint for exactly these buckets, which costs nothing.

    `prefix_list`: `pl-…` of com.amazonaws.REGION.s3 (`aws ec2 describe-managed-prefix-lists`), which security groups
    name S3 by.
    """

    buckets: tuple[str, ...]
    prefix_list: str


@settings
class NewNetwork:
    """A VPC that this app makes: isolated tiers for functions and databases, /24 each in every zone."""

    cidr: str
    availability_zones: tuple[str, ...]
    nat: bool = False
    """A NAT gateway in each zone, for workloads that need the internet. Nothing else gets a route to it."""
    s3: S3Gateway | None = None
    sessions: bool = False
    """Endpoints for Session Manager, for servers in a network without NAT."""
    load_balancer: LoadBalancerTier | None = None
    """A tier for load balancers, /27 in every zone, and who may come to them. None: nobody from outside comes in."""


@settings
class ExistingNetwork:
    """A VPC that exists already, by its ids. Nothing is looked up, nothing of it is changed."""

    vpc_id: str
    cidr: str
    availability_zones: tuple[str, ...]
    workload_subnets: tuple[str, ...]
    """One in each of the zones, in their order; likewise `database_subnets`."""
    database_subnets: tuple[str, ...]
    nat: bool = False
    """Whether `workload_subnets` have a route to the internet."""
    s3: S3Gateway | None = None
    """What its S3 gateway endpoint lets through; the endpoint is its owner's."""
    secrets_endpoint_group: str = ""
    """`sg-…` of its own endpoint for Secrets Manager. A VPC can have one only: empty makes one when a pattern needs
    it."""
    sessions_endpoint_group: str = ""
    """`sg-…` of its own endpoints for Session Manager (ssm, ssmmessages), for servers. Empty: it has none."""
    load_balancer: ExistingLoadBalancerTier | None = None
    """Its subnets for load balancers, and who may come to them."""


NetworkSettings = NewNetwork | ExistingNetwork


def network_problems(settings: NetworkSettings, region: str) -> Iterator[str]:
    """A sentence for each value that EC2 would refuse, or that leaves nowhere to place things."""
    zones = settings.availability_zones
    yield from distinct("network.availability_zones", zones)
    for zone in dict.fromkeys(zones):
        yield from written_as(
            "network.availability_zones", zone, f"{re.escape(region)}[a-z]", f"a zone of {region}, such as {region}a"
        )
    if len(zones) < _ZONES:
        yield (
            f"network.availability_zones: {len(zones)} of them are too few for a database and RDS Proxy; allowed: "
            f"at least {_ZONES}"
        )
    if settings.s3:
        yield from _s3(settings.s3)
    if settings.load_balancer:
        yield from tier_problems(settings.load_balancer, zones=len(zones), nat=settings.nat)
    match settings:
        case NewNetwork():
            yield from _new(settings)
        case ExistingNetwork():
            yield from _existing(settings)


def _new(settings: NewNetwork) -> Iterator[str]:
    network = _range(settings.cidr)
    if network is None:
        yield _not_a_range(settings.cidr)
        return
    balancers = settings.load_balancer is not None
    sizes = [TIER_PREFIX] * 2 + [PUBLIC_PREFIX] * settings.nat + [BALANCER_PREFIX] * balancers
    needed = len(settings.availability_zones) * sum(2 ** (32 - prefix) for prefix in sizes)
    if needed > network.num_addresses:
        small = [f" and a /{prefix}" for prefix in sizes[2:]]
        tiers = f"two /{TIER_PREFIX}{''.join(small)} in each zone"
        yield (
            f"network.cidr: {settings.cidr} has {network.num_addresses:,} addresses and the tiers take {needed:,} "
            f"({tiers}); allowed: at least /{32 - (needed - 1).bit_length()}"
        )


def _existing(settings: ExistingNetwork) -> Iterator[str]:
    if _range(settings.cidr) is None:
        yield _not_a_range(settings.cidr)
    yield from an_id("network.vpc_id", settings.vpc_id, "vpc")
    zones = len(settings.availability_zones)
    for place, subnets in (
        ("workload_subnets", settings.workload_subnets),
        ("database_subnets", settings.database_subnets),
    ):
        if len(subnets) != zones:
            yield (
                f"network.{place}: {len(subnets)} for {zones} availability_zones; allowed: one in each, in their order"
            )
        yield from distinct(f"network.{place}", subnets)
        for subnet in dict.fromkeys(subnets):
            yield from an_id(f"network.{place}", subnet, "subnet")
    for name in ("secrets_endpoint_group", "sessions_endpoint_group"):
        if group := getattr(settings, name):
            yield from an_id(f"network.{name}", group, "sg")


def _s3(gateway: S3Gateway) -> Iterator[str]:
    if not gateway.buckets:
        yield "network.s3.buckets: none is named, so nothing could pass; allowed: at least one, or no s3"
    for bucket in gateway.buckets:
        yield from written_as(
            "network.s3.buckets", bucket, _BUCKET, "a bucket's name, without arn: or s3: before it and without patterns"
        )
    yield from an_id("network.s3.prefix_list", gateway.prefix_list, "pl")


def _range(cidr: str) -> IPv4Network | None:
    try:
        network = IPv4Network(cidr)
    except ValueError:
        return None
    return network if network.prefixlen in _SIZES else None


def _not_a_range(cidr: str) -> str:
    return (
        f"network.cidr: {cidr!r} is not a valid range of a VPC; allowed: such as 10.10.0.0/20, from /{_SIZES[0]} to "
        f"/{_SIZES[-1]}, with zeros behind the prefix"
    )
