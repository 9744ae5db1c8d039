"""The way from functions in the network to Secrets Manager, and what may pass it."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.network.security_group import ClosedSecurityGroup, ExistingSecurityGroup, Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.network import ExistingNetwork

READ = ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
ROTATE = ("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")


def endpoint_group(scope: Construct, network: Network, secrets: Sequence[str], *, master: str | None) -> Peer:
    """The group of the endpoint for Secrets Manager: our own, or the one that the VPC has already, for it can have but
    one. `secrets`: those of users; `master`: the master's."""
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
    if secrets:
        endpoint.add_to_policy(_policy(scope, (*READ, *ROTATE), secrets))
    if master:
        endpoint.add_to_policy(_policy(scope, READ[:1], [master]))
    return group


def _policy(scope: Construct, actions: Sequence[str], secrets: Sequence[str]) -> iam.PolicyStatement:
    """What may pass the endpoint: these secrets, for this account."""
    return iam.PolicyStatement(
        actions=list(actions),
        resources=list(secrets),
        principals=[iam.AnyPrincipal()],
        conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(scope).account}},
    )
