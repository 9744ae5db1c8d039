"""A client's conversation with a service that speaks PostgreSQL's protocol, up to and after its login."""

import asyncio
import contextlib
import socket

from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.endpoints.endpoint import PostgreSQLService
from keyless.rehearsal.endpoints.events import Event
from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import ALPN, RawReader, Stream, accept, first_byte
from keyless.rehearsal.endpoints.protocol.wire import Packet


async def converse(service: PostgreSQLService, sock: socket.socket) -> None:
    """One client, from its first byte to its last. A client that breaks off or sends nothing is dropped."""
    client, user = None, ""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        try:
            async with asyncio.timeout(service.login_seconds):
                client, opening = await _greet(service, sock)
            if opening.code == wire.CANCEL_REQUEST:
                await service.cancel(opening)
                return
            login = wire.login(opening)
            user = login.user
            await service.serve(client, login)
        except Denial as denial:
            service.events.record(Event(service.endpoint.host, user, False, denial.principal, denial.reason))
            if client is not None:
                await client.send(wire.answer(denial))
        finally:
            if client is not None:
                await client.close()


async def _greet(service: PostgreSQLService, sock: socket.socket) -> tuple[Stream, Packet]:
    """The client's stream, with TLS if it requested that, and its first packet after the encryption requests."""
    if service.direct_tls and await first_byte(sock) == wire.TLS_HANDSHAKE:
        return await _encrypted(service, sock, direct=True)
    while (opening := await wire.read_packet(RawReader(sock))).code == wire.GSS_REQUEST:
        await asyncio.get_running_loop().sock_sendall(sock, b"N")
    if opening.code != wire.SSL_REQUEST:
        return await accept(sock, None), opening
    await asyncio.get_running_loop().sock_sendall(sock, b"S")
    return await _encrypted(service, sock, direct=False)


async def _encrypted(service: PostgreSQLService, sock: socket.socket, *, direct: bool) -> tuple[Stream, Packet]:
    """Raises ConnectionAbortedError for a client that began with a handshake for something else: PostgreSQL hangs up on
    it without a word."""
    client = await accept(sock, service.tls)
    try:
        if direct and client.alpn != ALPN:
            raise ConnectionAbortedError
        return client, await wire.read_packet(client.reader)
    except BaseException:
        await client.close()
        raise
