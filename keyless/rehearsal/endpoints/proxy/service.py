"""RDS Proxy's stand-in: authenticates the client and logs in to the cluster as the same user.

With tokens: the caller's at the proxy, the proxy role's own at the cluster. With secrets: the same password at both.
The proxy's own login has to come in first.
Each client gets a connection of its own; nothing is pooled. It speaks protocol 3.0 and takes no direct TLS: AWS doesn't
say whether RDS Proxy does more. For the rehearsal only.
"""

import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from botocore.credentials import Credentials

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.authorization import in_thread, judge_token, request_token
from keyless.rehearsal.endpoints.conversation import converse
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.lateness import LateProxy
from keyless.rehearsal.endpoints.protocol import scram, wire
from keyless.rehearsal.endpoints.protocol.streams import Stream, relay, server_context
from keyless.rehearsal.endpoints.protocol.wire import Login, Packet, Refusal
from keyless.rehearsal.endpoints.proxy.authentication import Method, log_in, method
from keyless.rehearsal.endpoints.proxy.limit import ConnectionLimit
from keyless.rehearsal.endpoints.proxy.own_login import OwnLogin
from keyless.rehearsal.endpoints.proxy.pinning.recorder import Pins
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, ReadSecret
from keyless.rehearsal.endpoints.upstream import Upstream
from keyless.rehearsal.servers.certificates import Certificate


class Proxy:
    """A service for `Endpoints`. What it is given as a function is called at each login, in a thread.

    Parameters:
        endpoint, certificate: the proxy's.
        cluster: the endpoint of the gate behind it.
        cluster_roots: PEM file to verify the gate's certificate with.
        region: of the tokens that the proxy signs.
        credentials: fresh ones of the proxy's role.
        own_password: of its own login at the database; see `own_login`.
        read_secret: reads as the proxy's role; nothing is cached, so a rotation counts at once.
        settings: the proxy's, as deployed.
        pins: where it is recorded what would have pinned a session.
        login_seconds: how long a client may take for each step of its login.
        delays: how late it is; punctual by default.
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
        own_password: str,
        read_secret: ReadSecret,
        settings: Callable[[], ProxySettings],
        pins: Pins,
        events: Events,
        login_seconds: float = 30.0,
        delays: Delays = PUNCTUAL,
    ) -> None:
        self.endpoint, self.events, self.login_seconds = endpoint, events, login_seconds
        self.tls, self.direct_tls = server_context(certificate), False
        self._cluster, self._upstream = cluster, Upstream(cluster.host, cluster.address, cluster.port)
        self._trust = ssl.create_default_context(cafile=str(cluster_roots))
        self._own_login = OwnLogin(self._upstream, self._trust, own_password)
        self._judge, self._region, self._credentials, self._settings = judge, region, credentials, settings
        self._read_secret, self._limit, self._pins = read_secret, ConnectionLimit(), pins
        self._late = LateProxy(delays)

    async def converse(self, sock: socket.socket) -> None:
        await converse(self, sock)

    async def serve(self, client: Stream, login: Login) -> None:
        settings = await in_thread(self._settings, "reading the proxy's settings")
        if settings.require_tls and not client.tls:
            raise Refusal("28000", "This RDS Proxy requires TLS connections")
        _refuse_unsupported(login)
        await client.send(wire.negotiated(login))
        login = login.of_3_0()
        chosen = await in_thread(lambda: method(login.user, settings, self._read_secret), "reading the proxy's secrets")
        principal = await self._authenticate(client, login.user, chosen)
        await self._late.connection(settings.borrow_seconds)
        await self._own_login.require(login.database)
        async with self._limit.borrow(settings), self._connection(login, chosen) as server:
            await client.send(wire.message(b"R", wire.AUTHENTICATION_OK))
            await relay(client, server, self._pins.session(login.user, principal))

    async def cancel(self, request: Packet) -> None:
        """ "RDS Proxy doesn't currently support canceling a query from a client by issuing a CancelRequest"
        (AuroraUserGuide, "Additional limitations for Aurora PostgreSQL"): the statement runs on."""

    async def _authenticate(self, client: Stream, user: str, chosen: Method) -> str:
        """Check the client's token or password; the token's owner. Raises Refusal."""
        if chosen.token:
            return await self._check_token(client, user)
        if not await scram.client_proves(client, chosen.password or "", self.login_seconds):
            raise Refusal("28P01", f"The password that was provided for the role {user} is wrong.")
        self.events.record(Event(self.endpoint.host, user, True, "", f"the password of secret {chosen.secret}"))
        return ""

    async def _check_token(self, client: Stream, user: str) -> str:
        token = await request_token(client, self.login_seconds)
        verdict = await judge_token(self._judge, self.endpoint, user, token)
        if not verdict.allowed:
            text = (
                f"The IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
            )
            raise Refusal("28P01", text, verdict.reason, verdict.principal)
        self.events.record(Event(self.endpoint.host, user, True, verdict.principal, verdict.reason))
        return verdict.principal

    @asynccontextmanager
    async def _connection(self, login: Login, chosen: Method) -> AsyncIterator[Stream]:
        """A connection to the cluster, logged in with the proxy role's own token or the secret's password."""
        server = await self._upstream.open(self._trust)
        try:
            await server.send(wire.startup(login.parameters))
            password = await self._own_token(login.user) if chosen.password is None else chosen.password
            await log_in(server, password, own_token=chosen.password is None, user=login.user)
            yield server
        finally:
            await server.close()

    async def _own_token(self, user: str) -> str:
        credentials = await in_thread(self._credentials, "getting the proxy role's credentials")
        return tokens.sign(credentials, self._cluster, user, self._region)


def _refuse_unsupported(login: Login) -> None:
    if "options" in login.parameters:
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn’t support command-line options.")  # noqa: RUF001 - AWS's
    if login.parameters.get("replication", "off").lower() not in ("off", "false", "no", "0"):
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn't support streaming replication mode.")
