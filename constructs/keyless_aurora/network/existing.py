"""A VPC that exists already: nothing of it is changed."""

from collections.abc import Sequence

from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.acknowledge import acknowledge
from keyless_aurora.network.security_group import ExistingSecurityGroup, Peer
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.error import UnfitError
from keyless_aurora.settings.network import ExistingNetwork, network_problems


class ImportedNetwork(Construct):
    """A VPC that exists already, by its ids.

    Raises:
        UnfitError: with each of them that isn't valid, or is another region's than the stack's.
    """

    def __init__(self, scope: Construct, id: str, *, settings: ExistingNetwork) -> None:
        super().__init__(scope, id)
        if wrong := [*network_problems(settings, _region(self, settings))]:
            raise UnfitError("ExistingNetwork", wrong, at=made_at(settings))
        self.settings = settings
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=settings.vpc_id,
            vpc_cidr_block=settings.cidr,
            availability_zones=list(settings.availability_zones),
        )
        self.workload_subnets = self._subnets("Workload", settings, settings.workload_subnets)
        self.database_subnets = self._subnets("Database", settings, settings.database_subnets)
        balancers = settings.load_balancer
        self.load_balancer_subnets = self._subnets("LoadBalancer", settings, balancers.subnets) if balancers else None
        there = settings.sessions_endpoint_group
        self.sessions: Sequence[Peer] = (ExistingSecurityGroup(self, "Sessions", there),) if there else ()
        acknowledge(
            self,
            "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId",
            "Only routes and gateway endpoints need the route tables, and nothing of an existing network is changed.",
        )

    def _subnets(self, tier: str, settings: ExistingNetwork, ids: tuple[str, ...]) -> ec2.SubnetSelection:
        zones = settings.availability_zones
        return ec2.SubnetSelection(
            subnets=[
                ec2.Subnet.from_subnet_attributes(self, f"{tier}{n}", subnet_id=subnet, availability_zone=zone)
                for n, (subnet, zone) in enumerate(zip(ids, zones, strict=True))
            ]
        )


def _region(scope: Construct, settings: ExistingNetwork) -> str:
    """The stack's; where it names none, the first zone's own."""
    region = Stack.of(scope).region
    return "".join(settings.availability_zones[:1])[:-1] if Token.is_unresolved(region) else region
