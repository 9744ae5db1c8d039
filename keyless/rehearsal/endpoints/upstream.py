"""Connections from the gate to PostgreSQL and from the proxy to the gate, with verified TLS."""

import asyncio
import socket
import ssl
from dataclasses import dataclass

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import RawReader, Stream, connect, without_delay
from keyless.rehearsal.endpoints.protocol.wire import Packet, Refusal

_SECONDS = 10.0


@dataclass(frozen=True)
class Upstream:
    """`host` is the name the server's certificate must be for; `source` the local address to connect from."""

    host: str
    address: str
    port: int
    source: str | None = None

    async def open(self, tls: ssl.SSLContext) -> Stream:
        """A TLS connection, before the startup message. Raises Refusal when the server can't be reached."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._open(tls)
        except (OSError, asyncio.IncompleteReadError) as error:  # ssl.SSLError and TimeoutError are OSErrors
            raise Refusal(
                "08006", "could not connect to the database", f"{self.address}:{self.port}: {error!r}"
            ) from error

    async def cancel(self, request: Packet) -> None:
        """Send a CancelRequest, which has no answer but the closing of the connection."""
        async with asyncio.timeout(_SECONDS):
            with self._socket() as sock:
                loop = asyncio.get_running_loop()
                await loop.sock_connect(sock, (self.address, self.port))
                await loop.sock_sendall(sock, wire.packet(wire.CANCEL_REQUEST, request.body))
                await loop.sock_recv(sock, 1)

    async def _open(self, tls: ssl.SSLContext) -> Stream:
        sock, loop = self._socket(), asyncio.get_running_loop()
        try:
            await loop.sock_connect(sock, (self.address, self.port))
            await loop.sock_sendall(sock, wire.packet(wire.SSL_REQUEST))
            if await RawReader(sock).readexactly(1) != b"S":
                raise ConnectionRefusedError("the database does not offer TLS")
            return await connect(sock, tls, self.host)
        except BaseException:
            sock.close()
            raise

    def _socket(self) -> socket.socket:
        sock = socket.socket()
        without_delay(sock)
        if self.source is not None:
            sock.bind((self.source, 0))
        return sock
