"""What the stand-ins of a deployment's endpoints are made with, whatever the engine."""

from collections.abc import Callable
from dataclasses import dataclass

from botocore.credentials import Credentials

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.deployment.resources import Deployed
from keyless.rehearsal.emulator.cloud import Cloud
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pins
from keyless.rehearsal.servers.certificates import Authority


@dataclass(frozen=True)
class Around:
    cloud: Cloud
    deployed: Deployed
    authority: Authority
    """Issues the endpoints' certificates."""
    judge: Judge
    events: Events
    """Of every login, as the judge's."""
    pins: Pins
    """Of every session at the proxy."""
    delays: Delays = PUNCTUAL
    """How late the stand-ins are."""

    @property
    def credentials(self) -> Callable[[], Credentials]:
        """Fresh ones of the proxy's role."""
        return lambda: self.cloud.role_session(self.deployed.proxy["RoleArn"], "rds.amazonaws.com").credentials
