"""Where load balancers stand, and who may come to them. Nobody may unless it is written."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from keyless_aurora.engines.family import DATABASE_PORTS
from keyless_aurora.settings.allowed import an_id, distinct
from keyless_aurora.settings.checked import settings

BALANCER_PREFIX = 27
"""Of each subnet, at least: Application Load Balancers, "Subnets for your load balancer"."""
_PORTS = range(1024, 65536)
"""Of what doesn't run as root; 443 beside them."""
_ACL_RULES, _GROUP_RULES = 20, 60
"""In one direction. Amazon VPC User Guide, "Amazon VPC quotas"."""
_LISTENERS = 2
"""HTTPS, and HTTP that redirects to it."""


_EVERYBODY = "0.0.0.0/0"


@settings
class LoadBalancerTier:
    """Subnets of a new network for load balancers and nothing else."""

    allowed_cidrs: tuple[str, ...]
    """The address ranges that may come, such as the company's. The whole internet is 0.0.0.0/0, which has to be
    written."""
    target_ports: tuple[int, ...]
    """That servers and services behind load balancers listen on."""
    internet_facing: bool = False
    """Whether they have public addresses, and a route to the internet gateway, which `nat` makes."""


@settings
class ExistingLoadBalancerTier:
    """Subnets that exist already, one in each of the zones, in their order."""

    allowed_cidrs: tuple[str, ...]
    """As of a LoadBalancerTier."""
    subnets: tuple[str, ...]
    internet_facing: bool = False
    """Whether `subnets` have a route to an internet gateway."""


def tier_problems(tier: LoadBalancerTier | ExistingLoadBalancerTier, *, zones: int, nat: bool) -> Iterator[str]:
    """A sentence for each value that EC2 would refuse, or that leads nowhere. `nat`: whether the network has it."""
    if _EVERYBODY in tier.allowed_cidrs and not tier.internet_facing:
        yield (
            f"network.load_balancer.allowed_cidrs: {_EVERYBODY} is the whole internet, which has no way in; allowed: "
            "internet_facing=True, or the ranges of who may come"
        )
    match tier:
        case LoadBalancerTier():
            yield from _cidrs(tier.allowed_cidrs, (_ACL_RULES - zones) // _LISTENERS)
            yield from _ports(tier.target_ports)
            if tier.internet_facing and not nat:
                yield (
                    "network.load_balancer.internet_facing: the network has no gateway to the internet; allowed: "
                    "nat=True, or internet_facing=False"
                )
        case ExistingLoadBalancerTier():
            yield from _cidrs(tier.allowed_cidrs, _GROUP_RULES // _LISTENERS)
            yield from _subnets(tier.subnets, zones)


def _cidrs(cidrs: tuple[str, ...], most: int) -> Iterator[str]:
    place = "network.load_balancer.allowed_cidrs"
    if not 1 <= len(cidrs) <= most:
        yield f"{place}: {len(cidrs)} ranges; allowed: 1 to {most}, which rules of EC2 have room for"
    yield from distinct(place, cidrs)
    for cidr in dict.fromkeys(cidrs):
        if not _is_range(cidr):
            yield f"{place}: {cidr!r} is not a range of IPv4; allowed: such as 192.0.2.0/24, with zeros at its end"


def _is_range(cidr: str) -> bool:
    try:
        return str(IPv4Network(cidr)) == cidr
    except ValueError:
        return False


def _ports(ports: tuple[int, ...]) -> Iterator[str]:
    place = "network.load_balancer.target_ports"
    if not ports:
        yield f"{place}: there is none, so that no target could be reached; allowed: at least one"
    yield from distinct(place, [str(port) for port in ports])
    for port in dict.fromkeys(ports):
        if port in DATABASE_PORTS or (port not in _PORTS and port != 443):
            yield f"{place}: {port} is not a port for targets; allowed: 443, or 1024 to 65535, but a database's"


def _subnets(subnets: tuple[str, ...], zones: int) -> Iterator[str]:
    place = "network.load_balancer.subnets"
    if len(subnets) != zones:
        yield f"{place}: {len(subnets)} for {zones} availability_zones; allowed: one in each, in their order"
    yield from distinct(place, subnets)
    for subnet in dict.fromkeys(subnets):
        yield from an_id(place, subnet, "subnet")
