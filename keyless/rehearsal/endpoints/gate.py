"""The Aurora endpoint's stand-in: IAM authentication in front of a PostgreSQL server without RDS's PAM module.

PostgreSQL decides through `pg_hba.conf` whether a role logs in with IAM; the judge decides about its token. Anything
else, such as SCRAM, passes through. For the rehearsal only.
"""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.emulator.iam.verdict import Judge
from keyless.rehearsal.endpoints.authorization import in_thread, judge_token, request_token
from keyless.rehearsal.endpoints.conversation import converse
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Event, Events
from keyless.rehearsal.endpoints.lateness import LateDatabase
from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import Stream, relay, server_context
from keyless.rehearsal.endpoints.protocol.wire import ForwardedRefusal, Login, Packet, Refusal
from keyless.rehearsal.endpoints.upstream import Upstream
from keyless.rehearsal.servers.certificates import Certificate
from keyless.rehearsal.servers.configuration import IAM_SOURCE, NO_IAM_SOURCE
from keyless.rehearsal.servers.postgres import Postgres

_DIRECT_TLS = 170000
"""PostgreSQL's first version that takes a TLS handshake as the first thing."""
_NAME_BYTES = 63
_CONTEXTS = 256


@dataclass(frozen=True)
class GateSettings:
    """The cluster's settings that decide about logins, as deployed."""

    force_ssl: bool
    """`rds.force_ssl` of the cluster parameter group."""
    iam_enabled: bool
    """`EnableIAMDatabaseAuthentication`."""


class Gate:
    """A service for `Endpoints`.

    Parameters:
        endpoint: the cluster's (a reader endpoint gets a gate of its own, with the same certificate for both names).
        postgres: running.
        certificate: for the endpoint's host; `postgres` shows it too, because clients bind SCRAM to it.
        roots: PEM file to trust that certificate with.
        settings: the cluster's, read at each login, in a thread.
        login_seconds: how long a client may take for each step of its login.
        delays: how late it is; punctual by default.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        postgres: Postgres,
        *,
        certificate: Certificate,
        roots: Path,
        judge: Judge,
        settings: Callable[[], GateSettings],
        events: Events,
        login_seconds: float = 30.0,
        delays: Delays = PUNCTUAL,
    ) -> None:
        postgres.use_certificate(certificate)
        self.endpoint, self.events, self.login_seconds = endpoint, events, login_seconds
        self.tls, self.direct_tls = server_context(certificate), postgres.version() >= _DIRECT_TLS
        self._postgres, self._roots, self._judge, self._settings = postgres, roots, judge, settings
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._late = LateDatabase(delays, postgres.end_sessions)

    async def converse(self, sock: socket.socket) -> None:
        await converse(self, sock)

    async def serve(self, client: Stream, login: Login) -> None:
        self._late.arrive()
        settings = await in_thread(self._settings, "reading the cluster's settings")
        if settings.force_ssl and not client.tls:
            raise Refusal("28000", _no_entry(client, login))
        server = await self._upstream(iam=client.tls and settings.iam_enabled).open(self._context(login.user))
        try:
            await server.send(wire.startup(login.parameters, login.version))
            kind, body = await wire.read_message(server.reader)
            if kind == wire.NEGOTIATE_PROTOCOL_VERSION:
                await client.send(wire.message(kind, body))
                kind, body = await wire.read_message(server.reader)
            if kind == b"E":
                raise ForwardedRefusal(body, wire.error_text(body))
            if (kind, body) == (b"R", wire.AUTHENTICATION_OK):
                await self._authenticate(client, login.user)
            if not client.tls:  # PostgreSQL sees TLS and offers binding to it: to such a client that is an attack
                body = body.replace(b"SCRAM-SHA-256-PLUS\0", b"")
            await client.send(wire.message(kind, body))
            await relay(client, server, self._late.pass_on)
        finally:
            await server.close()

    async def cancel(self, request: Packet) -> None:
        await self._upstream(iam=False).cancel(request)

    async def _authenticate(self, client: Stream, user: str) -> None:
        """Check the token of a role that PostgreSQL lets in by IAM only. Raises Refusal."""
        token = await request_token(client, self.login_seconds)
        verdict = await judge_token(self._judge, self.endpoint, user, token)
        if not verdict.allowed:
            raise Refusal("28000", f'PAM authentication failed for user "{user}"', verdict.reason, verdict.principal)
        self._late.admit(user)
        self.events.record(Event(self.endpoint.host, user, True, verdict.principal, verdict.reason))

    def _upstream(self, *, iam: bool) -> Upstream:
        source = IAM_SOURCE if iam else NO_IAM_SOURCE
        return Upstream(self.endpoint.host, self._postgres.address, self._postgres.port, source)

    def _context(self, user: str) -> ssl.SSLContext:
        """Presents a certificate in the role's name: PostgreSQL's `cert` line lets members of rds_iam in for it."""
        if user not in self._contexts:
            if len(self._contexts) >= _CONTEXTS:
                self._contexts.clear()
            name = user.encode()[:_NAME_BYTES].decode(errors="ignore")  # PostgreSQL cuts it there, too
            certificate = self._postgres.gate_authority.client(name)
            context = ssl.create_default_context(cafile=str(self._roots))
            context.load_cert_chain(certificate.chain, certificate.key)
            self._contexts[user] = context
        return self._contexts[user]


def _no_entry(client: Stream, login: Login) -> str:
    return (
        f'no pg_hba.conf entry for host "{client.peer}", user "{login.user}", database "{login.database}", no '
        f"encryption"
    )
