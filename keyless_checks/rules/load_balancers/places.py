"""Where a load balancer stands, whom it lets in, and whom it reaches."""

from collections import Counter
from collections.abc import Iterator

from keyless_checks.reading.load_balancers import BALANCER, IN, OUT, edges, own_groups, own_subnets
from keyless_checks.reading.placed import CLIENTS, PROXIES, groups_of, subnets_of
from keyless_checks.reading.subnets import routed_to_gateway
from keyless_checks.reading.templates import Resource, Templates
from keyless_checks.rule import Finding, Rule

_SCHEMES = ("internal", "internet-facing")


def own_place(templates: Templates) -> Iterator[Finding]:
    """A load balancer is in subnets of two zones or more where nothing else of the stacks stands, which lead to the
    internet if it faces it, and not otherwise."""
    mine, public = own_subnets(templates), routed_to_gateway(templates)
    for resource in templates.all(*CLIENTS, *PROXIES, "AWS::RDS::DBSubnetGroup", "AWS::EC2::VPCEndpoint"):
        if shared := sorted({templates.text(resource.stack, one) for one in subnets_of(resource)} & mine):
            yield Finding(resource.path, f"it is in {', '.join(shared)}, which are load balancers'")
    for gateway in templates.all("AWS::EC2::NatGateway"):
        if templates.text(gateway.stack, gateway.props.get("SubnetId")) in mine:
            yield Finding(gateway.path, "it is in a subnet of load balancers")
    for balancer in templates.all(BALANCER):
        yield from (Finding(balancer.path, problem) for problem in _placed(templates, balancer, public))


def _placed(templates: Templates, balancer: Resource, public: frozenset[str]) -> Iterator[str]:
    subnets = [templates.text(balancer.stack, one) for one in subnets_of(balancer)]
    scheme, made = balancer.props.get("Scheme"), [one for one in subnets if templates.find(one)]
    if balancer.props.get("Type") != "application" or scheme not in _SCHEMES:
        yield f"it is {balancer.props.get('Type')}, {scheme}; allowed: application, {' or '.join(_SCHEMES)}"
    if len(set(subnets)) < 2:
        yield f"it is in {len(set(subnets))} subnets; allowed: two or more"
    for subnet in made:
        if (subnet in public) != (scheme == "internet-facing"):
            yield f"it is {scheme}, and {subnet} has {'a' if subnet in public else 'no'} route to the internet"


def own_group(templates: Templates) -> Iterator[Finding]:
    """A load balancer has one security group of the stacks, which nothing else has."""
    mine = own_groups(templates)
    named = Counter(text for one in templates.all(BALANCER) for text in _groups(templates, one))
    for balancer in templates.all(BALANCER):
        groups = _groups(templates, balancer)
        known = [templates.target(balancer.stack, value) for value in groups_of(templates, balancer)]
        if len(groups) != 1 or None in known or groups[0] not in mine or named[groups[0]] > 1:
            yield Finding(balancer.path, f"its groups are {groups}; allowed: one of the stacks, which is its own")


def targets_only(templates: Templates) -> Iterator[Finding]:
    """A load balancer reaches its targets on their port and nothing else, so neither database nor proxy; its targets
    let in nobody else."""
    ways, mine = edges(templates), own_groups(templates)
    behind = {target for _, target, _ in ways}
    for rule in templates.all(OUT):
        if templates.text(rule.stack, rule.props.get("GroupId")) in mine and _way(templates, rule) not in ways:
            yield Finding(rule.path, "a load balancer may send there, which is not where its targets listen")
    for rule in templates.all(IN):
        way = _way(templates, rule)
        if (way[1] in behind or way[0] in mine) and way not in ways:
            yield Finding(rule.path, f"{way[0]} may come there beside the load balancer, or on another port")


def _way(templates: Templates, rule: Resource) -> tuple[str, str, object]:
    """Source, target and port."""
    peer = "DestinationSecurityGroupId" if rule.type == OUT else "SourceSecurityGroupId"
    ends = [templates.text(rule.stack, rule.props.get(key)) for key in ("GroupId", peer)]
    source, target = ends if rule.type == OUT else ends[::-1]
    return source, target, rule.props.get("FromPort")


def _groups(templates: Templates, resource: Resource) -> list[str]:
    return [templates.text(resource.stack, group) for group in groups_of(templates, resource)]


RULES: tuple[Rule, ...] = (own_place, own_group, targets_only)
