"""What a grant needs of whoever is given access, whatever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.functions.client_layer import ClientLayer
from keyless_aurora.network.security_group import Peer


@dataclass(frozen=True)
class Held:
    """How many connections a principal holds open at most, all of its processes together."""

    most: int | None
    """None: nobody knows."""
    why: str
    """Where that number comes from, for the connection budget."""


class Principal(Protocol):
    """Each kind has a class, which is made of what `allowed.problems` finds nothing wrong with."""

    @property
    def scope(self) -> Construct:
        """In whose stack the rights and paths are made, and under which they stand."""
        ...

    @property
    def role(self) -> iam.IRole: ...

    @property
    def security_group(self) -> Peer | None:
        """None: it is not in the network, and finds its way by itself."""
        ...

    @property
    def seconds(self) -> float | None:
        """When it is ended, whatever it waits for; None: never."""
        ...

    @property
    def held(self) -> Held: ...

    @property
    def one_user(self) -> bool:
        """Whether it logs in as one user only, the one that its settings name."""
        ...

    @property
    def logs_in(self) -> bool:
        """Whether it logs in itself, with the right of its role. Through a bastion people do, with rights of their
        own."""
        ...

    def tell(self, settings: Mapping[str, str], client: ClientLayer | None) -> None:
        """Let it know what `keyless_client.connect()` reads, and have the client. None: there is none for its
        database."""
        ...


def took_policies(role: iam.IRole) -> bool:
    """Whether it has what was added to it. The CDK pretends that an immutable one took it: only the policy itself
    tells."""
    return isinstance(role, iam.Role) or isinstance(role.node.try_find_child("Policy"), iam.Policy)
