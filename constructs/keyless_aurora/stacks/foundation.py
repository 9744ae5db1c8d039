"""What a stack of the app's own stands on."""

from dataclasses import dataclass

from keyless_aurora.access.client_access import ClientAccess
from keyless_aurora.functions.platform import LambdaPlatform
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.vpc import Network


@dataclass(frozen=True)
class Foundation:
    network: Network
    access: ClientAccess
    """Gives a function what it needs to reach the database as one user."""
    logs: LogGroups
    platform: LambdaPlatform
    """What the bundles are built for."""
