"""A bastion: where people's port forwards come out, next to the database, without a key, an open port or a right."""

from typing import Final

from aws_cdk import Stack, Tags
from constructs import Construct

from keyless_aurora.network.vpc import Network
from keyless_aurora.servers.servers import AMAZON_LINUX, VpcServers
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.error import UnfitError

TAG: Final = "keyless-bastion"
"""On the instance, with the stack's name: whose policies name the bastion by it, since its id changes."""


class Bastion(VpcServers):
    """One instance that Session Manager forwards ports through, from people's machines to the database or its proxy.

    Nothing is let into its group, and nothing out of it but to Session Manager's endpoints and, for each person whom
    `access.grant(bastion, user=…)` names, to where that user logs in. Its role offers sessions and has no other right:
    people log in with tokens of their own. It has no user data and is replaced when it fails.

    Args:
        image: as of VpcServers; it must have Systems Manager's agent.

    Raises:
        UnfitError: when the network has no endpoints for Session Manager. By NAT, whoever forwards a port could reach
            every address of the internet.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: Network,
        image: str = AMAZON_LINUX,
        instance_type: str = "t4g.nano",
        disk_gib: int = 8,
    ) -> None:
        if not network.sessions:
            raise UnfitError(
                type(network.settings).__name__,
                [
                    "sessions: a bastion needs Session Manager's endpoints, since by NAT it would reach the whole "
                    "internet; allowed: sessions=True (sessions_endpoint_group of a network that exists)"
                ],
                at=made_at(network.settings),
            )
        super().__init__(
            scope,
            id,
            network=network,
            description="Bastion: ports of people, by Session Manager",
            servers=1,
            image=image,
            instance_type=instance_type,
            disk_gib=disk_gib,
        )
        Tags.of(self.group).add(TAG, Stack.of(self).stack_name)
