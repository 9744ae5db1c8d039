"""RDS Proxy's stand-in: the caller's token in and the proxy role's own token on to the cluster, or a secret's password
at both ends.

Each client gets a connection of its own; nothing is pooled. For the rehearsal only.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from botocore.credentials import Credentials

from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.authorization import ask, ask_judge, ask_token
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.protocol import scram, wire
from keyless.rehearsal.endpoints.protocol.streams import Stream, relay, server_context
from keyless.rehearsal.endpoints.protocol.wire import Login, Packet, Refusal
from keyless.rehearsal.endpoints.proxy.authentication import ReadSecret, SecretAuth, Way, log_in, no_credentials, way
from keyless.rehearsal.endpoints.signer import sign
from keyless.rehearsal.endpoints.upstream import Upstream
from keyless.rehearsal.servers.certificates import Certificate


@dataclass(frozen=True)
class ProxySettings:
    """The proxy's settings that decide about logins, as deployed."""

    require_tls: bool
    iam_by_default: bool = True
    """`DefaultAuthScheme: IAM_AUTH`."""
    secrets: tuple[SecretAuth, ...] = ()
    """`Auth`."""
    borrow_seconds: float = 120.0
    """`ConnectionBorrowTimeout`."""
    max_connections: int = 200
    """What `MaxConnectionsPercent` comes to."""


class Proxy:
    """A service for `Endpoints`.

    Parameters: endpoint, certificate: the proxy's. cluster: the endpoint of the gate behind it; cluster_roots: PEM file
        to trust its certificate with. credentials: fresh ones of the proxy's role, asked at each login, in a thread.
        read_secret: as the proxy's role, asked at each login, in a thread: nothing is cached, so a rotation counts at
        once. region: of the tokens the proxy signs. settings: asked at each login, in a thread. login_seconds: how long
        a client may take for each step of its login.
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
        self.endpoint, self.events, self.login_seconds, self.tls = (
            endpoint,
            events,
            login_seconds,
            server_context(certificate),
        )
        self._cluster, self._upstream = cluster, Upstream(cluster.host, cluster.address, cluster.port)
        self._trust = ssl.create_default_context(cafile=str(cluster_roots))
        self._judge, self._region, self._credentials, self._settings = judge, region, credentials, settings
        self._read_secret = read_secret
        self._borrowed, self._returned = 0, asyncio.Condition()

    async def serve(self, client: Stream, login: Login) -> None:
        settings = await ask(self._settings, "reading the proxy's settings")
        if settings.require_tls and not client.tls:
            raise Refusal("28000", "This RDS Proxy requires TLS connections")
        _refuse_unsupported(login)
        chosen = await self._way(login.user, settings)
        await self._authenticate(client, login.user, chosen)
        async with self._slot(settings), self._borrow(login, chosen) as server:
            await client.send(wire.message(b"R", wire.AUTHENTICATION_OK))
            await relay(client, server)

    async def cancel(self, request: Packet) -> None:
        await self._upstream.cancel(request)

    async def _way(self, user: str, settings: ProxySettings) -> Way:
        chosen = await ask(
            lambda: way(user, settings.secrets, self._read_secret, iam_by_default=settings.iam_by_default),
            "reading the proxy's secrets",
        )
        if isinstance(chosen, str):
            raise no_credentials(user, chosen)
        return chosen

    async def _authenticate(self, client: Stream, user: str, chosen: Way) -> None:
        if not chosen.token:
            if not await scram.proves_password(client, chosen.password or "", self.login_seconds):
                raise Refusal("28P01", f"The password that was provided for the role {user} is wrong.")
            self.events.record(Event(self.endpoint.host, user, True, "", f"the password of secret {chosen.secret}"))
            return
        token = await ask_token(client, self.login_seconds)
        verdict = await ask_judge(self._judge, self.endpoint, user, token)
        if not verdict.allowed:
            text = (
                f"The IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
            )
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
    async def _borrow(self, login: Login, chosen: Way) -> AsyncIterator[Stream]:
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
        credentials = await ask(self._credentials, "getting the proxy role's credentials")
        return sign(credentials, host=self._cluster.host, port=self._cluster.port, user=user, region=self._region)


def _refuse_unsupported(login: Login) -> None:
    if "options" in login.parameters:
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn’t support command-line options.")  # noqa: RUF001 - AWS's
    if login.parameters.get("replication", "off").lower() not in ("off", "false", "no", "0"):
        raise Refusal("0A000", "Feature not supported: RDS Proxy currently doesn't support streaming replication mode.")
