"""RDS Proxy's own login, by which it watches each database that it serves. Where it can't, nobody gets through.

"Your proxy automatically creates the rdsproxyadmin DB user when you register a proxy target"; changing its permissions
"can result in complete unavailability of the proxy" (AuroraUserGuide, "Limitations for RDS Proxy"). It comes in by
PUBLIC's CONNECT, so after REVOKE CONNECT … FROM PUBLIC it needs a grant ("Adding a new database user when using RDS
Proxy"). AWS doesn't say when the proxy notices, nor in which words; here that is at each login of a client's.
"""

import asyncio
import ssl

from keyless.rehearsal.endpoints.protocol import wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import ForwardedRefusal, Refusal
from keyless.rehearsal.endpoints.proxy.authentication import log_in
from keyless.rehearsal.endpoints.upstream import Upstream
from keyless.rehearsal.servers.rds_roles import PROXY

_AT_ONCE = 10
_ABOUT_THE_LOGIN = ("28", "42")
"""Classes of SQLSTATE. What else stops it, such as a database that isn't there, stops the client's own login, too."""


class OwnLogin:
    """Logs in, and out again.

    Parameters:
        upstream, trust: the way to the database, as for clients.
        password: the login's, which only the proxy and the database know.
    """

    def __init__(self, upstream: Upstream, trust: ssl.SSLContext, password: str) -> None:
        self._upstream, self._trust, self._password = upstream, trust, password
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def require(self, database: str) -> None:
        """Raises Refusal when the database refuses this login."""
        try:
            async with self._few:
                await self._log_in(database)
        except ForwardedRefusal as refused:
            if refused.sqlstate[:2] not in _ABOUT_THE_LOGIN:
                return
            text = f"This RDS proxy is unavailable for the database {database}."
            raise Refusal(
                "57P03", text, f"the database refused the proxy's own login {PROXY}: {refused.reason}"
            ) from None

    async def _log_in(self, database: str) -> None:
        server = await self._upstream.open(self._trust)
        try:
            await server.send(wire.startup({"user": PROXY, "database": database}))
            await log_in(server, self._password, own_token=False, user=PROXY)
            await _ready(server)
            await server.send(wire.message(b"X", b""))
        finally:
            await server.close()


async def _ready(server: Stream) -> None:
    """After its password the database still has to find that the login may connect."""
    kind = b""
    while kind != b"Z":
        kind, body = await wire.read_message(server.reader)
        if kind == b"E":
            raise ForwardedRefusal(body, wire.error_text(body))
