"""What a late database or proxy answers. The texts and SQLSTATEs are PostgreSQL's and RDS Proxy's.

That a proxy whose target has no capacity keeps its clients waiting up to ConnectionBorrowTimeout is from AWS's
documentation ("retry the connection after the proxy completes its scaling operation", rds-proxy.troubleshooting); how
long, and what it answers meanwhile, only AWS can show.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable

from keyless.rehearsal.delays import PUNCTUAL, Delays
from keyless.rehearsal.endpoints.denial import NoConnectionError
from keyless.rehearsal.endpoints.protocol.wire import Refusal

_POLL_SECONDS = 0.05
_CHANGES_ROLES = (b"CREATE ROLE ", b"ALTER ROLE ", b"GRANT ")


class Window:
    """Open for so many seconds, from when somebody first looks."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, 0.0

    def is_open(self) -> bool:
        self._end = self._end or time.monotonic() + self._seconds
        return time.monotonic() < self._end


class LateDatabase:
    """The gate's lateness.

    Parameters:
        end_sessions: ends every client's session at the server; may block.
    """

    def __init__(self, delays: Delays = PUNCTUAL, end_sessions: Callable[[], None] = lambda: None) -> None:
        self._random = random.Random(delays.seed)  # noqa: S311 - not a secret
        self._away = Window(delays.database)
        self._logins: defaultdict[str, Window] = defaultdict(lambda: Window(delays.iam_login))
        self._failover, self._end_sessions = delays.failover, end_sessions
        self._will_fail_over, self._stale = delays.failover > 0, False

    def arrive(self) -> None:
        """Raises Refusal or, where nobody answers, ConnectionResetError while the database is away."""
        if self._away.is_open():
            if self._random.random() < 0.5:
                raise Refusal("57P03", "the database system is starting up")
            raise ConnectionResetError

    def admit(self, user: str) -> None:
        """Raises Refusal while PAM doesn't know of the user's membership in rds_iam."""
        if self._logins[user].is_open():
            raise Refusal("28000", f'PAM authentication failed for user "{user}"', "rds_iam isn't in effect yet")

    async def pass_on(self, sent: bytes) -> None:
        """Called with what a client sends, before the server gets it: fails over in the first run that changes roles.
        Raises Refusal in the next, which is at the former writer."""
        if not any(text in sent for text in _CHANGES_ROLES):
            return
        if self._stale:
            self._stale = False
            raise Refusal("25006", "cannot execute CREATE ROLE in a read-only transaction")
        if self._will_fail_over:
            self._will_fail_over, self._stale, self._away = False, True, Window(self._failover)
            await asyncio.to_thread(self._end_sessions)


class LateProxy:
    """The proxy's lateness."""

    def __init__(self, delays: Delays = PUNCTUAL) -> None:
        self._pending = Window(delays.proxy_capacity)

    async def connection(self, borrow_seconds: float) -> None:
        """Wait for the target's capacity. Raises NoConnectionError after ConnectionBorrowTimeout."""
        deadline = time.monotonic() + borrow_seconds
        while self._pending.is_open():
            if time.monotonic() >= deadline:
                raise NoConnectionError("UNAVAILABLE: PENDING_PROXY_CAPACITY")
            await asyncio.sleep(_POLL_SECONDS)
