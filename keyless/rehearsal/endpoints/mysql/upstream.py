"""Connections from the gate to the server and from the proxy to the gate."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.endpoints.mysql.protocol import packets
from keyless.rehearsal.endpoints.mysql.protocol.packets import ERROR, ForwardedRefusal, MalformedError
from keyless.rehearsal.endpoints.protocol.streams import RawReader, Stream, accept, connect, without_delay

_SECONDS = 10.0


@dataclass(frozen=True)
class Upstream:
    """`host` is the name that the server's certificate must be for."""

    host: str
    address: str
    port: int

    @asynccontextmanager
    async def greeted(self) -> AsyncIterator[tuple[socket.socket, int, bytes]]:
        """A connected socket, and the number and payload of the greeting. Raises Denial when there is none."""
        with socket.socket() as sock:
            without_delay(sock)
            try:
                async with asyncio.timeout(_SECONDS):
                    await asyncio.get_running_loop().sock_connect(sock, (self.address, self.port))
                    number, greeting = await packets.read(RawReader(sock))
            except (OSError, asyncio.IncompleteReadError, MalformedError) as error:  # TimeoutError is an OSError
                reason = f"{self.address}:{self.port}: {error!r}"
                raise Denial("could not connect to the database", reason) from error
            if greeting[:1] == ERROR:
                raise ForwardedRefusal(greeting)
            yield sock, number, greeting

    async def stream(self, sock: socket.socket, tls: ssl.SSLContext | None) -> Stream:
        """The socket as a stream, after the handshake when there is TLS."""
        async with asyncio.timeout(_SECONDS):
            return await accept(sock, None) if tls is None else await connect(sock, tls, self.host)
