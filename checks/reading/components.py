"""What can open or take a connection in the network: functions, proxies, databases, endpoints, the internet behind
NAT."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checks.reading.databases import databases
from checks.reading.templates import Resource, Templates

INTERNET = "the internet"


@dataclass(frozen=True)
class Component:
    """`groups` and `subnets` as Templates.text writes them. An outside one has neither: it is reached by routes."""

    name: str
    groups: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()
    gateway: str | None = None
    """For a gateway endpoint: its path, which route tables are tied to."""

    @property
    def outside(self) -> bool:
        return not self.groups


def components(templates: Templates) -> Iterator[Component]:
    """Those with an address in the network, existing databases by their group, then what lies outside."""
    known: set[str] = set()
    for resource, groups, subnets in _placed(templates):
        texts = [frozenset(templates.text(resource.stack, value) for value in values) for values in (groups, subnets)]
        found = Component(resource.path, groups=texts[0], subnets=texts[1])
        known |= found.groups
        yield found
    yield from (Component(group, frozenset({group})) for group in sorted(_foreign_groups(templates) - known))
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        if endpoint.props.get("VpcEndpointType", "Gateway") == "Gateway":
            yield Component(endpoint.path, gateway=endpoint.path)
    yield Component(INTERNET)


Placed = tuple[Resource, list[Any], list[Any]]
"""A resource, its security groups and its subnets."""


def _placed(templates: Templates) -> Iterator[Placed]:
    for function in templates.all("AWS::Lambda::Function"):
        if "VpcConfig" in function.props:
            yield function, function.props["VpcConfig"]["SecurityGroupIds"], function.props["VpcConfig"]["SubnetIds"]
    for proxy in templates.all("AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint"):
        yield proxy, proxy.props.get("VpcSecurityGroupIds", []), proxy.props["VpcSubnetIds"]
    for database in databases(templates):
        groups = database.props.get("VpcSecurityGroupIds") or database.props.get("VPCSecurityGroups") or []
        subnets = templates.target(database.stack, database.props.get("DBSubnetGroupName"))
        yield database, groups, subnets.props["SubnetIds"] if subnets else []
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        if endpoint.props.get("VpcEndpointType") == "Interface":
            yield endpoint, endpoint.props.get("SecurityGroupIds", []), endpoint.props.get("SubnetIds", [])


def _foreign_groups(templates: Templates) -> set[str]:
    """Groups that rules name and that the stacks don't make: those of a database or an endpoint that exists."""
    rules = templates.all("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
    keys = ("GroupId", "SourceSecurityGroupId", "DestinationSecurityGroupId")
    texts = {templates.text(rule.stack, rule.props[key]) for rule in rules for key in keys if key in rule.props}
    return {text for text in texts if templates.find(text) is None}
