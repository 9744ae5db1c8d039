"""The network: tiers of subnets that nothing leaves but on the ways that a setting opens."""

from collections.abc import Sequence
from typing import Final, Protocol

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NIST, VALIDATOR, acknowledge, acknowledge_inline
from keyless_aurora.engines.family import Family
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.acls import filter_tiers
from keyless_aurora.network.default_security_group import keep_provider_narrow
from keyless_aurora.network.security_group import Peer
from keyless_aurora.network.sessions import SessionEndpoints
from keyless_aurora.network.tiers import LOAD_BALANCER, tiers
from keyless_aurora.settings.network import NetworkSettings, NewNetwork, S3Gateway

_NATS_ROUTE: Final = "out of a NAT gateway"
_BALANCERS_ROUTE: Final = "of an internet-facing load balancer's answers"


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

    @property
    def load_balancer_subnets(self) -> ec2.SubnetSelection | None:
        """None: nothing that takes connections from outside may be made."""
        ...

    @property
    def sessions(self) -> Sequence[Peer]:
        """The groups of the endpoints for Session Manager, if it has them."""
        ...


class IsolatedNetwork(Construct):
    """A VPC of our own: no gateway of any kind unless `settings` ask for one.

    The stack must override `availability_zones`, or the VPC looks them up whatever it is given here. `database_port`:
    the one that the tier of databases is reached on.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: NewNetwork,
        logs: LogGroups,
        database_port: int = Family.POSTGRESQL.port,
    ) -> None:
        super().__init__(scope, id)
        self.settings = settings
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(settings.cidr),
            availability_zones=list(settings.availability_zones),
            nat_gateways=len(settings.availability_zones) if settings.nat else 0,
            nat_gateway_subnets=ec2.SubnetSelection(subnet_group_name="Public") if settings.nat else None,
            create_internet_gateway=settings.nat,
            restrict_default_security_group=True,
            subnet_configuration=tiers(settings),
        )
        self.workload_subnets = ec2.SubnetSelection(subnet_group_name="Workload")
        self.database_subnets = ec2.SubnetSelection(subnet_group_name="Database")
        self.load_balancer_subnets = (
            ec2.SubnetSelection(subnet_group_name=LOAD_BALANCER) if settings.load_balancer else None
        )
        acknowledge(
            self.vpc,
            VALIDATOR + "W3010",
            "Zones are named so that a synth looks nothing up and always gives the same template.",
        )
        self._acknowledge_routes()
        filter_tiers(self, self.vpc, settings, database_port)
        keep_provider_narrow(self.vpc, logs)
        self._record_flows(logs)
        if settings.s3:
            self._s3(settings.s3)
        self.sessions: Sequence[Peer] = self._sessions() if settings.sessions else ()

    def _acknowledge_routes(self) -> None:
        for subnet in self.vpc.public_subnets:
            balancers = subnet.node.id.startswith(LOAD_BALANCER)
            acknowledge(
                subnet.node.find_child("DefaultRoute"),
                NIST + "VPCNoUnrestrictedRouteToIGW",
                f"The way {_BALANCERS_ROUTE if balancers else _NATS_ROUTE}, which is all that stands in this subnet: "
                "no function, proxy or database may.",
            )

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

    def _sessions(self) -> Sequence[Peer]:
        return SessionEndpoints(self, "Sessions", vpc=self.vpc, subnets=self.workload_subnets).security_groups

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
