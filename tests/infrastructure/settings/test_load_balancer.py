"""Who may come to a load balancer is written, in ranges and numbers that EC2 has room for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from keyless_aurora.settings.load_balancer import ExistingLoadBalancerTier, LoadBalancerTier, tier_problems
from keyless_aurora.settings.network import NewNetwork, network_problems

TIER = LoadBalancerTier(("192.0.2.0/24",), (8080,))
NEW = NewNetwork("10.10.0.0/20", ("eu-west-1a", "eu-west-1b"), load_balancer=TIER)
THERE = ExistingLoadBalancerTier(("192.0.2.0/24",), ("subnet-0000000a", "subnet-0000000b"))
WRONG: dict[str, tuple[LoadBalancerTier | ExistingLoadBalancerTier, str]] = {
    "nobody": (replace(TIER, allowed_cidrs=()), "allowed_cidrs: 0 ranges; allowed: 1 to 9"),
    "too many": (replace(TIER, allowed_cidrs=tuple(f"10.0.{n}.0/24" for n in range(10))), "10 ranges; allowed: 1 to 9"),
    "twice": (replace(TIER, allowed_cidrs=("192.0.2.0/24",) * 2), "'192.0.2.0/24' is named twice"),
    "an address": (replace(TIER, allowed_cidrs=("192.0.2.1",)), "'192.0.2.1' is not a range of IPv4"),
    "bits behind the prefix": (replace(TIER, allowed_cidrs=("192.0.2.1/24",)), "'192.0.2.1/24' is not a range of IPv4"),
    "IPv6": (replace(TIER, allowed_cidrs=("::/0",)), "'::/0' is not a range of IPv4"),
    "everybody, without a way": (replace(TIER, allowed_cidrs=("0.0.0.0/0",)), "0.0.0.0/0 is the whole internet"),
    "everybody, to subnets without a way": (replace(THERE, allowed_cidrs=("0.0.0.0/0",)), "0.0.0.0/0 is the whole"),
    "no target": (replace(TIER, target_ports=()), "target_ports: there is none"),
    "the database's port": (replace(TIER, target_ports=(5432,)), "target_ports: 5432 is not a port for targets"),
    "SSH": (replace(TIER, target_ports=(22,)), "target_ports: 22 is not a port for targets"),
    "public without a gateway": (replace(TIER, internet_facing=True), "internet_facing: the network has no gateway"),
    "too few subnets": (replace(THERE, subnets=("subnet-0000000a",)), "subnets: 1 for 2 availability_zones"),
    "a subnet that is none": (replace(THERE, subnets=("subnet-0000000a", "x")), "subnets: 'x' is not a valid id"),
    "more than a group takes": (
        replace(THERE, allowed_cidrs=tuple(f"10.0.{n}.0/24" for n in range(31))),
        "31 ranges; allowed: 1 to 30",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_ec2_refuses_or_leads_nowhere_is_told(name: str) -> None:
    tier, problem = WRONG[name]
    (found,) = tier_problems(tier, zones=2, nat=False)
    assert found.startswith("network.load_balancer.") and problem in found and "; allowed: " in found


PUBLIC = replace(TIER, allowed_cidrs=("0.0.0.0/0",), target_ports=(443,), internet_facing=True)


@pytest.mark.parametrize(
    "network", [NEW, replace(NEW, cidr="10.10.0.0/19", nat=True, load_balancer=PUBLIC)], ids=["internal", "public"]
)
def test_what_is_right_is_not(network: NewNetwork) -> None:
    assert list(network_problems(network, "eu-west-1")) == []


_SIZES: dict[str, Callable[[NewNetwork], NewNetwork]] = {
    "/22 with one": lambda network: replace(network, cidr="10.10.0.0/22"),
    "/22 with NAT": lambda network: replace(network, cidr="10.10.0.0/22", nat=True),
}


@pytest.mark.parametrize("name", _SIZES)
def test_its_tier_counts_among_the_addresses_of_the_network(name: str) -> None:
    (problem,) = network_problems(_SIZES[name](NEW), "eu-west-1")
    assert "and a /27 in each zone); allowed: at least /21" in problem
