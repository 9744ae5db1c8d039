"""A network that nothing leaves: isolated subnets, no gateway of any kind, one path to the database."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from keyless_aurora.acknowledge import VALIDATOR, acknowledge
from keyless_aurora.default_security_group import keep_provider_narrow
from keyless_aurora.log_keeping import LogKeeping
from keyless_aurora.security_group import ClosedSecurityGroup, open_path


class IsolatedNetwork(Construct):
    """A VPC, and the security groups of the proxy, the cluster and the bootstrap function.

    The stack must override `availability_zones`, or the VPC looks them up whatever it is given here.
    """

    def __init__(self, scope: Construct, id: str, *, cidr: str, availability_zones: Sequence[str], logs: LogKeeping) -> None:
        super().__init__(scope, id)
        self.vpc = ec2.Vpc(
            self, "Vpc", ip_addresses=ec2.IpAddresses.cidr(cidr), availability_zones=list(availability_zones),
            nat_gateways=0, create_internet_gateway=False, restrict_default_security_group=True,
            subnet_configuration=[ec2.SubnetConfiguration(
                name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)])
        acknowledge(self.vpc, VALIDATOR + "W3010", "Zones are named so that a synth looks nothing up and always gives the same template.")
        keep_provider_narrow(self.vpc, logs)
        self._record_flows(logs)
        self.proxy_group = ClosedSecurityGroup(self, "ProxyGroup", vpc=self.vpc, description="RDS Proxy")
        self.cluster_group = ClosedSecurityGroup(self, "ClusterGroup", vpc=self.vpc, description="Aurora cluster")
        self.bootstrap_group = ClosedSecurityGroup(self, "BootstrapGroup", vpc=self.vpc, description="Bootstrap function")
        open_path(self, "ProxyToCluster", source=self.proxy_group, target=self.cluster_group, description="Proxy to cluster")
        open_path(self, "BootstrapToCluster", source=self.bootstrap_group, target=self.cluster_group,
                  description="Bootstrap function to cluster")

    def _record_flows(self, logs: LogKeeping) -> None:
        ec2.FlowLog(
            self, "FlowLog", resource_type=ec2.FlowLogResourceType.from_vpc(self.vpc),
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(logs.group(self, "FlowLogs")))
