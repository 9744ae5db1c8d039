"""EC2 instances inside the network that can do nothing yet: rights and paths are granted one by one."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

import jsii
from aws_cdk import Duration, IStableStringProducer, Lazy, Stack
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge, acknowledge_inline
from keyless_aurora.network.egress import open_egress
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network
from keyless_aurora.servers.sessions import let_sessions, open_sessions
from keyless_aurora.servers.user_data import script
from keyless_aurora.settings.egress import Egress

AMAZON_LINUX: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""The public parameter with the newest image of Amazon Linux 2023, which has Systems Manager's agent."""


_STARTS_IN_SECONDS: Final = 300
"""Before an instance that doesn't answer its load balancer counts as failed."""


@jsii.implements(IStableStringProducer)
class _Start:
    """The script of user data, asked for when the template is written: a grant comes after the servers are made."""

    def __init__(self, commands: Sequence[str]) -> None:
        self.settings: Mapping[str, str] = {}
        self._commands = commands

    def produce(self) -> str:
        """Called by the CDK."""
        return script(self.settings, self._commands)


class VpcServers(Construct):
    """A group of instances with their own role and closed security group: no key, no SSH, no public address.

    Operators get in by Session Manager. The instance metadata service wants a session token (IMDSv2) and answers no
    container. Disks are encrypted. An instance that fails is replaced, and one after the other when this changes.

    Args:
        image: `ami-…` of yours, or the public parameter of one, which is read whenever an instance starts.
        servers: how many there are; one more while they are replaced.
        commands: of a shell, run when an instance starts, after its settings are written. No secrets: whoever may
            describe the instance reads them.
        egress: where it may go beside the database and Session Manager.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        description: str,
        servers: int = 2,
        image: str = AMAZON_LINUX,
        instance_type: str = "t4g.small",
        disk_gib: int = 20,
        port: int | None = None,
        commands: Sequence[str] = (),
        egress: Egress = Egress.NOWHERE,
    ) -> None:
        super().__init__(scope, id)
        self.servers, self.most, self.port = servers, servers + 1, port
        self._start = _Start(commands)
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description=description)
        self.role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), description=description
        )
        acknowledge_inline(self.role)
        let_sessions(self.role)
        open_sessions(self, self.security_group, network)
        if not (egress is Egress.INTERNET and self.node.try_find_child("Egress")):
            open_egress(self, self.security_group, network, egress)
        self.template = self._template(image, instance_type, disk_gib)
        self.group = self._group(network, servers)
        self.load_balancer: elbv2.ApplicationLoadBalancer | None = None
        self.target_group: elbv2.ApplicationTargetGroup | None = None

    def tell(self, settings: Mapping[str, str]) -> None:
        """Write `settings` into the file that an instance makes when it starts."""
        self._start.settings = settings

    def serve(self, balancer: elbv2.ApplicationLoadBalancer, targets: elbv2.ApplicationTargetGroup) -> None:
        """Let `balancer` hand its requests, by `targets`, to the instances, whose path it opens, and replace those that
        fail its health check."""
        self.group.attach_to_application_target_group(targets)
        group = cast(autoscaling.CfnAutoScalingGroup, self.group.node.find_child("ASG"))
        group.health_check_type, group.health_check_grace_period = "ELB", _STARTS_IN_SECONDS
        self.load_balancer, self.target_group = balancer, targets

    def _template(self, image: str, instance_type: str, disk_gib: int) -> ec2.LaunchTemplate:
        found = (
            ec2.MachineImage.generic_linux({Stack.of(self).region: image})
            if image.startswith("ami-")
            else ec2.MachineImage.resolve_ssm_parameter_at_launch(image)
        )
        return ec2.LaunchTemplate(
            self,
            "Template",
            machine_image=found,
            instance_type=ec2.InstanceType(instance_type),
            role=self.role,
            security_group=self.security_group.group,
            user_data=ec2.UserData.custom(Lazy.string(self._start)),
            http_tokens=ec2.LaunchTemplateHttpTokens.REQUIRED,
            http_put_response_hop_limit=1,
            detailed_monitoring=True,
            ebs_optimized=True,
            block_devices=[
                ec2.BlockDevice(
                    device_name="/dev/xvda",
                    volume=ec2.BlockDeviceVolume.ebs(
                        disk_gib, encrypted=True, delete_on_termination=True, volume_type=ec2.EbsDeviceVolumeType.GP3
                    ),
                )
            ],
        )

    def _group(self, network: Network, servers: int) -> autoscaling.AutoScalingGroup:
        group = autoscaling.AutoScalingGroup(
            self,
            "Servers",
            vpc=network.vpc,
            vpc_subnets=network.workload_subnets,
            launch_template=self.template,
            min_capacity=servers,
            max_capacity=self.most,
            group_metrics=[autoscaling.GroupMetrics(autoscaling.GroupMetric.IN_SERVICE_INSTANCES)],
            update_policy=autoscaling.UpdatePolicy.rolling_update(
                min_instances_in_service=servers, max_batch_size=1, pause_time=Duration.minutes(2)
            ),
        )
        group.node.add_dependency(self.role)  # with what it may do: the agent tries it at once
        acknowledge(
            group,
            NAG + "AS3",
            "Nobody has to act when an instance is replaced; too few of them in service are an alarm, and each change "
            "of the group is in CloudTrail.",
        )
        return group
