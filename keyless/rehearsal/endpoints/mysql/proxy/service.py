"""RDS Proxy's stand-in: authenticates the client and logs in to the database as the same user.

With tokens: the caller's at the proxy, the proxy role's own at the database. With secrets: the same password at both.
Each client gets a connection of its own; nothing is pooled or pinned. For the rehearsal only.
"""

import asyncio
import contextlib
import itertools
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from botocore.credentials import Credentials

from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.authorization import in_thread, judge_token
from keyless.rehearsal.endpoints.denial import Denial
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer, Greeting
from keyless.rehearsal.endpoints.mysql.protocol.packets import MalformedError, Refusal, Side
from keyless.rehearsal.endpoints.mysql.proxy import client as clients
from keyless.rehearsal.endpoints.mysql.proxy import database
from keyless.rehearsal.endpoints.mysql.proxy.commands import CHANGE_USER, Commands
from keyless.rehearsal.endpoints.mysql.upstream import Upstream
from keyless.rehearsal.endpoints.protocol.streams import RawReader, Stream, accept, relay, server_context
from keyless.rehearsal.endpoints.proxy.authentication import Method, method
from keyless.rehearsal.endpoints.proxy.limit import ConnectionLimit
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, ReadSecret
from keyless.rehearsal.servers.certificates import Certificate

_NAME_CHARACTERS = 32
"""Of MySQL's users; RDS Proxy has one family for MySQL and MariaDB."""


class Proxy:
    """A service for `Endpoints`. What it is given as a function is called at each login, in a thread.

    Parameters:
        endpoint, certificate: the proxy's.
        cluster: the endpoint of the gate behind it.
        cluster_roots: PEM file to verify the gate's certificate with.
        region: of the tokens that the proxy signs.
        credentials: fresh ones of the proxy's role.
        read_secret: reads as the proxy's role; nothing is cached, so a rotation counts at once.
        settings: the proxy's, as deployed.
        login_seconds: how long a client may take for its login.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        cluster: Endpoint,
        *,
        certificate: Certificate,
        cluster_roots: Path,
        judge: Judge,
        region: str,
        credentials: Callable[[], Credentials],
        read_secret: ReadSecret,
        settings: Callable[[], ProxySettings],
        events: Events,
        login_seconds: float = 30.0,
    ) -> None:
        self.endpoint, self._events, self._seconds = endpoint, events, login_seconds
        self._tls, self._trust = (
            server_context(certificate, None),
            ssl.create_default_context(cafile=str(cluster_roots)),
        )
        self._cluster, self._upstream = cluster, Upstream(cluster.host, cluster.address, cluster.port)
        self._judge, self._region, self._credentials, self._settings = judge, region, credentials, settings
        self._read_secret, self._limit, self._threads = read_secret, ConnectionLimit(), itertools.count(1)
        self._seen: Greeting | None = None

    async def converse(self, sock: socket.socket) -> None:
        """Serve one client. One that breaks off, sends nothing in time or no packet of a login is dropped."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, MalformedError):
            try:
                greeting = clients.greeting(await self._database_greeting(), next(self._threads))
            except Denial as denial:
                self._refused("", denial)
                await asyncio.get_running_loop().sock_sendall(sock, packets.packet(0, packets.answer(denial)))
                return
            await asyncio.get_running_loop().sock_sendall(sock, packets.packet(0, greeting.build()))
            async with asyncio.timeout(self._seconds) as patience:
                stream, number, opening = await self._answered(sock)
                try:
                    await self._serve(Side(stream, number), greeting, clients.asked(Answer.parse(opening)), patience)
                finally:
                    await stream.close()

    async def _database_greeting(self) -> Greeting:
        """The first that was seen: clients are greeted before anything is known about them."""
        if self._seen is None:
            async with self._upstream.greeted() as (_, _, payload):
                self._seen = Greeting.parse(payload)
        return self._seen

    async def _answered(self, sock: socket.socket) -> tuple[Stream, int, bytes]:
        """The client's stream, with TLS if it requested that, and its answer to the greeting."""
        number, opening = await packets.read(RawReader(sock))
        if not handshake.requests_tls(opening):
            return await accept(sock, None), number, opening
        stream = await accept(sock, self._tls)
        try:
            return stream, *await packets.read(stream.reader)
        except BaseException:
            await stream.close()
            raise

    async def _serve(self, client: Side, greeting: Greeting, answer: Answer, patience: asyncio.Timeout) -> None:
        try:
            settings = await in_thread(self._settings, "reading the proxy's settings")
            chosen = await self._authenticate(client, greeting, answer, settings)
            patience.reschedule(None)
            async with (
                self._limit.borrow(settings),
                database.connected(self._upstream, self._trust, answer) as (server, greeted),
            ):
                secret = await self._own_token(answer.user_name) if chosen.password is None else chosen.password
                await client.send(await database.log_in(server, greeted, answer, secret, token=chosen.password is None))
                client.command()
                await relay(client.stream, server.stream, _watched())
        except Denial as denial:
            self._refused(answer.user_name, denial)
            await client.send(packets.answer(denial))

    async def _authenticate(self, client: Side, greeting: Greeting, answer: Answer, settings: ProxySettings) -> Method:
        """How the client is let in, after its token or password was checked. Raises Denial."""
        if settings.require_tls and not client.stream.tls:
            raise Refusal(packets.INSECURE_TRANSPORT, "HY000", "This RDS Proxy requires TLS connections")
        user = answer.user_name
        chosen = await in_thread(lambda: method(user, settings, self._read_secret), "reading the proxy's secrets")
        if chosen.token:
            await self._check_token(client, answer)
        elif await clients.proves(client, chosen.password or "", greeting):
            self._events.record(Event(self.endpoint.host, user, True, "", f"the password of secret {chosen.secret}"))
        else:
            raise _denied(user, "the password is wrong")
        return chosen

    async def _check_token(self, client: Side, answer: Answer) -> None:
        user = answer.user_name
        if not client.stream.tls:
            raise _denied(user, "a token is taken inside TLS only")
        if not answer.may_show_token(_NAME_CHARACTERS):
            raise _denied(user, "the database reads this user name otherwise than IAM does")
        verdict = await judge_token(self._judge, self.endpoint, user, await clients.token(client))
        if not verdict.allowed:
            raise _denied(user, verdict.reason, verdict.principal)
        self._events.record(Event(self.endpoint.host, user, True, verdict.principal, verdict.reason))

    async def _own_token(self, user: str) -> str:
        credentials = await in_thread(self._credentials, "getting the proxy role's credentials")
        return tokens.sign(credentials, self._cluster, user, self._region)

    def _refused(self, user: str, denial: Denial) -> None:
        self._events.record(Event(self.endpoint.host, user, False, denial.principal, denial.reason))


def _denied(user: str, reason: str, principal: str = "") -> Refusal:
    text = f"Access denied for user '{user}'@'%' (using password: YES)"
    return Refusal(packets.ACCESS_DENIED, "28000", text, reason, principal)


def _watched() -> Callable[[bytes], Awaitable[None]]:
    commands = Commands()

    async def sent(content: bytes) -> None:
        """A client stays who it was let in as: the database would ask it, not the proxy."""
        if CHANGE_USER in commands.begun(content):
            raise Refusal(1047, "08S01", "Unknown command", "the client asked to be another user")

    return sent
