"""The network: tiers of subnets that nothing leaves but on the ways that a setting opens."""

from typing import Protocol

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NIST, VALIDATOR, acknowledge, acknowledge_inline
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.acls import filter_tiers
from keyless_aurora.network.default_security_group import keep_provider_narrow
from keyless_aurora.settings.network import (
    PUBLIC_PREFIX,
    TIER_PREFIX,
    NetworkSettings,
    NewNetwork,
    S3Gateway,
)


class Network(Protocol):
    """Where functions and databases live."""

    @property
    def settings(self) -> NetworkSettings: ...

    @property
    def vpc(self) -> ec2.IVpc: ...

    @property
    def workload_subnets(self) -> ec2.SubnetSelection: ...

    @property
    def database_subnets(self) -> ec2.SubnetSelection: ...


class IsolatedNetwork(Construct):
    """A VPC of our own: no gateway of any kind unless `settings` ask for one.

    The stack must override `availability_zones`, or the VPC looks them up whatever it is given here.
    """

    def __init__(self, scope: Construct, id: str, *, settings: NewNetwork, logs: LogGroups) -> None:
        super().__init__(scope, id)
        self.settings = settings
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(settings.cidr),
            availability_zones=list(settings.availability_zones),
            nat_gateways=len(settings.availability_zones) if settings.nat else 0,
            create_internet_gateway=settings.nat,
            restrict_default_security_group=True,
            subnet_configuration=_tiers(settings),
        )
        self.workload_subnets = ec2.SubnetSelection(subnet_group_name="Workload")
        self.database_subnets = ec2.SubnetSelection(subnet_group_name="Database")
        acknowledge(
            self.vpc,
            VALIDATOR + "W3010",
            "Zones are named so that a synth looks nothing up and always gives the same template.",
        )
        for subnet in self.vpc.public_subnets:
            acknowledge(
                subnet.node.find_child("DefaultRoute"),
                NIST + "VPCNoUnrestrictedRouteToIGW",
                "The way out of a NAT gateway, which is all that stands in this subnet: no function, proxy or "
                "database may.",
            )
        filter_tiers(self, self.vpc, settings)
        keep_provider_narrow(self.vpc, logs)
        self._record_flows(logs)
        if settings.s3:
            self._s3(settings.s3)

    def _record_flows(self, logs: LogGroups) -> None:
        stack = Stack.of(self)
        flow_logs = stack.format_arn(service="ec2", resource="vpc-flow-log", resource_name="*")
        only = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": flow_logs}}
        role = iam.Role(
            self,
            "FlowLogRole",
            description="VPC flow logs are written with it",
            assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com", conditions=only),
        )
        flow_log = ec2.FlowLog(
            self,
            "FlowLog",
            resource_type=ec2.FlowLogResourceType.from_vpc(self.vpc),
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(logs.group(self, "FlowLogs"), role),
        )
        flow_log.node.add_dependency(role)  # and what it may do: a flow log without rights shows as Access error
        acknowledge_inline(role)

    def _s3(self, gateway: S3Gateway) -> None:
        endpoint = self.vpc.add_gateway_endpoint(
            "S3", service=ec2.GatewayVpcEndpointAwsService.S3, subnets=[self.workload_subnets]
        )
        buckets = [f"arn:aws:s3:::{bucket}" for bucket in gateway.buckets]
        endpoint.add_to_policy(
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(self).account}},
                actions=["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
                resources=[*buckets, *(f"{bucket}/*" for bucket in buckets)],
            )
        )


def _tiers(settings: NewNetwork) -> list[ec2.SubnetConfiguration]:
    """The Workload tier comes first: what functions are in; the public one holds nothing but NAT gateways."""
    isolated = ec2.SubnetType.PRIVATE_ISOLATED
    workload = ec2.SubnetType.PRIVATE_WITH_EGRESS if settings.nat else isolated
    public = [
        ec2.SubnetConfiguration(
            name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=PUBLIC_PREFIX, map_public_ip_on_launch=False
        )
    ]
    return [
        ec2.SubnetConfiguration(name="Workload", subnet_type=workload, cidr_mask=TIER_PREFIX),
        ec2.SubnetConfiguration(name="Database", subnet_type=isolated, cidr_mask=TIER_PREFIX),
        *(public if settings.nat else []),
    ]
