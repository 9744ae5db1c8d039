"""What can open or take a connection in the network: functions, services, load balancers, proxies, databases,
endpoints, the internet behind NAT, and the address ranges that may come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from keyless_checks.reading.databases import databases
from keyless_checks.reading.load_balancers import BALANCER
from keyless_checks.reading.placed import CLIENTS, PROXIES, groups_of, subnets_of
from keyless_checks.reading.security_groups import group_rules
from keyless_checks.reading.subnets import subnets
from keyless_checks.reading.templates import Resource, Templates

INTERNET = "the internet"


@dataclass(frozen=True)
class Component:
    """`groups` and `subnets` as Templates.text writes them. An outside one has neither: it is reached by routes."""

    name: str
    groups: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()
    gateway: str | None = None
    """For a gateway endpoint: its path, which route tables are tied to."""
    addresses: IPv4Network | None = None
    """For who comes from outside: nobody in the network can be told to go there by it."""

    @property
    def outside(self) -> bool:
        return not self.groups


def components(templates: Templates) -> Iterator[Component]:
    """Those with an address in the network, existing databases by their group, then what lies outside."""
    known: set[str] = set()
    for resource, groups, there in _placed(templates):
        texts = [frozenset(templates.text(resource.stack, value) for value in values) for values in (groups, there)]
        found = Component(resource.path, groups=texts[0], subnets=texts[1])
        known |= found.groups
        yield found
    yield from (Component(group, frozenset({group})) for group in sorted(_foreign_groups(templates) - known))
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        if endpoint.props.get("VpcEndpointType", "Gateway") == "Gateway":
            yield Component(endpoint.path, gateway=endpoint.path)
    yield Component(INTERNET)
    yield from (Component(f"{range_}, from outside", addresses=range_) for range_ in sorted(_let_in(templates)))


def _let_in(templates: Templates) -> set[IPv4Network]:
    """The address ranges that groups let in, beside those of subnets of the stacks, where everything is known."""
    named = {rule.peer_range for rule in group_rules(templates) if rule.ingress} - {None}
    inside = [subnet.range for subnet in subnets(templates).values()]
    return {range_ for range_ in named if range_ and not any(range_.subnet_of(one) for one in inside)}


Placed = tuple[Resource, list[Any], list[Any]]
"""A resource, its security groups and its subnets."""


def _placed(templates: Templates) -> Iterator[Placed]:
    for one in templates.all(*CLIENTS, BALANCER, *PROXIES):
        if there := subnets_of(one):
            yield one, groups_of(templates, one), there
    for database in databases(templates):
        groups = database.props.get("VpcSecurityGroupIds") or database.props.get("VPCSecurityGroups") or []
        group = templates.target(database.stack, database.props.get("DBSubnetGroupName"))
        yield database, groups, group.props["SubnetIds"] if group else []
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        if endpoint.props.get("VpcEndpointType") == "Interface":
            yield endpoint, endpoint.props.get("SecurityGroupIds", []), endpoint.props.get("SubnetIds", [])


def _foreign_groups(templates: Templates) -> set[str]:
    """Groups that rules name and that the stacks don't make: those of a database or an endpoint that exists."""
    rules = templates.all("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
    keys = ("GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId")
    texts = {templates.text(rule.stack, rule.props[key]) for rule in rules for key in keys if key in rule.props}
    return {text for text in texts if templates.find(text) is None}
