"""What an endpoint is: where it listens, and what answers there. `listening` makes it run."""

import socket
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

    async def converse(self, sock: socket.socket) -> None:
        """Serve one client, from its first byte to its last. The socket is closed by the caller."""


class PostgreSQLService(Service, Protocol):
    """One that speaks PostgreSQL's protocol; see `conversation`."""

    @property
    def events(self) -> Events: ...
    @property
    def tls(self) -> ssl.SSLContext: ...
    @property
    def direct_tls(self) -> bool:
        """Whether a client may begin with the TLS handshake (`sslnegotiation=direct`)."""

    @property
    def login_seconds(self) -> float: ...

    async def serve(self, client: Stream, login: Login) -> None:
        """Log the client in and carry its session to the end. Raises Refusal."""

    async def cancel(self, request: Packet) -> None:
        """Do what the endpoint does with a CancelRequest. The database checks its key."""
