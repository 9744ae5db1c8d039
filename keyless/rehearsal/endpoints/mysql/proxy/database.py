"""How the proxy logs in to the database, as the client's user: with a token of its own or with a secret's password."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from keyless.rehearsal.endpoints.denial import Denial, NoCredentialsError
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets, proofs
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer, Greeting
from keyless.rehearsal.endpoints.mysql.protocol.packets import (
    ERROR,
    MORE,
    OK,
    SWITCH,
    ForwardedRefusal,
    MalformedError,
    Side,
)
from keyless.rehearsal.endpoints.mysql.upstream import Upstream

_NOT_IAM = "the database asked for a password: the account is not one of AWSAuthenticationPlugin"


@asynccontextmanager
async def connected(upstream: Upstream, trust: ssl.SSLContext, answer: Answer) -> AsyncIterator[tuple[Side, Greeting]]:
    """The database after the TLS handshake, and its greeting. Raises Denial.

    Parameters:
        answer: the client's, whose capabilities and character set are the session's.
    """
    async with upstream.greeted() as (sock, number, greeting):
        fixed = tls_request(answer)
        await asyncio.get_running_loop().sock_sendall(sock, packets.packet(number + 1, fixed))
        try:
            stream = await upstream.stream(sock, trust)
        except OSError as error:
            reason = f"{upstream.address}:{upstream.port}: {error!r}"
            raise Denial("could not connect to the database", reason) from error
        try:
            yield Side(stream, number + 1), Greeting.parse(greeting)
        finally:
            await stream.close()


def tls_request(answer: Answer) -> bytes:
    """What an SSLRequest has, and the answer inside TLS begins with."""
    return struct.pack("<I", answer.capabilities | handshake.TLS) + answer.fixed[4:]


async def log_in(server: Side, greeting: Greeting, answer: Answer, secret: str, *, token: bool) -> bytes:
    """The database's OK. Raises Denial, with the database's own error if any.

    Parameters:
        secret: the token, or the password.
    """
    proof = b"" if token or not proofs.known(greeting.plugin) else proofs.proof(greeting.plugin, secret, greeting.nonce)
    plugin = handshake.NO_PLUGIN if token else greeting.plugin
    await server.send(replace(answer, fixed=tls_request(answer), proof=proof, plugin=plugin).build())
    while (reply := await _reply(server))[:1] != OK:
        if reply[:1] == ERROR:
            whose = "own role" if token else "secret"
            raise ForwardedRefusal(reply, f"the database refused the proxy's {whose}: {packets.error_text(reply)}")
        if reply[:1] == SWITCH:
            await server.send(_switched(reply, answer, secret, token=token))
        elif reply == proofs.FULL and not token:
            await server.send(secret.encode() + b"\0")
        elif reply[:1] != MORE or token:
            raise NoCredentialsError(answer.user_name, _NOT_IAM)
    return reply


def _switched(request: bytes, answer: Answer, secret: str, *, token: bool) -> bytes:
    plugin, nonce = packets.switched(request)
    if plugin == packets.CLEAR_PASSWORD:
        return secret.encode() + b"\0"
    if token or not proofs.known(plugin):
        raise NoCredentialsError(answer.user_name, _NOT_IAM)
    return proofs.proof(plugin, secret, nonce)


async def _reply(server: Side) -> bytes:
    try:
        return await server.read()
    except (OSError, asyncio.IncompleteReadError, MalformedError) as error:
        raise Denial("the database broke off the login", repr(error)) from error
