"""The database endpoint's stand-in: IAM authentication in front of a server without AWS's plugin.

The server decides whether an account is IAM's: it asks for mysql_clear_password, by the stand-in of
AWSAuthenticationPlugin. The judge decides about the client's token, and the gate sends the plugin's key in its place.
Anything else, such as caching_sha2_password, passes through. For the rehearsal only.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from keyless.rehearsal.emulator.iam.verdict import Judge, Verdict
from keyless.rehearsal.endpoints.authorization import in_thread, judge_token
from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer
from keyless.rehearsal.endpoints.mysql.protocol.packets import (
    ERROR,
    OK,
    ForwardedRefusal,
    MalformedError,
    Refusal,
    Side,
)
from keyless.rehearsal.endpoints.mysql.protocol.proofs import FAST
from keyless.rehearsal.endpoints.mysql.upstream import Upstream
from keyless.rehearsal.endpoints.protocol.streams import RawReader, accept, relay, server_context
from keyless.rehearsal.servers.certificates import Certificate
from keyless.rehearsal.servers.mysql.server import Server

_NO_TOKEN = Verdict(False, "", "")
_NO_KEY = b"\0"
"""What the plugin never takes. Then the server says what it says to a wrong password."""


@dataclass(frozen=True)
class GateSettings:
    """The settings that decide about logins, as deployed."""

    require_secure_transport: bool
    """Of the parameter group."""
    iam_enabled: bool
    """`EnableIAMDatabaseAuthentication`."""


class Gate:
    """A service for `Endpoints`.

    Parameters:
        endpoint: the database's.
        server: running; whether it requires TLS is the gate's to say from now on.
        certificate: for the endpoint's host.
        settings: the database's, read at each login, in a thread.
        login_seconds: how long a client may take for its login.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        server: Server,
        *,
        certificate: Certificate,
        judge: Judge,
        settings: Callable[[], GateSettings],
        events: Events,
        login_seconds: float = 30.0,
    ) -> None:
        server.require_secure_transport(False)
        self.endpoint, self._events, self._seconds = endpoint, events, login_seconds
        self._tls, self._server_tls = server_context(certificate, None), server.tls()
        self._upstream = Upstream("localhost", server.address, server.port)
        self._judge, self._settings, self._key = judge, settings, server.key
        self._most_characters = server.kind.name_characters

    async def converse(self, sock: socket.socket) -> None:
        """Serve one client. One that breaks off, sends nothing in time or no packet of a login is dropped."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, MalformedError):
            try:
                async with self._upstream.greeted() as (below, number, greeting):
                    await asyncio.get_running_loop().sock_sendall(sock, packets.packet(number, greeting))
                    await self._serve(sock, below)
            except Denial as denial:  # before the client has said who it is
                self._refused("", denial)
                await asyncio.get_running_loop().sock_sendall(sock, packets.packet(0, packets.answer(denial)))

    async def _serve(self, sock: socket.socket, below: socket.socket) -> None:
        async with asyncio.timeout(self._seconds) as patience, self._sides(sock, below) as (client, server, opening):
            answer = Answer.parse(opening)
            try:
                await self._log_in(client, server, answer)
            except Denial as denial:
                self._refused(answer.user_name, denial)
                await client.send(packets.answer(denial))
                return
            patience.reschedule(None)
            await relay(client.stream, server.stream)

    @contextlib.asynccontextmanager
    async def _sides(self, sock: socket.socket, below: socket.socket) -> AsyncIterator[tuple[Side, Side, bytes]]:
        """Both with TLS if the client requested that, else both without; and the client's answer to the greeting."""
        number, opening = await packets.read(RawReader(sock))
        secure = handshake.requests_tls(opening)
        if secure:
            await asyncio.get_running_loop().sock_sendall(below, packets.packet(number, opening))
        async with contextlib.AsyncExitStack() as opened:
            client = await accept(sock, self._tls if secure else None)
            opened.push_async_callback(client.close)
            server = await self._upstream.stream(below, self._server_tls if secure else None)
            opened.push_async_callback(server.close)
            last = number
            if secure:
                number, opening = await packets.read(client.reader)
            yield Side(client, number), Side(server, last if secure else number - 1), opening

    async def _log_in(self, client: Side, server: Side, answer: Answer) -> None:
        """Until the server lets the client in. Raises Denial."""
        settings = await in_thread(self._settings, "reading the database's settings")
        if settings.require_secure_transport and not client.stream.tls:
            text = "Connections using insecure transport are prohibited while --require_secure_transport=ON."
            raise Refusal(packets.INSECURE_TRANSPORT, "HY000", text)
        await server.send(answer.without_token().build())
        verdict = _NO_TOKEN
        while (reply := await server.read())[:1] not in (OK, ERROR):
            if packets.asks_for_token(reply):
                verdict = await self._check(client, answer, reply, settings)
                await server.send(self._key.encode() if verdict.allowed else _NO_KEY)
                continue
            await client.send(reply)
            if reply[:2] != FAST:
                await server.send(await client.read())
        if reply[:1] == ERROR:
            raise ForwardedRefusal(reply, "" if verdict.allowed else verdict.reason, verdict.principal)
        await client.send(reply)

    async def _check(self, client: Side, answer: Answer, request: bytes, settings: GateSettings) -> Verdict:
        """The verdict on the token of a client that is let in by IAM only. One that couldn't count isn't asked for."""
        if not client.stream.tls:
            return Verdict(False, "", "a token is taken inside TLS only")
        if not settings.iam_enabled:
            return Verdict(False, "", "IAM authentication is off")
        if not answer.may_show_token(self._most_characters):
            return Verdict(False, "", "the server reads this user name otherwise than IAM does")
        await client.send(request)
        token = (await client.read()).removesuffix(b"\0").decode(errors="replace")
        verdict = await judge_token(self._judge, self.endpoint, answer.user_name, token)
        if verdict.allowed:
            self._events.record(Event(self.endpoint.host, answer.user_name, True, verdict.principal, verdict.reason))
        return verdict

    def _refused(self, user: str, denial: Denial) -> None:
        self._events.record(Event(self.endpoint.host, user, False, denial.principal, denial.reason))
