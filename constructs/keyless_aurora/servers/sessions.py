"""Session Manager instead of SSH: what a server's agent may do, and its way there."""

from itertools import chain

from aws_cdk import aws_iam as iam
from constructs import Construct

from keyless_aurora.acknowledge import NAG, acknowledge
from keyless_aurora.network.egress import open_egress
from keyless_aurora.network.security_group import HTTPS_PORT, Peer, open_path
from keyless_aurora.network.sessions import AGENT
from keyless_aurora.network.vpc import Network
from keyless_aurora.settings.checked import made_at
from keyless_aurora.settings.egress import Egress
from keyless_aurora.settings.error import UnfitError


def let_sessions(role: iam.Role) -> None:
    """Let the agent of a server with that role offer sessions: nothing else of Systems Manager, and no parameter."""
    role.add_to_policy(iam.PolicyStatement(actions=[*chain(*AGENT.values())], resources=["*"]))
    acknowledge(
        role,
        NAG + "IAM5[Resource::*]",
        "Session Manager's channels know no narrower resource, and the instance that reports itself isn't there yet. "
        "Reading parameters, documents and commands is not among them.",
    )


def open_sessions(scope: Construct, group: Peer, network: Network) -> None:
    """The way to Session Manager from `group`: its endpoints in the network, or NAT.

    Raises:
        UnfitError: when the network has neither.
    """
    for number, endpoint in enumerate(network.sessions, start=1):
        open_path(
            scope,
            f"ToSessions{number}",
            source=group,
            target=endpoint,
            port=HTTPS_PORT,
            description=f"{scope.node.id} to Session Manager",
        )
    if network.sessions:
        return
    if network.settings.nat:
        open_egress(scope, group, network, Egress.INTERNET)
    else:
        settings = network.settings
        raise UnfitError(
            type(settings).__name__,
            [
                "sessions: a server needs a way to Session Manager, and the network has none; allowed: sessions=True "
                "(sessions_endpoint_group of a network that exists), or nat=True"
            ],
            at=made_at(settings),
        )
