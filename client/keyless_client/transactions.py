"""Whole transactions: one that joins or begins, and one that is tried again where nothing of it can have happened."""

import math
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus

from keyless_client.deadline import answered_until, remaining
from keyless_client.errors import ConnectError, InDoubtError
from keyless_client.events import tell
from keyless_client.login import Login
from keyless_client.refusals import Passing
from keyless_client.reuse import connect
from keyless_client.session import Session
from keyless_client.watching import BEFORE

Result = TypeVar("Result")
RUN_SECONDS = 30
"""For `run`, where neither its caller nor the invocation says."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_COMMIT_SECONDS = 1.0
"""For the answer to a COMMIT that was sent in time: without it nobody knows."""
_UNDONE = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: PostgreSQL has rolled the transaction back.
https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html"""
_READ_ONLY = "25006"
"""What a former writer says after a failover."""
_ENDS = (
    rf"{BEFORE}(?:COMMIT|END|ABORT|BEGIN|START|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:(?:WORK|TRANSACTION)\s+)?TO))\b"
)
_INSIDE = r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|\bBEGIN\s+ATOMIC\b.*?\bEND\b"
"""What is text to a statement: strings, and bodies of functions. Compiled with the first `run`, and not when a function
starts, which may have none."""
_FLAGS = re.IGNORECASE | re.DOTALL
_ITSELF = "run() begins and commits by itself; allowed: any other statement, SAVEPOINT"
_IN_DOUBT = (
    "the connection ended while the transaction was being committed, so it may be committed or not; look for what it "
    "writes, by a key of its own, before doing it again"
)


@contextmanager
def transaction(
    *, deadline: float | None = None, reader: bool = False, login: Login | None = None
) -> Iterator[Session]:
    """A transaction: COMMIT at its end, ROLLBACK after an exception. Where one is open already, a part of that one,
    which is undone alone after an exception. The arguments are those of `connect`."""
    with connect(deadline=deadline, reader=reader, login=login) as connection:
        yield connection


def run(
    work: Callable[[Session], Result],
    *,
    deadline: float | None = None,
    reader: bool = False,
    login: Login | None = None,
) -> Result:
    """The result of `work(connection)`, in a transaction of its own.

    The whole transaction is done again, after a pause, where it is certain that nothing of it is committed: it met a
    serialization failure, a deadlock or a server that has become read-only (40001, 40P01, 25006), the connection ended
    before COMMIT was sent, or the database isn't ready (57P0x). What `work` does elsewhere is done again, too. Within
    another transaction it is a part of that one, and done once.

    Args:
        work: doesn't end the transaction itself.
        deadline: seconds in which another attempt may begin, and beyond which no statement is waited for; COMMIT is for
            a second more. By default another attempt may begin in what is left to an `invocation`, or in 30 seconds.

    Raises:
        InDoubtError: the connection ended between COMMIT and its answer.
        psycopg.Error, ConnectError: the last one, where no other attempt could help or none was left.
    """
    seconds = remaining() if deadline is None else deadline
    until = time.monotonic() + (RUN_SECONDS if seconds is None else seconds)
    bound = math.inf if deadline is None else until
    pause = _FIRST_PAUSE
    while True:
        attempt, since = _Attempt(reader or bool(login and login.reader)), time.monotonic()
        try:
            return attempt.of(work, connect(deadline=until - time.monotonic(), reader=reader, login=login), bound)
        except (psycopg.Error, ConnectError) as error:
            if attempt.in_doubt():
                raise InDoubtError(_IN_DOUBT) from error
            wait = random.uniform(pause / 2, pause)  # noqa: S311 - so that those who met don't meet again
            if not attempt.undone(error) or time.monotonic() + wait >= until:
                raise
            tell("retry", since, getattr(error, "sqlstate", None) or type(error).__name__)
        time.sleep(wait)
        pause = min(pause * 2, _LONGEST_PAUSE)


class _Attempt:
    """One transaction, and what is certain about it after an error."""

    def __init__(self, reader: bool) -> None:
        self._reader = reader
        self._connection: Session | None = None
        self._sent = self._joined = self._ended = False
        """Whether COMMIT has been sent, whether the transaction is another one's, and whether `work` has ended it."""

    def of(self, work: Callable[[Session], Result], connection: Session, until: float) -> Result:
        """`until`: how long statements may be waited for, on the monotonic clock."""
        self._connection, self._joined = connection, connection.begun
        result = None
        with answered_until(until + _COMMIT_SECONDS), connection.transaction():
            try:
                with answered_until(until), _guarded(connection):
                    result = work(connection)
            finally:
                self._ended = connection.pgconn.transaction_status == TransactionStatus.IDLE
            if self._ended:
                raise psycopg.ProgrammingError(_ITSELF)
            self._sent = not self._lost()
        return result  # None where `work` raised psycopg.Rollback

    def in_doubt(self) -> bool:
        return self._sent and self._lost() and not self._joined

    def undone(self, error: psycopg.Error | ConnectError) -> bool:
        """Whether nothing of it is committed, and another attempt may end otherwise."""
        if self._connection is None:
            return isinstance(error, ConnectError) and error.passing is Passing.READY
        if self._joined or self._ended:
            return False
        if self._lost():
            return isinstance(error, (psycopg.OperationalError, ConnectError))
        state = getattr(error, "sqlstate", None)
        return state in _UNDONE or (state == _READ_ONLY and not self._reader)

    def _lost(self) -> bool:
        return self._connection is not None and self._connection.pgconn.status != ConnStatus.OK


@contextmanager
def _guarded(connection: Session) -> Iterator[None]:
    before, connection.guard = connection.guard, _refuse_ends
    try:
        yield
    finally:
        connection.guard = before


def _refuse_ends(statement: str) -> None:
    if re.search(_ENDS, re.sub(_INSIDE, "''", statement, flags=_FLAGS), _FLAGS):
        raise psycopg.ProgrammingError(_ITSELF)
