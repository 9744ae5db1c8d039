"""Network ACLs of the tiers: stateless, so each way has its answers' way back.

An answer goes to the port that the asking end chose: 1024-65535, Lambda's and RDS's alike. What the security groups say
by group, these say by tier, so that a group that is opened too far opens nothing beyond its tier's ways.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge
from keyless_aurora.network.security_group import HTTP_PORT, HTTPS_PORT
from keyless_aurora.settings.network import NewNetwork

_ANYWHERE = "0.0.0.0/0"
_ANSWERS = (1024, 65535)


@dataclass(frozen=True)
class _Way:
    """`source` may open connections to `target` on `port`; CIDRs."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    port: int


def filter_tiers(scope: Construct, vpc: ec2.Vpc, settings: NewNetwork, database_port: int) -> None:
    """Give each tier of `vpc` an ACL with the ways that `settings` need, and nothing else."""
    subnets = {name: vpc.select_subnets(subnet_group_name=name).subnets for name in _tiers(settings)}
    cidrs = {name: tuple(subnet.ipv4_cidr_block for subnet in found) for name, found in subnets.items()}
    ways = list(_ways(cidrs, settings, database_port))
    for name in subnets:
        acl = ec2.NetworkAcl(scope, f"{name}Acl", vpc=vpc, subnet_selection=ec2.SubnetSelection(subnet_group_name=name))
        acknowledge(
            acl,
            NAG + "VPC3",
            "A second, coarser filter behind the security groups, which do the fine work. "
            "Tests hold that each way has its way back.",
        )
        _write(acl, ec2.TrafficDirection.EGRESS, _egress(ways, cidrs[name]))
        _write(acl, ec2.TrafficDirection.INGRESS, _ingress(ways, cidrs[name]))


def _tiers(settings: NewNetwork) -> tuple[str, ...]:
    public = ("Public",) if settings.nat else ()
    return ("Workload", "Database", *public, *(("LoadBalancer",) if settings.load_balancer else ()))


def _ways(cidrs: dict[str, tuple[str, ...]], settings: NewNetwork, database_port: int) -> Iterable[_Way]:
    workload, database = cidrs["Workload"], cidrs["Database"]
    yield _Way(workload, database, database_port)
    yield _Way(database, database, database_port)  # the proxy's, to the database
    yield _Way(workload, workload, HTTPS_PORT)  # interface endpoints stand among the functions
    if settings.nat:
        yield _Way(workload, (_ANYWHERE,), HTTPS_PORT)  # addressed to the internet, handed to the NAT gateway,
        yield _Way(workload, cidrs["Public"], HTTPS_PORT)  # in whose tier it comes from there
        yield _Way(cidrs["Public"], (_ANYWHERE,), HTTPS_PORT)
    elif settings.s3:
        yield _Way(workload, (_ANYWHERE,), HTTPS_PORT)  # S3's addresses: ACLs can't name a prefix list
    if tier := settings.load_balancer:
        yield from (_Way(tier.allowed_cidrs, cidrs["LoadBalancer"], port) for port in (HTTPS_PORT, HTTP_PORT))
        yield from (_Way(cidrs["LoadBalancer"], workload, port) for port in tier.target_ports)


Rule = tuple[str, tuple[int, int]]
"""A CIDR and a range of ports."""


def _egress(ways: list[_Way], own: tuple[str, ...]) -> list[Rule]:
    asks = [(cidr, (way.port, way.port)) for way in ways if way.source == own for cidr in way.target]
    answers = [(cidr, _ANSWERS) for way in ways if way.target == own for cidr in way.source]
    return list(dict.fromkeys([*asks, *answers]))


def _ingress(ways: list[_Way], own: tuple[str, ...]) -> list[Rule]:
    asked = [(cidr, (way.port, way.port)) for way in ways if way.target == own for cidr in way.source]
    answers = [(cidr, _ANSWERS) for way in ways if way.source == own for cidr in way.target]
    return list(dict.fromkeys([*asked, *answers]))


def _write(acl: ec2.NetworkAcl, direction: ec2.TrafficDirection, rules: list[Rule]) -> None:
    for number, (cidr, (low, high)) in enumerate(rules, start=1):
        acl.add_entry(
            f"{direction.name.capitalize()}{number}",
            cidr=ec2.AclCidr.ipv4(cidr),
            rule_number=number * 10,
            direction=direction,
            traffic=ec2.AclTraffic.tcp_port_range(low, high),
            rule_action=ec2.Action.ALLOW,
        )
