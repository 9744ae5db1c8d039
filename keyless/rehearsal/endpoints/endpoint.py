"""What an endpoint is: where it listens, and what answers there. `listening` makes it run."""

import ssl
from dataclasses import dataclass
from typing import Protocol

from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import Login, Packet


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as deployed, and the loopback address that stands in for it."""

    host: str
    resource_id: str
    """`cluster-…` or `prx-…`: the resource of `rds-db:connect`."""
    address: str
    port: int = 5432


class Service(Protocol):
    """What answers at an endpoint."""

    @property
    def endpoint(self) -> Endpoint: ...
    @property
    def events(self) -> Events: ...
    @property
    def tls(self) -> ssl.SSLContext: ...
    @property
    def login_seconds(self) -> float: ...

    async def serve(self, client: Stream, login: Login) -> None:
        """Log the client in and carry its session to the end. Raises Refusal."""

    async def cancel(self, request: Packet) -> None:
        """Hand a CancelRequest on; the database checks its key."""
