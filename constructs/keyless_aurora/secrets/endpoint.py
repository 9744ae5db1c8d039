"""The way from functions in the network to Secrets Manager, and what may pass it: what roles of the app may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.network.security_group import ClosedSecurityGroup, ExistingSecurityGroup, Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.network import ExistingNetwork

READ = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
ROTATE = ("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")


@dataclass(frozen=True)
class Passage:
    """What may be done through the endpoint, to the secrets of these ARNs."""

    actions: Sequence[str]
    secrets: Sequence[str]


def endpoint_group(scope: Construct, network: Network, passages: Sequence[Passage]) -> Peer:
    """The group of the endpoint for Secrets Manager: our own, or the one that the VPC has already, for it can have but
    one. `passages`: one at least, for everything may pass an endpoint without a policy."""
    if isinstance(network.settings, ExistingNetwork) and network.settings.secrets_endpoint_group:
        return ExistingSecurityGroup(scope, "EndpointGroup", network.settings.secrets_endpoint_group)
    group = ClosedSecurityGroup(scope, "EndpointGroup", vpc=network.vpc, description="Secrets Manager endpoint")
    endpoint = ec2.InterfaceVpcEndpoint(
        scope,
        "Endpoint",
        vpc=network.vpc,
        service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
        private_dns_enabled=True,
        subnets=network.workload_subnets,
        security_groups=[group.group],
        open=False,
    )
    for passage in passages:
        endpoint.add_to_policy(_statement(scope, passage))
    return group


def _statement(scope: Construct, passage: Passage) -> iam.PolicyStatement:
    """For this account's principals."""
    return iam.PolicyStatement(
        actions=list(passage.actions),
        resources=list(passage.secrets),
        principals=[iam.AnyPrincipal()],
        conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(scope).account}},
    )
