"""Sockets with and without TLS as asyncio streams, and bytes relayed between two of them."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.servers.certificates import Certificate

_SHUTDOWN_SECONDS = 2.0
_CHUNK = 65_536
ALPN = "postgresql"
"""The protocol's name in a TLS handshake; a client that begins with the handshake must say it."""


@dataclass(frozen=True)
class Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls: bool

    @property
    def peer(self) -> str:
        """The other side's address."""
        return str(self.writer.get_extra_info("peername")[0])

    @property
    def alpn(self) -> str | None:
        """What the handshake agreed on to speak."""
        chosen: str | None = self.writer.get_extra_info("ssl_object").selected_alpn_protocol() if self.tls else None
        return chosen

    async def send(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def close(self) -> None:
        """Deliver what was written, as long as the other side takes it, then close."""
        self.writer.close()
        try:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_SHUTDOWN_SECONDS):
                    await self.writer.wait_closed()
        finally:
            with contextlib.suppress(AttributeError):  # Python 3.11.2, of Debian 12, can't abort a closed TLS transport
                self.writer.transport.abort()


class RawReader:
    """Reads exactly as many bytes as requested from a socket.

    So nothing sent before a TLS handshake can be taken for something sent inside it (CVE-2021-23214).
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def readexactly(self, n: int, /) -> bytes:
        read = bytearray()
        while len(read) < n:
            chunk = await asyncio.get_running_loop().sock_recv(self._sock, n - len(read))
            if not chunk:
                raise asyncio.IncompleteReadError(bytes(read), n)
            read += chunk
        return bytes(read)


async def first_byte(sock: socket.socket) -> bytes:
    """Left where it is, for whoever reads on; empty when nothing comes any more."""
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(BlockingIOError):
            return sock.recv(1, socket.MSG_PEEK)
        readable = asyncio.Event()
        loop.add_reader(sock, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(sock)


def without_delay(sock: socket.socket) -> None:
    """Make a socket non-blocking and send its small messages at once, as asyncio does for its own sockets only."""
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def accept(sock: socket.socket, tls: ssl.SSLContext | None) -> Stream:
    """The server's side of an accepted connection, after the handshake when there is TLS."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    shutdown = None if tls is None else _SHUTDOWN_SECONDS
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, sock, ssl=tls, ssl_shutdown_timeout=shutdown)
    return Stream(reader, asyncio.StreamWriter(transport, protocol, reader, loop), tls is not None)


async def connect(sock: socket.socket, tls: ssl.SSLContext, host: str) -> Stream:
    """The client's side of a connected socket, after a handshake with a server whose certificate is for `host`."""
    reader, writer = await asyncio.open_connection(
        sock=sock, ssl=tls, server_hostname=host, ssl_shutdown_timeout=_SHUTDOWN_SECONDS
    )
    return Stream(reader, writer, tls=True)


async def relay(client: Stream, server: Stream, noticed: Callable[[bytes], Awaitable[None]] | None = None) -> None:
    """Carry bytes both ways until one side ends. `noticed` sees what the client sends, before the server gets it, and
    may end the session by a Denial, which is raised."""
    pumps = [asyncio.create_task(_pump(client, server, noticed)), asyncio.create_task(_pump(server, client))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        ends = await asyncio.gather(*pumps, return_exceptions=True)
    for end in ends:
        if isinstance(end, Denial):
            raise end


async def _pump(source: Stream, target: Stream, noticed: Callable[[bytes], Awaitable[None]] | None = None) -> None:
    while content := await source.reader.read(_CHUNK):
        if noticed is not None:
            await noticed(content)
        await target.send(content)


def server_context(certificate: Certificate, protocol: str | None = ALPN) -> ssl.SSLContext:
    """For clients of the protocol of that name in a handshake, if it has one there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate.chain, certificate.key)
    if protocol is not None:
        context.set_alpn_protocols([protocol])
    return context
