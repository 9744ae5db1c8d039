"""Try a whole transaction again, on a new connection, while its failures are of the kind that pass."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, TypeVar

import psycopg
from psycopg import Connection

from db_access.errors import ApplyError, ProofError
from db_access.postgresql import encoding, failures
from db_access.timeouts import Timeouts

__all__ = ["Timeouts", "retrying"]

_LOG = logging.getLogger(__name__)

Result = TypeVar("Result")


def retrying(
    connect: Callable[[], Connection[Any]], seconds: float, attempt: Callable[[Connection[Any]], Result]
) -> Result:
    """What `attempt` returns; its transaction is committed then, and rolled back when it raises.

    Raises:
        ApplyError: when PostgreSQL fails in a way that doesn't pass, or after `seconds` still does.
        ProofError: when the result is not as asked for, `_PROOFS` times in the same way, or after `seconds` still.
    """
    deadline, pause, reads, found = _Deadline(seconds), _PAUSE, 0, Counter[str]()
    tolerant = False
    while True:
        connection = None
        try:
            with connect() as connection:
                deadline.connected()
                if tolerant:
                    encoding.tolerate(connection)
                return attempt(connection)
        except UnicodeDecodeError:
            if tolerant:
                raise
            tolerant = True
            continue
        except ProofError as error:  # something has come while the run was on; or it is there to stay
            found[str(error)] += 1
            if found[str(error)] >= _PROOFS or deadline.before(pause):
                raise
            pause = _PAUSE
            _LOG.warning("reading again: %s", error)
        except psycopg.Error as error:
            if failures.moved(error):
                reads, pause = reads + 1, _PAUSE
            passes = _passes(error, connection) or 0 < reads < _READS
            if not passes or deadline.before(pause):
                raise ApplyError(f"PostgreSQL failed, and nothing was changed: {failures.explained(error)}") from error
            _LOG.warning("trying again: %s", failures.message(error))
        time.sleep(pause)
        pause = min(pause * 2, 5)


def _passes(error: psycopg.Error, connection: Connection[Any] | None) -> bool:
    """A transaction that we have begun to read only refuses what writes for ever."""
    refused_by_us = connection is not None and connection.read_only and failures.reads_only(error)
    return failures.transient(error) and not refused_by_us


class _Deadline:
    """So many seconds from the first connection on: what it takes to reach the database at all is `connect`'s to
    bound."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end, self._connected = seconds, time.monotonic() + seconds, False

    def connected(self) -> None:
        if not self._connected:
            self._connected, self._end = True, time.monotonic() + self._seconds

    def before(self, pause: float) -> bool:
        """Whether it comes before the end of a pause."""
        return time.monotonic() + pause > self._end


_PAUSE: Final = 0.1
_PROOFS: Final = 8
_READS: Final = 10
"""How often the catalogs are read when something that they had is missing each time."""
