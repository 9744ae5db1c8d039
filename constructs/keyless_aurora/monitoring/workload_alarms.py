"""What is watched of services and servers that use the database: that as many run as should, and answer.

Sources: Amazon ECS Developer Guide, "Amazon ECS service utilization metrics" (the SampleCount of a minute is the number
of tasks that run); Amazon EC2 Auto Scaling User Guide, "Amazon CloudWatch metrics for Amazon EC2 Auto Scaling";
Application Load Balancers, "CloudWatch metrics for your Application Load Balancer".
"""

from collections.abc import Iterable, Iterator

from keyless_aurora.containers.service import VpcService
from keyless_aurora.monitoring.alarms import Missing, Watched
from keyless_aurora.monitoring.metrics import of_servers, of_service, of_targets
from keyless_aurora.principals.principal import Principal
from keyless_aurora.servers.servers import VpcServers

_MINUTES = 5


def of_workloads(principals: Iterable[Principal]) -> Iterator[Watched]:
    """Of those that this library makes."""
    for scope in dict.fromkeys(principal.scope for principal in principals):
        match scope:
            case VpcService() as service:
                yield _tasks(service)
                yield from _targets(service)
            case VpcServers() as servers:
                yield _instances(servers)
                yield from _targets(servers)


def _tasks(service: VpcService) -> Watched:
    return Watched(
        f"{service.node.id}Tasks",
        of_service(service.service.cluster.cluster_name, service.service.service_name, "CPUUtilization"),
        service.tasks,
        f"Fewer than {service.tasks} tasks of {service.node.id} have run for {_MINUTES} minutes.",
        "The service's events say why one doesn't start or is stopped; the log of the container, why it ended. A "
        "login that is refused ends an application that doesn't wait.",
        _MINUTES,
        below=True,
        missing=Missing.BREACHING,
    )


def _instances(servers: VpcServers) -> Watched:
    return Watched(
        f"{servers.node.id}Instances",
        of_servers(servers.group.auto_scaling_group_name, "GroupInServiceInstances"),
        servers.servers,
        f"Fewer than {servers.servers} instances of {servers.node.id} have been in service for {_MINUTES} minutes.",
        "The activity of the Auto Scaling group says why one doesn't start; the console output of an instance, what "
        "its user data did.",
        _MINUTES,
        below=True,
        missing=Missing.BREACHING,
    )


def _targets(workload: VpcService | VpcServers) -> Iterator[Watched]:
    """Of those that stand behind a load balancer."""
    if (balancer := workload.load_balancer) is None or (targets := workload.target_group) is None:
        return
    names = balancer.load_balancer_full_name, targets.target_group_full_name
    yield Watched(
        f"{workload.node.id}Unhealthy",
        of_targets(*names, "UnHealthyHostCount"),
        1,
        f"A target of {workload.node.id}'s load balancer hasn't answered its health check for {_MINUTES} minutes.",
        "The target group says why: a timeout is a path that is closed or a process that hangs; a code, what the "
        "application answered, whose log says the rest.",
        _MINUTES,
    )
