"""A function's login: waits while that can help, within the time that the function has for it, once per trouble."""

import time
from functools import partial
from typing import cast

from keyless_client.connection import opened
from keyless_client.deadline import within
from keyless_client.errors import ConnectError
from keyless_client.libpq import CONNECT_TIMEOUT_SECONDS
from keyless_client.login import Login
from keyless_client.session import Session
from keyless_client.waiting import Waits

_in_trouble_since: dict[Login, float] = {}
"""Since when no login has worked in this process. Who waited in vain doesn't wait again: later invocations try once, as
long as it lasts, so that a right refusal costs its waiting time once."""


def log_in(login: Login, deadline: float | None = None) -> Session:
    """A new connection, in autocommit mode.

    Args:
        deadline: seconds that it may take in all, names and credentials included.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried.
    """
    now = time.time()  # the monotonic clock may stand still while the function is frozen
    since = _in_trouble_since.get(login, now)
    left, longest = max(0.0, login.login_seconds - (now - since)), float(CONNECT_TIMEOUT_SECONDS)
    if deadline is not None:
        left, longest = min(left, max(0.0, deadline)), min(longest, deadline)
    attempt = partial(opened, login, connect_timeout=longest, kind=Session, autocommit=True)
    try:
        connection = within(
            deadline,
            partial(attempt, waits=Waits(settling=left, ready=left)),
            lambda: login.refusal(f"timeout expired: there was no login within {deadline:.1g} seconds"),
        )
    except ConnectError:
        _in_trouble_since.setdefault(login, since)
        raise
    _in_trouble_since.pop(login, None)
    return cast(Session, connection)
