"""A VPC that exists already: nothing of it is changed."""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.acknowledge import acknowledge
from keyless_aurora.settings.network import ExistingNetwork


class ImportedNetwork(Construct):
    """A VPC that exists already, by its ids."""

    def __init__(self, scope: Construct, id: str, *, settings: ExistingNetwork) -> None:
        super().__init__(scope, id)
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
