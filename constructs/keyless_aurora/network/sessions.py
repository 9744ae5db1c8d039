"""Session Manager's endpoints: the way of a server's agent to it where no NAT is."""

from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.network.security_group import ClosedSecurityGroup

AGENT: Final[dict[str, tuple[str, ...]]] = {
    "ssm": ("ssm:UpdateInstanceInformation",),
    "ssmmessages": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
}
"""What the agent asks, by endpoint: AWSCloud9SSMInstanceProfile, which is AmazonSSMManagedInstanceCore without
documents, parameters, inventory and Run Command's older queue (ec2messages)."""


class SessionEndpoints(Construct):
    """Two interface endpoints that let a server's agent pass, of this account, and nothing else of Systems Manager."""

    def __init__(self, scope: Construct, id: str, *, vpc: ec2.IVpc, subnets: ec2.SubnetSelection) -> None:
        super().__init__(scope, id)
        self.security_groups = tuple(self._endpoint(service, vpc, subnets) for service in AGENT)

    def _endpoint(self, service: str, vpc: ec2.IVpc, subnets: ec2.SubnetSelection) -> ClosedSecurityGroup:
        """Returns its group, which is its own."""
        group = ClosedSecurityGroup(
            self, f"{service}-group", vpc=vpc, description=f"Session Manager, {service} endpoint"
        )
        endpoint = ec2.InterfaceVpcEndpoint(
            self,
            service,
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService(service),
            private_dns_enabled=True,
            subnets=subnets,
            security_groups=[group.group],
            open=False,
        )
        endpoint.add_to_policy(
            iam.PolicyStatement(
                actions=list(AGENT[service]),
                resources=["*"],  # channels have no name of their own
                principals=[iam.AnyPrincipal()],
                conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(self).account}},
            )
        )
        return group
