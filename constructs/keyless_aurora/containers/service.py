"""A Fargate service inside the network that can do nothing yet: rights and paths are granted one by one."""

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge
from keyless_aurora.containers.roles import agents_role, task_role
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.egress import open_egress
from keyless_aurora.network.security_group import ClosedSecurityGroup
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.egress import Egress, egress_problem
from keyless_aurora.settings.error import UnfitError

CONTAINER: Final = "App"
_MOST_PERCENT: Final = 200
"""Of the tasks, while a new version takes over: the old ones stay until the new ones are healthy."""


class VpcService(Construct):
    """Tasks of one image, with their own role, log group and closed security group, without a public address.

    The container's file system is read-only but for `writable`, it runs as `user`, has no Linux capability, and nobody
    can open a shell in it. What pulls the image and writes the log has a role of its own.

    Args:
        image: an `ecs.EcrImage` by its digest, or an asset; its repository is in this account.
        tasks: how many run; up to twice as many while a new version takes over.
        port: that it listens on, for a load balancer. None: nobody connects to it.
        writable: folders for what is lost with the task. The image must give them to `user`, as a `VOLUME`.
        user: who the container runs as; never root.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        image: ecs.ContainerImage,
        description: str,
        logs: LogGroups,
        tasks: int = 2,
        cpu: int = 256,
        memory_mib: int = 512,
        port: int | None = None,
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        writable: Sequence[str] = (),
        user: str = "1000:1000",
        health: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        if problem := egress_problem(Egress.INTERNET, network.settings):
            raise UnfitError(
                type(network.settings).__name__,
                [f"nat: a service needs a way to its images and its log; {problem}"],
                at=made_at(network.settings),
            )
        self.tasks, self.port = tasks, port
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description=description)
        open_egress(self, self.security_group, network, Egress.INTERNET)  # where images and logs are
        self.role = task_role(self, "Role", description=description)
        self._agent = agents_role(self, "AgentRole", description=f"{description}: starts its tasks")
        self.log_group = logs.group(self, "Logs")
        self.task = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=cpu,
            memory_limit_mib=memory_mib,
            task_role=self.role,
            execution_role=self._agent,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64, operating_system_family=ecs.OperatingSystemFamily.LINUX
            ),
        )
        self.container = self._container(image, command, environment or {}, user, health)
        for number, folder in enumerate(writable):
            self._let_write(f"writable{number}", folder)
        self.task.node.add_dependency(self.role, self._agent)  # with what they may do: a task tries both at once
        self.service = self._service(network)
        self.load_balancer: elbv2.ApplicationLoadBalancer | None = None
        self.target_group: elbv2.ApplicationTargetGroup | None = None

    def serve(self, balancer: elbv2.ApplicationLoadBalancer, targets: elbv2.ApplicationTargetGroup) -> None:
        """Let `balancer` hand its requests, by `targets`, to the tasks. It opens the path to them."""
        self.service.attach_to_application_target_group(targets)
        self.load_balancer, self.target_group = balancer, targets

    def _container(
        self,
        image: ecs.ContainerImage,
        command: Sequence[str],
        environment: Mapping[str, str],
        user: str,
        health: Sequence[str],
    ) -> ecs.ContainerDefinition:
        limits = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        limits.drop_capabilities(ecs.Capability.ALL)
        acknowledge(
            self.task,
            NAG + "ECS2",
            "Its variables say where to connect and as whom, which is no secret: there is none. A rule finds names and "
            "values of secrets in them.",
        )
        return self.task.add_container(
            CONTAINER,
            image=image,
            command=list(command) or None,
            environment=dict(environment),
            user=user,
            readonly_root_filesystem=True,
            linux_parameters=limits,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=CONTAINER.lower(), log_group=self.log_group),
            port_mappings=[ecs.PortMapping(container_port=self.port)] if self.port else None,
            health_check=ecs.HealthCheck(command=["CMD", *health]) if health else None,
        )

    def _let_write(self, name: str, folder: str) -> None:
        self.task.add_volume(name=name)
        self.container.add_mount_points(ecs.MountPoint(container_path=folder, read_only=False, source_volume=name))

    def _service(self, network: Network) -> ecs.FargateService:
        cluster = ecs.Cluster(self, "Cluster", vpc=network.vpc, container_insights_v2=ecs.ContainerInsights.ENABLED)
        return ecs.FargateService(
            self,
            "Service",
            cluster=cluster,
            task_definition=self.task,
            desired_count=self.tasks,
            min_healthy_percent=100,
            max_healthy_percent=_MOST_PERCENT,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            assign_public_ip=False,
            enable_execute_command=False,
            platform_version=ecs.FargatePlatformVersion.VERSION1_4,
            vpc_subnets=network.workload_subnets,
            security_groups=[self.security_group.group],
        )
