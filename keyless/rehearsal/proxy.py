"""RDS Proxy's stand-in, with `DefaultAuthScheme: IAM_AUTH`: the caller's token in, the proxy role's own token on to the cluster.

Each client gets a connection of its own; nothing is pooled. For the rehearsal only.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.credentials import Credentials

from keyless.rehearsal import wire
from keyless.rehearsal.certificates import Certificate
from keyless.rehearsal.endpoint import Endpoint
from keyless.rehearsal.events import Event, Events
from keyless.rehearsal.questions import ask, ask_judge, ask_token
from keyless.rehearsal.signer import sign
from keyless.rehearsal.streams import Stream, relay, server_context
from keyless.rehearsal.upstream import Upstream
from keyless.rehearsal.verdict import Judge
from keyless.rehearsal.wire import ForwardedRefusal, Login, Packet, Refusal


@dataclass(frozen=True)
class ProxySettings:
    """The proxy's settings that decide about logins, as deployed."""

    require_tls: bool
    borrow_seconds: float = 120.0
    """`ConnectionBorrowTimeout`."""
    max_connections: int = 200
    """What `MaxConnectionsPercent` comes to."""


class Proxy:
    """A service for `Endpoints`.

    Parameters:
        endpoint, certificate: the proxy's.
        cluster: the endpoint of the gate behind it; cluster_roots: PEM file to trust its certificate with.
        credentials: fresh ones of the proxy's role, asked at each login, in a thread.
        region: of the tokens the proxy signs.
        settings: asked at each login, in a thread.
        login_seconds: how long a client may take for each step of its login.
    """

    def __init__(
        self, endpoint: Endpoint, cluster: Endpoint, *, certificate: Certificate, cluster_roots: Path, judge: Judge, region: str,
        credentials: Callable[[], Credentials], settings: Callable[[], ProxySettings], events: Events, login_seconds: float = 30.0,
    ) -> None:  # fmt: skip
        self.endpoint, self.events, self.login_seconds, self.tls = endpoint, events, login_seconds, server_context(certificate)
        self._cluster, self._upstream = cluster, Upstream(cluster.host, cluster.address, cluster.port)
        self._trust = ssl.create_default_context(cafile=str(cluster_roots))
        self._judge, self._region, self._credentials, self._settings = judge, region, credentials, settings
        self._borrowed, self._returned = 0, asyncio.Condition()

    async def serve(self, client: Stream, login: Login) -> None:
        settings = await ask(self._settings, "reading the proxy's settings")
        if settings.require_tls and not client.tls:
            raise Refusal("28000", "This RDS Proxy requires TLS connections")
        _refuse_unsupported(login)
        await self._authenticate(client, login.user)
        async with self._slot(settings), self._borrow(login) as server:
            await client.send(wire.message(b"R", wire.AUTHENTICATION_OK))
            await relay(client, server)

    async def cancel(self, request: Packet) -> None:
        await self._upstream.cancel(request)

    async def _authenticate(self, client: Stream, user: str) -> None:
        token = await ask_token(client, self.login_seconds)
        verdict = await ask_judge(self._judge, self.endpoint, user, token)
        if not verdict.allowed:
            text = f"The IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
            raise Refusal("28P01", text, verdict.reason, verdict.principal)
        self.events.record(Event(self.endpoint.host, user, True, verdict.principal, verdict.reason))

    @asynccontextmanager
    async def _slot(self, settings: ProxySettings) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(settings.borrow_seconds), self._returned:
                await self._returned.wait_for(lambda: self._borrowed < settings.max_connections)
                self._borrowed += 1
        except TimeoutError as error:
            raise Refusal("53300", "Timed-out waiting to acquire database connection.") from error
        try:
            yield
        finally:
            self._borrowed -= 1
            async with self._returned:
                self._returned.notify()

    @asynccontextmanager
    async def _borrow(self, login: Login) -> AsyncIterator[Stream]:
        """A connection to the cluster, logged in with the proxy role's own token."""
        server = await self._upstream.open(self._trust)
        try:
            await server.send(wire.startup(login.parameters))
            kind, body = await wire.read_message(server.reader)
            if (kind, body) == (b"R", wire.ASK_CLEAR_TEXT_PASSWORD):
                await server.send(wire.message(b"p", (await self._own_token(login.user)).encode() + b"\0"))
                kind, body = await wire.read_message(server.reader)
            _require_ok(kind, body, login.user)
            yield server
        finally:
            await server.close()

    async def _own_token(self, user: str) -> str:
        credentials = await ask(self._credentials, "getting the proxy role's credentials")
        return sign(credentials, host=self._cluster.host, port=self._cluster.port, user=user, region=self._region)


def _refuse_unsupported(login: Login) -> None:
    if "options" in login.parameters:
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn’t support command-line options.")  # noqa: RUF001 - AWS's
    if login.parameters.get("replication", "off").lower() not in ("off", "false", "no", "0"):
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn't support streaming replication mode.")


def _require_ok(kind: bytes, body: bytes, user: str) -> None:
    """The cluster let the proxy in as `user`. Raises Refusal otherwise, in the cluster's words when it gave any."""
    if kind == b"E":
        raise ForwardedRefusal(body, f"the cluster refused the proxy's own role: {wire.error_text(body)}")
    if (kind, body) != (b"R", wire.AUTHENTICATION_OK):
        text = f"This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."
        raise Refusal("28000", text, "the cluster asked for a password: the role is not a member of rds_iam")
