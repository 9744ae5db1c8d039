"""Load balancers: what is theirs, where they stand, and what they hand requests to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keyless_checks.reading.placed import SERVERS, SERVICE, groups_of, subnets_of
from keyless_checks.reading.templates import Resource, Templates, as_list

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
HTTPS, HTTP = 443, 80
"""Where they listen."""
IN, OUT = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"


@dataclass(frozen=True)
class Handed:
    """`balancer` hands requests to `target`, which stands in `group`."""

    balancer: Resource
    target: Resource
    group: Resource

    @property
    def port(self) -> int:
        return int(self.group.props["Port"])


def handed(templates: Templates) -> Iterator[Handed]:
    """To services and groups of servers, by the listeners' own actions."""
    for listener in templates.all(LISTENER):
        if (balancer := templates.target(listener.stack, listener.props.get("LoadBalancerArn"))) is None:
            continue
        for group in forwarded(templates, listener):
            behind = (one for one in templates.all(SERVICE, SERVERS) if group in _registered(templates, one))
            yield from (Handed(balancer, target, group) for target in behind)


def forwarded(templates: Templates, listener: Resource) -> list[Resource]:
    """The target groups that a listener hands requests to."""
    actions = [action for action in listener.props.get("DefaultActions", []) if action.get("Type") == "forward"]
    found = (templates.target(listener.stack, action.get("TargetGroupArn")) for action in actions)
    return [group for group in found if group is not None and group.type == TARGETS]


def _registered(templates: Templates, target: Resource) -> list[Resource]:
    """The target groups that a service or servers stand in."""
    arns = [one.get("TargetGroupArn") for one in target.props.get("LoadBalancers", [])]
    arns += as_list(target.props.get("TargetGroupARNs", []))
    return [group for arn in arns if (group := templates.target(target.stack, arn)) is not None]


def own_groups(templates: Templates) -> frozenset[str]:
    """Security groups that load balancers have and nothing else has, as Templates.text writes them."""
    balancers = {text for one in templates.all(BALANCER) for text in _groups(templates, one)}
    others = {
        text
        for resource in templates.all()
        if balancers and resource.type not in (BALANCER, IN, OUT)
        for text in _references(templates, resource.stack, resource.props)
    }
    return frozenset(balancers - others)


def edges(templates: Templates) -> frozenset[tuple[str, str, int]]:
    """Group, group and port of each way from a load balancer to its targets."""
    mine = own_groups(templates)
    return frozenset(
        (source, target, one.port)
        for one in handed(templates)
        for source in _groups(templates, one.balancer)
        for target in _groups(templates, one.target)
        if source in mine
    )


def ranges(templates: Templates) -> frozenset[str]:
    """The address ranges that the load balancers' groups let in."""
    mine = own_groups(templates)
    rules = [rule for rule in templates.all(IN) if templates.text(rule.stack, rule.props.get("GroupId")) in mine]
    return frozenset(str(rule.props["CidrIp"]) for rule in rules if "CidrIp" in rule.props)


def own_subnets(templates: Templates) -> frozenset[str]:
    """Those that load balancers are in."""
    return frozenset(templates.text(one.stack, subnet) for one in templates.all(BALANCER) for subnet in subnets_of(one))


def attributes(balancer: Resource) -> dict[str, Any]:
    return {str(one.get("Key")): one.get("Value") for one in balancer.props.get("LoadBalancerAttributes", [])}


def _groups(templates: Templates, resource: Resource) -> list[str]:
    return [templates.text(resource.stack, group) for group in groups_of(templates, resource)]


def _references(templates: Templates, stack: str, value: Any) -> Iterator[str]:
    """At any depth, and texts, which may be a group's id."""
    match value:
        case str():
            yield value
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            yield templates.text(stack, value)
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from _references(templates, stack, inner)
