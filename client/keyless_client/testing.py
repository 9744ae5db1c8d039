"""For tests of functions: handlers that call `connect`, without AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from keyless_client import reuse
from keyless_client.session import Session

_used: list[Session] = []
"""Those of uses that haven't ended, which they may do in any order."""


@contextmanager
def use(connection: "psycopg.Connection[Any]") -> Iterator[Session]:
    """Within it, `connect`, `transaction` and `run` work on `connection`, a test's own, in all threads.

        with psycopg.connect(...) as connection, connection.transaction(force_rollback=True):
            with testing.use(connection):
                handler({"name": "hello"}, None)

    It is in autocommit mode for the handler, as with `connect`. Where a transaction is open on it, all that the handler
    does is a part of that, so that a test can roll it back: unless the handler sends a COMMIT of its own.
    """
    given = Session(connection.pgconn)
    given._autocommit, given.prepare_threshold = True, None
    _used.append(given)
    reuse.instead = given
    try:
        yield given
    finally:
        _used.remove(given)
        reuse.instead = _used[-1] if _used else None
