"""Both sides of SCRAM-SHA-256 in PostgreSQL's wire protocol, by the library scramp.

Without channel binding: the proxy that speaks it is another server than the database behind it.
https://www.postgresql.org/docs/17/sasl-authentication.html
"""

import asyncio
import struct

from scramp import ScramClient, ScramException, ScramMechanism  # type: ignore[import-untyped]

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import Refusal

_MECHANISM = "SCRAM-SHA-256"
_REQUEST, _CONTINUE, _FINAL = 10, 11, 12
_NOBODY = "*"
"""PostgreSQL knows the user from the startup message and ignores SCRAM's."""


async def client_proves(client: Stream, password: str, seconds: float) -> bool:
    """Whether a client proves that it knows the password.

    Raises TimeoutError when it sends nothing in time, Refusal when it sends something other than SCRAM.
    """
    mechanism = ScramMechanism(_MECHANISM)
    known = mechanism.make_auth_info(password)
    server = mechanism.make_server(lambda _: known)
    await client.send(_request(_REQUEST, _MECHANISM.encode() + b"\0\0"))
    try:
        server.set_client_first(_initial(await _response(client, seconds)))
        await client.send(_request(_CONTINUE, server.get_server_first().encode()))
        server.set_client_final((await _response(client, seconds)).decode())
    except (ScramException, UnicodeDecodeError):
        return False
    await client.send(_request(_FINAL, server.get_server_final().encode()))
    return True


def requested(kind: bytes, body: bytes) -> bool:
    """Whether a server's message requests SCRAM."""
    return kind == b"R" and _code(body) == _REQUEST and _MECHANISM.encode() in body[4:].split(b"\0")


async def prove_password(server: Stream, password: str) -> tuple[bytes, bytes]:
    """Prove to a server that we know the password, and have it prove the same; the message that it sends next.

    That message is an error when the password is wrong. Raises Refusal when the server doesn't know the password
    itself.
    """
    client = ScramClient([_MECHANISM], _NOBODY, password)
    first = client.get_client_first().encode()
    await server.send(wire.message(b"p", _MECHANISM.encode() + b"\0" + struct.pack("!I", len(first)) + first))
    kind, body = await wire.read_message(server.reader)
    if kind != b"R" or _code(body) != _CONTINUE:
        return kind, body
    client.set_server_first(body[4:].decode())
    await server.send(wire.message(b"p", client.get_client_final().encode()))
    kind, body = await wire.read_message(server.reader)
    if kind != b"R" or _code(body) != _FINAL:
        return kind, body
    try:
        client.set_server_final(body[4:].decode())
    except ScramException as error:
        raise Refusal("08P01", "the database does not know the password itself") from error
    return await wire.read_message(server.reader)


def _request(code: int, data: bytes) -> bytes:
    return wire.message(b"R", struct.pack("!I", code) + data)


def _code(body: bytes) -> int:
    return int.from_bytes(body[:4], "big")


async def _response(client: Stream, seconds: float) -> bytes:
    async with asyncio.timeout(seconds):
        kind, body = await wire.read_message(client.reader)
    if kind != b"p":
        raise Refusal("08P01", "expected SASL response")
    return body


def _initial(body: bytes) -> str:
    """The data of a SASLInitialResponse. Raises ScramException when it is malformed or of another mechanism."""
    mechanism, _, rest = body.partition(b"\0")
    if mechanism != _MECHANISM.encode() or len(rest) < 4 or len(rest) - 4 != int.from_bytes(rest[:4], "big"):
        raise ScramException("malformed or of another mechanism")
    return rest[4:].decode()
