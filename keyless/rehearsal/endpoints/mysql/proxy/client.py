"""How the proxy greets a client and authenticates it: by a token of IAM's, or by the password of a secret."""

import hmac
import secrets
from dataclasses import replace

from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets, proofs
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer, Greeting
from keyless.rehearsal.endpoints.mysql.protocol.packets import Side

_NOT_OFFERED = handshake.COMPRESS | handshake.ZSTD
""" "RDS Proxy doesn't support compressed mode" (AuroraUserGuide, "RDS Proxy limitations")."""


def greeting(database: Greeting, thread: int) -> Greeting:
    """The proxy's own: the database's version and abilities, with a nonce that only this client sees."""
    nonce = bytes(secrets.choice(range(1, 128)) for _ in range(20))
    capabilities = database.capabilities & ~_NOT_OFFERED
    return replace(database, thread=thread, nonce=nonce, capabilities=capabilities)


def asked(answer: Answer) -> Answer:
    """The client's answer without what it wasn't offered."""
    capabilities = answer.capabilities & ~_NOT_OFFERED
    return replace(answer, fixed=capabilities.to_bytes(4, "little") + answer.fixed[4:])


async def token(client: Side) -> str:
    """The token that the client shows when it is asked, inside TLS."""
    await client.send(packets.switch(packets.CLEAR_PASSWORD))
    return (await client.read()).removesuffix(b"\0").decode(errors="replace")


async def proves(client: Side, password: str, greeted: Greeting) -> bool:
    """Whether the client proves that it knows the password, which it never sends."""
    plugin = greeted.plugin if proofs.known(greeted.plugin) else proofs.CACHING_SHA2
    await client.send(packets.switch(plugin, greeted.nonce + b"\0"))
    right = hmac.compare_digest(await client.read(), proofs.proof(plugin, password, greeted.nonce))
    if right and password and plugin == proofs.CACHING_SHA2:
        await client.send(proofs.FAST)
    return right and bool(password)
