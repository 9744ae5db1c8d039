"""Why a load balancer can't be made as it is asked for, before anything is."""

import re
from collections.abc import Iterator
from typing import Final

from aws_cdk import Stack, Token
from constructs import Construct

from keyless_aurora.containers.service import VpcService
from keyless_aurora.network.vpc import Network
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.settings.load_balancer import LoadBalancerTier

_CERTIFICATE: Final = r"arn:aws:acm:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):certificate/[0-9a-f-]{36}"
_WEB_ACL: Final = r"arn:aws:wafv2:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):regional/webacl/[\w-]+/[0-9a-f-]{36}"


def problems(
    scope: Construct,
    target: VpcService | VpcServers,
    network: Network,
    *,
    certificate_arn: str,
    web_acl_arn: str | None,
    managed_rules: bool,
) -> Iterator[str]:
    """A sentence each."""
    yield from _an_arn(scope, "certificate_arn", certificate_arn, _CERTIFICATE, "a certificate of ACM, in the region")
    if web_acl_arn is not None:
        yield from _an_arn(scope, "web_acl_arn", web_acl_arn, _WEB_ACL, "a regional web ACL of WAF")
        if managed_rules:
            yield "managed_rules: web_acl_arn has rules of its own; allowed: one of the two"
    yield from _of_target(scope, target, network)


def _an_arn(scope: Construct, place: str, arn: str, pattern: str, kind: str) -> Iterator[str]:
    if Token.is_unresolved(arn):
        return
    found, region = re.fullmatch(pattern, arn), Stack.of(scope).region
    if not found:
        yield f"{place}: {arn!r} is not the ARN of {kind}; allowed: {kind}"
    elif not Token.is_unresolved(region) and found["region"] != region:
        yield f"{place}: it is in {found['region']}, and load balancers take those of their region; allowed: {region}"


def _of_target(scope: Construct, target: VpcService | VpcServers, network: Network) -> Iterator[str]:
    tier = network.settings.load_balancer
    if tier is None:
        yield (
            "network.load_balancer: the network has no subnets for load balancers, and says nobody who may come; "
            "allowed: a LoadBalancerTier (of a network that exists: ExistingLoadBalancerTier)"
        )
    if target.port is None:
        yield f"{target.node.id}: it has no port that a load balancer could reach; allowed: port="
    elif isinstance(tier, LoadBalancerTier) and target.port not in tier.target_ports:
        yield (
            f"{target.node.id}: its port {target.port} is not one that the network lets load balancers reach; allowed: "
            f"{', '.join(map(str, tier.target_ports))}, or more target_ports in network.load_balancer"
        )
    if target.target_group is not None:
        yield f"{target.node.id}: it is behind a load balancer already; allowed: one"
    if Stack.of(target) is not Stack.of(scope):
        yield f"{target.node.id}: it is in another stack; allowed: the load balancer's own"
