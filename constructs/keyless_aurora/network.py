"""A network that nothing leaves: isolated subnets, no gateway of any kind."""

from collections.abc import Sequence
from typing import Protocol

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.acknowledge import VALIDATOR, acknowledge
from keyless_aurora.default_security_group import keep_provider_narrow
from keyless_aurora.log_keeping import LogKeeping


class Network(Protocol):
    """Where functions and databases live."""

    @property
    def vpc(self) -> ec2.IVpc: ...

    @property
    def workload_subnets(self) -> ec2.SubnetSelection: ...

    @property
    def database_subnets(self) -> ec2.SubnetSelection: ...


class IsolatedNetwork(Construct):
    """A VPC of our own.

    The stack must override `availability_zones`, or the VPC looks them up whatever it is given here.
    """

    def __init__(self, scope: Construct, id: str, *, cidr: str, availability_zones: Sequence[str], logs: LogKeeping) -> None:
        super().__init__(scope, id)
        self.vpc = ec2.Vpc(
            self, "Vpc", ip_addresses=ec2.IpAddresses.cidr(cidr), availability_zones=list(availability_zones),
            nat_gateways=0, create_internet_gateway=False, restrict_default_security_group=True,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="Workload", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
                ec2.SubnetConfiguration(name="Database", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)])
        self.workload_subnets = ec2.SubnetSelection(subnet_group_name="Workload")
        self.database_subnets = ec2.SubnetSelection(subnet_group_name="Database")
        acknowledge(self.vpc, VALIDATOR + "W3010", "Zones are named so that a synth looks nothing up and always gives the same template.")
        keep_provider_narrow(self.vpc, logs)
        self._record_flows(logs)

    def _record_flows(self, logs: LogKeeping) -> None:
        ec2.FlowLog(
            self, "FlowLog", resource_type=ec2.FlowLogResourceType.from_vpc(self.vpc),
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(logs.group(self, "FlowLogs")))
