"""Servers that are given access, whoever made them: a group of ours, or any instance or Auto Scaling group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, cast

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals.groups import ForeignGroup, elsewhere
from keyless_aurora.principals.principal import Held
from keyless_aurora.servers.servers import VpcServers
from keyless_aurora.servers.user_data import file_problems, settings_file

AnyServers = VpcServers | ec2.Instance | autoscaling.AutoScalingGroup


@dataclass(frozen=True)
class ServersPrincipal:
    """Each instance has a pool."""

    scope: Construct
    servers: AnyServers
    role: iam.IRole
    security_group: Peer
    held: Held
    seconds: ClassVar[None] = None
    one_user: ClassVar[bool] = True
    logs_in: ClassVar[bool] = True

    @classmethod
    def of(cls, given: AnyServers, connections: int | None) -> Self:
        most = _most(given)
        held = Held(None if connections is None else connections * most, f"{most} instances with {connections} each")
        group: Peer = (
            given.security_group
            if isinstance(given, VpcServers)
            else ForeignGroup(given.connections.security_groups[0])
        )
        return cls(given, given, given.role, group, held)

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """By a file that each instance writes when it starts; its image brings the client."""
        if isinstance(self.servers, VpcServers):
            self.servers.tell(settings)
        else:
            self.servers.user_data.add_commands(*settings_file(settings))


def _most(given: AnyServers) -> int:
    if isinstance(given, VpcServers):
        return given.most
    if isinstance(given, ec2.Instance):
        return 1
    return int(cast(autoscaling.CfnAutoScalingGroup, given.node.find_child("ASG")).max_size)


def problems(given: AnyServers, network: Network, *, user: str, database: str) -> Iterator[str]:
    """Why they can't be given access, whatever the access: a sentence each."""
    yield from file_problems(user=user, database=database)
    groups: list[IConstruct] = (
        [given.security_group] if isinstance(given, VpcServers) else [*given.connections.security_groups]
    )
    yield from elsewhere(given, groups, network)
