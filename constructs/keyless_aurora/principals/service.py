"""A Fargate service that is given access, whoever made it: one of ours, or any `aws_ecs.FargateService`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self, cast

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from keyless_aurora.containers.service import VpcService
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals.groups import ForeignGroup, elsewhere
from keyless_aurora.principals.principal import Held

AnyService = VpcService | ecs.FargateService
_DEFAULT_TASKS: Final = 1
"""AWS::ECS::Service, DesiredCount."""
_VERSIONS: Final = 2
"""That run at once while one takes over from the other. What a service says of it can't be read (aws-cdk-lib 2.275: the
property has lazy values that jsii refuses), so that it counts as twice its tasks, which is ECS's default."""
_SCALED: Final = "TaskCount/Target/Resource"
"""Where the CDK keeps what `auto_scale_task_count` makes."""


@dataclass(frozen=True)
class ServicePrincipal:
    """Each of its tasks has a pool."""

    scope: Construct
    service: ecs.FargateService
    role: iam.IRole
    security_group: Peer
    held: Held
    seconds: ClassVar[None] = None
    one_user: ClassVar[bool] = True
    logs_in: ClassVar[bool] = True

    @classmethod
    def of(cls, given: AnyService, connections: int | None) -> Self:
        service = given.service if isinstance(given, VpcService) else given
        group: Peer = (
            given.security_group
            if isinstance(given, VpcService)
            else ForeignGroup(given.connections.security_groups[0])
        )
        tasks = _most_tasks(service)
        held = Held(None if connections is None else connections * tasks, f"{tasks} tasks with {connections} each")
        return cls(given, service, service.task_definition.task_role, group, held)

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """By the variables of its first essential container, whose image brings the client."""
        container = cast(ecs.ContainerDefinition, self.service.task_definition.default_container)
        for name, value in settings.items():
            container.add_environment(name, value)


def _most_tasks(service: ecs.FargateService) -> int:
    """At once: old and new ones, while a new version takes over."""
    target = _scaled(service)
    wanted = target.max_capacity if target else cast(ecs.CfnService, service.node.find_child("Service")).desired_count
    return int(wanted or _DEFAULT_TASKS) * _VERSIONS


def _scaled(service: ecs.FargateService) -> scaling.CfnScalableTarget | None:
    found: IConstruct | None = service
    for name in _SCALED.split("/"):
        found = found.node.try_find_child(name) if found else None
    return found if isinstance(found, scaling.CfnScalableTarget) else None


def problems(given: AnyService, network: Network) -> Iterator[str]:
    """Why it can't be given access, whatever the access: a sentence each."""
    if isinstance(given, VpcService):
        yield from elsewhere(given, [given.security_group], network)
        return
    if given.task_definition.default_container is None:
        yield "it has no container yet, which could be told how to connect; allowed: a grant after `add_container`"
    groups: list[IConstruct] = [*given.connections.security_groups]
    yield from elsewhere(given, groups, network)
