"""Keeps a thread's connections for the next invocation: a reused one is about eighty times cheaper than a new one.

What an invocation has begun is never rolled back while it lasts. What an earlier one has left, the next doesn't meet.
"""

import time
from collections.abc import Callable
from functools import wraps
from inspect import (
    isasyncgen,
    isasyncgenfunction,
    isawaitable,
    iscoroutinefunction,
    isgenerator,
    isgeneratorfunction,
)
from typing import ParamSpec, TypeVar

from keyless_client.deadline import of_invocation, remaining
from keyless_client.errors import ConnectError, OpenTransactionError
from keyless_client.events import tell
from keyless_client.invoked import current, marked
from keyless_client.kept import LEFT_OPEN, Kept
from keyless_client.login import Login, chosen
from keyless_client.session import Session
from keyless_client.threads import end, keep, kept_here
from keyless_client.trouble import log_in

Params = ParamSpec("Params")
Result = TypeVar("Result")
_TOO_EARLY = "returns before its work is done; allowed: a plain function"


instead: Session | None = None
"""Set by `testing` only."""


def connect(*, deadline: float | None = None, reader: bool = False, login: Login | None = None) -> Session:
    """This thread's connection: that of the last call while it is usable, otherwise a new one with a fresh token.

    Endpoint and user are libpq's variables PGHOST, PGPORT, PGUSER and PGDATABASE. The connection is psycopg's, in
    autocommit mode, so that a finished statement leaves no transaction open and the proxy is free to lend the session
    to others. `with connect() as connection:` groups statements, as `with connection.transaction():` does: COMMIT at
    its end, ROLLBACK after an exception. Don't hand it to another thread.

    Within an invocation it is the same connection each time, whatever is open on it. The next invocation gets it as
    after a login: what was left open is rolled back, and settings, temporary tables, locks and LISTEN are gone.

    A login that is refused or not answered is tried again for DB_LOGIN_SECONDS, where waiting can help.

    Args:
        deadline: seconds that a new login may take in all, names and credentials included. By default, what is left to
            an `invocation` whose handler has Lambda's context.
        reader: to DB_READER_HOST, whose sessions can only read.
        login: where to and as whom, in place of the environment.

    Raises:
        ConnectError: with the cause, what to check, and how long it was tried. Also where the connection has ended
            within a transaction that the caller may believe to be in: a new one would be outside of it.
    """
    if instead:
        return instead
    login, mark = chosen(login, reader), current()
    kept = kept_here().get(login)
    if kept is None or not kept.serves(mark):
        # The old one is not closed here: a caller may still use it. Python closes it with its last reference. Until
        # there is a new one, it is the one that knows what has been set.
        set_up = kept.set_up(mark) if kept else {}
        session = _told(login, remaining() if deadline is None else deadline, "replaced" if kept else "first")
        kept = keep(login, Kept(session, mark, set_up))
    kept.take(mark)
    return kept.session


def _told(login: Login, deadline: float | None, reason: str) -> Session:
    since = time.monotonic()
    try:
        session = log_in(login, deadline)
    except ConnectError as error:
        tell("login_failed", since, error.passing.value)
        raise
    tell("login", since, reason)
    return session


def invocation(handler: Callable[Params, Result]) -> Callable[Params, Result]:
    """Mark each call of `handler` as an invocation of its own, which ends with it.

        @keyless_client.invocation
        def handler(event, context): ...

    Lambda's invocations are told apart without it. With it, one that ends in the middle of a transaction is an error
    then and there.

    Raises:
        OpenTransactionError: where `handler` returns with a transaction open, which is rolled back. Also one of a
            thread of its own: that has ended, has the mark (`asyncio.to_thread`, `copy_context().run`), or is Lambda's.
    """

    name = getattr(handler, "__qualname__", repr(handler))
    made = (handler, type(handler).__call__)
    if any(early(one) for early in (iscoroutinefunction, isgeneratorfunction, isasyncgenfunction) for one in made):
        raise TypeError(f"{name} {_TOO_EARLY}")

    @wraps(handler)
    def in_one(*args: Params.args, **options: Params.kwargs) -> Result:
        with marked() as outermost, of_invocation(args):
            try:
                result = handler(*args, **options)
            except BaseException:
                if outermost:
                    end(current())
                raise
            if outermost and (left := end(current())) is not None:
                raise OpenTransactionError(f"{name} returned with a transaction open{left}: {LEFT_OPEN}")
            if isawaitable(result) or isgenerator(result) or isasyncgen(result):
                raise TypeError(f"{name} {_TOO_EARLY}")
            return result

    return in_one
