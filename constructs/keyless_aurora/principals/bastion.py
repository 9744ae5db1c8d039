"""A bastion that people come through: it is given the way, and each of them has the right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from db_access.spec import User
from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import Peer
from keyless_aurora.network.vpc import Network
from keyless_aurora.principals.groups import elsewhere
from keyless_aurora.principals.principal import Held
from keyless_aurora.servers.bastion import Bastion


@dataclass(frozen=True)
class BastionPrincipal:
    """Of one person."""

    scope: Construct
    role: iam.IRole
    security_group: Peer
    held: Held
    seconds: ClassVar[None] = None
    one_user: ClassVar[bool] = False
    logs_in: ClassVar[bool] = False

    @classmethod
    def of(cls, bastion: Bastion, connections: int | None) -> Self:
        return cls(bastion, bastion.role, bastion.security_group, Held(connections, "a person's"))

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """Nobody: the settings are the person's own."""


def problems(bastion: Bastion, network: Network, user: User | None) -> Iterator[str]:
    """Why `user` can't come through it: a sentence each."""
    if user is not None and user.auth_method != "iam":
        yield (
            f"user {user.username!r} has auth_method: {user.auth_method}, and people log in with tokens of their own; "
            "allowed: auth_method: iam"
        )
    groups: list[IConstruct] = [bastion.security_group]
    yield from elsewhere(bastion, groups, network)
