"""A connection that is kept from one invocation to the next, and when that one may have it."""

import logging
import sys
import threading
import time
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import psycopg

from keyless_client.errors import ConnectError
from keyless_client.invoked import Mark
from keyless_client.session import ENDED_WITHIN, Session
from keyless_client.trust import is_proxy

_LOG = logging.getLogger(__name__)

IDLE_LIMIT_SECONDS = 300
"""Lambda freezes a function between invocations. A connection that the network drops meanwhile looks alive until
something is sent; AWS's load balancers and NAT gateways drop one after 350 idle seconds."""
LIFETIME_SECONDS = 3600
"""None is kept for longer, so that load spreads over readers that come, and an endpoint's new address is taken up."""
_ANSWER_SECONDS = 5
"""For what takes a round trip before an invocation. A server that hangs closes no connection, so keepalives miss it."""
_OUTSIDE = f"{ENDED_WITHIN}; a new one would be outside of it: leave the transaction, then do all of it again"
LEFT_OPEN = "it is rolled back; allowed: COMMIT, or `with connection.transaction():`, which ends by itself"
_SET_UP = (
    "autocommit",
    "isolation_level",
    "read_only",
    "deferrable",
    "row_factory",
    "cursor_factory",
    "server_cursor_factory",
    "prepare_threshold",
    "prepared_max",
)
"""What code sets on a connection of psycopg's, and goes by."""
_HELD = ("_adapters", "handled", "_notice_handlers", "_notify_handlers")
"""The same, which is registered with it."""
_settings = attrgetter(*_SET_UP, "handled", "pgconn.notice_handler", "pgconn.notify_handler")


class Kept:
    def __init__(self, session: Session, mark: Mark, set_up: Mapping[str, Any]) -> None:
        self.session = session
        self._mark = mark
        self._at_login, self._names = _settings(session), frozenset(vars(session))
        for name, value in set_up.items():
            setattr(session, name, value)
        self._opened = self._used = time.time()  # the monotonic clock may stand still while the function is frozen
        self.thread = threading.current_thread()

    def __del__(self) -> None:
        """With its thread: what is open then is lost, and somebody has to hear of it."""
        if sys.is_finalizing() or self.session.inherited or self.session.closed or not self.session.begun:
            return
        if owner := self._mark.owner():
            owner.lost.append(self.thread.name)
        else:
            _LOG.warning("thread %s ended with a transaction open: %s", self.thread.name, LEFT_OPEN)

    def take(self, mark: Mark) -> None:
        """Let the invocation `mark` use it, from now on."""
        without_its_mark = mark.decorated is None and self._mark.decorated is not None and self._mark.goes_on(mark)
        if not without_its_mark:
            self._mark = mark
        self._used = time.time()

    def serves(self, mark: Mark) -> bool:
        """Whether the invocation `mark` may have it.

        Raises:
            ConnectError: where it has ended within a transaction that this invocation began and may believe to be in.
        """
        if not self._mark.goes_on(mark):
            return self.session.alive() and self._fresh() and self._as_after_login()
        if self.session.alive():
            return self.session.begun or (self.session.lasting and not self.session.demoted) or self._fresh()
        if self.session.begun and (self.session.blocks or not self.session.told):
            self.session.told = True
            raise ConnectError(_OUTSIDE)
        return False

    def set_up(self, mark: Mark) -> Mapping[str, Any]:
        """What the invocation `mark` has set on the connection, for the one that takes its place. With another
        `autocommit`, a helper would commit what its caller means to roll back."""
        return {name: getattr(self.session, name) for name in (*_SET_UP, *_HELD)} if self._mark.goes_on(mark) else {}

    def left_open(self, mark: Mark) -> bool:
        """Whether the invocation `mark` has a transaction open on it."""
        return self._mark.goes_on(mark) and self.session.begun and not self.session.closed

    def left_in_thread(self, mark: Mark) -> bool:
        """Whether another thread has a transaction of the invocation `mark` open on it: one that has its mark or, in
        Lambda, which stops all threads then, any of its threads."""
        own = self._mark.decorated is mark.decorated or (mark.trace is not None and self._mark.goes_on(mark))
        return own and self.session.begun and not self.session.closed

    def _fresh(self) -> bool:
        now = time.time()
        idle, lasted = now - self._used, now - self._opened
        return not self.session.demoted and 0 <= idle < IDLE_LIMIT_SECONDS and 0 <= lasted < LIFETIME_SECONDS

    def _as_after_login(self) -> bool:
        """Whether nothing of an earlier invocation is left, or it could be taken away."""
        if self.session.begun:
            _LOG.warning("an earlier invocation left a transaction open: %s", LEFT_OPEN)
            if not self.roll_back():
                return False
        if self.session.busy or _settings(self.session) != self._at_login or not self._discarded():
            return False
        for name in vars(self.session).keys() - self._names:
            delattr(self.session, name)  # whatever somebody has put there
        self.session._adapters = None  # the types that somebody has registered with it
        return True

    def roll_back(self) -> bool:
        """Roll back what is open, and say whether the session is still there. It ends where that can't be done: in a
        block, a COPY or a stream that nobody has ended, or where the server doesn't answer."""
        try:
            if not self.session.busy:
                self.session.undo(_ANSWER_SECONDS)
                return True
        except psycopg.Error:
            pass
        self.session.close()
        return False

    def _discarded(self) -> bool:
        if is_proxy(self.session.info.host):
            return not self.session.lasting  # DISCARD would pin the session for good
        try:
            self.session.discard(_ANSWER_SECONDS)
        except psycopg.Error:  # it has ended, or doesn't answer
            return False
        self.session.lasting = False
        return True
