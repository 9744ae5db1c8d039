"""In which security groups and subnets a resource is, wherever its type says it."""

from typing import Any

from keyless_checks.reading.templates import Resource, Templates

FUNCTION, SERVICE = "AWS::Lambda::Function", "AWS::ECS::Service"
SERVERS, TEMPLATE = "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::LaunchTemplate"
PROXIES = ("AWS::RDS::DBProxy", "AWS::RDS::DBProxyEndpoint")
CLIENTS = (FUNCTION, SERVICE, SERVERS)
"""What runs code of somebody's in the network."""


def groups_of(templates: Templates, resource: Resource) -> list[Any]:
    """Values as they stand in the template."""
    if resource.type == SERVERS:
        template = template_of(templates, resource)
        return groups_of(templates, template) if template else []
    props = _network(resource)
    if interfaces := props.get("NetworkInterfaces"):
        return [group for one in interfaces for group in one.get("Groups", [])]
    return _listed(props, "VpcSecurityGroupIds", "SecurityGroupIds", "SecurityGroups")


def template_of(templates: Templates, servers: Resource) -> Resource | None:
    """The launch template of an Auto Scaling group."""
    return templates.target(servers.stack, servers.props.get("LaunchTemplate", {}).get("LaunchTemplateId"))


def subnets_of(resource: Resource) -> list[Any]:
    return _listed(_network(resource), "VpcSubnetIds", "SubnetIds", "Subnets", "VPCZoneIdentifier")


def _network(resource: Resource) -> dict[str, Any]:
    found: Any = resource.props
    if resource.type == FUNCTION:
        found = found.get("VpcConfig", {})
    elif resource.type == SERVICE:
        found = found.get("NetworkConfiguration", {}).get("AwsvpcConfiguration", {})
    elif resource.type == TEMPLATE:
        found = found.get("LaunchTemplateData", {})
    return found if isinstance(found, dict) else {}


def _listed(props: dict[str, Any], *names: str) -> list[Any]:
    return next((list(props[name]) for name in names if isinstance(props.get(name), list)), [])
