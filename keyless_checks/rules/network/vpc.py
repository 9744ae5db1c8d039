"""The VPC: its traffic is recorded, its subnets are private, and nothing leads outside but what a setting opens."""

from collections.abc import Iterator

from keyless_checks.reading.actions import SESSIONS
from keyless_checks.reading.load_balancers import BALANCER
from keyless_checks.reading.placed import CLIENTS, subnets_of
from keyless_checks.reading.subnets import routed_to_gateway
from keyless_checks.reading.templates import Resource, Templates, as_list
from keyless_checks.rule import Finding, Rule

_WITHOUT_RESOURCE = SESSIONS | {"secretsmanager:GetRandomPassword"}
_THROUGH = {
    "secretsmanager": frozenset(
        f"secretsmanager:{action}"
        for action in ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
    )
    | {"secretsmanager:GetRandomPassword"},
    **{
        service: frozenset(action for action in SESSIONS if action.startswith(f"{service}:"))
        for service in ("ssm", "ssmmessages")
    },
    "s3": frozenset({"s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"}),
}
"""What may pass an endpoint, by the last part of its service's name."""
_FOR_NAT = ("AWS::EC2::InternetGateway", "AWS::EC2::Route")
_NEVER = (
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayVpcAttachment",
)


def recorded_flows(templates: Templates) -> Iterator[Finding]:
    """All traffic of each VPC of the stacks is recorded."""
    logs = [log for log in templates.all("AWS::EC2::FlowLog") if log.props.get("TrafficType") == "ALL"]
    recorded = {templates.text(log.stack, log.props["ResourceId"]) for log in logs}
    vpcs = templates.all("AWS::EC2::VPC")
    yield from (Finding(vpc.path, "no flow log records all of its traffic") for vpc in vpcs if vpc.path not in recorded)


def private_subnets(templates: Templates) -> Iterator[Finding]:
    """Subnets give no public addresses; what the stacks put into the network has no route to or from the internet, and
    where the network is theirs, it is in subnets of theirs."""
    yield from (
        Finding(r.path, "MapPublicIpOnLaunch must be false")
        for r in templates.all("AWS::EC2::Subnet")
        if r.props.get("MapPublicIpOnLaunch") is True and not _only_nat(templates, r)
    )
    public = routed_to_gateway(templates)
    for resource in templates.all(*CLIENTS, "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup"):
        yield from (
            Finding(resource.path, f"it is in {path}, which is open to the internet")
            for subnet in subnets_of(resource)
            if (path := templates.text(resource.stack, subnet)) in public
        )
    if any(templates.all("AWS::EC2::VPC")):
        yield from _elsewhere(templates)


def _elsewhere(templates: Templates) -> Iterator[Finding]:
    """By its id, a subnet may have any route and any ACL."""
    for resource in templates.all(*CLIENTS, BALANCER):
        for subnet in subnets_of(resource):
            found = templates.target(resource.stack, subnet)
            if found is None or found.type != "AWS::EC2::Subnet":
                text = templates.text(resource.stack, subnet)
                yield Finding(resource.path, f"it is in {text}, which is not a subnet of the stacks")


def _only_nat(templates: Templates, subnet: Resource) -> bool:
    return any(
        templates.text(r.stack, r.props.get("SubnetId")) == subnet.path for r in templates.all("AWS::EC2::NatGateway")
    )


def no_way_outside(templates: Templates) -> Iterator[Finding]:
    """Gateways to the internet are there for a NAT gateway only; no peering, no egress-only gateway."""
    nat = any(templates.all("AWS::EC2::NatGateway"))
    for resource in templates.all(*_NEVER, *_FOR_NAT):
        if resource.type in _NEVER or not nat:
            yield Finding(resource.path, f"{resource.type} is a way outside")


def endpoint_policies(templates: Templates) -> Iterator[Finding]:
    """What may pass an endpoint is named, and is for this account's principals: without a policy everything may."""
    for endpoint in templates.all("AWS::EC2::VPCEndpoint"):
        entries = endpoint.props.get("PolicyDocument", {}).get("Statement", [])
        if not entries:
            yield Finding(endpoint.path, "it has no policy, so everything may pass it")
        for entry in entries:
            actions = set(as_list(entry.get("Action", "*")))
            service = templates.text(endpoint.stack, endpoint.props.get("ServiceName")).rpartition(".")[2]
            if unknown := sorted(actions - _THROUGH.get(service, frozenset())):
                yield Finding(endpoint.path, f"{', '.join(unknown)} may pass the endpoint for {service}")
            if "aws:PrincipalAccount" not in entry.get("Condition", {}).get("StringEquals", {}):
                yield Finding(endpoint.path, "principals of every account may pass it: aws:PrincipalAccount is missing")
            if "*" in as_list(entry.get("Resource", "*")) and actions - _WITHOUT_RESOURCE:
                yield Finding(
                    endpoint.path, f"{', '.join(sorted(actions - _WITHOUT_RESOURCE))} may pass it for every resource"
                )


RULES: tuple[Rule, ...] = (
    recorded_flows,
    private_subnets,
    no_way_outside,
    endpoint_policies,
)
