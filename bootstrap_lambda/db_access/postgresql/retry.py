"""Try a whole transaction again, on a new connection, while its failures are of the kind that pass."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
from psycopg import Connection

from db_access.errors import ApplyError, ProofError
from db_access.postgresql import encoding, failures

_LOG = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Timeouts:
    """How long a run waits, in seconds."""

    transient: float = 60
    """For failures that pass: conflicts with another run, a server that restarts."""
    lock: float = 30
    """For another run, or another session's transaction that holds what this one needs."""


def retrying(
    connect: Callable[[], Connection[Any]], seconds: float, attempt: Callable[[Connection[Any]], Result]
) -> Result:
    """What `attempt` returns; its transaction is committed then, and rolled back when it raises.

    Raises:
        ApplyError: when PostgreSQL fails in a way that doesn't pass, or after `seconds` still does.
        ProofError: when the result is not as asked for, `_PROOFS` times in the same way, or after `seconds` still.
    """
    deadline, pause, reads, found = time.monotonic() + seconds, _PAUSE, 0, Counter[str]()
    tolerant = False
    while True:
        try:
            with connect() as connection:
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
            if found[str(error)] >= _PROOFS or time.monotonic() + pause > deadline:
                raise
            pause = _PAUSE
            _LOG.warning("reading again: %s", error)
        except psycopg.Error as error:
            if failures.moved(error):
                reads, pause = reads + 1, _PAUSE
            passes = failures.transient(error) or 0 < reads < _READS
            if not passes or time.monotonic() + pause > deadline:
                raise ApplyError(f"PostgreSQL failed, and nothing was changed: {failures.explained(error)}") from error
            _LOG.warning("trying again: %s", failures.message(error))
        time.sleep(pause)
        pause = min(pause * 2, 5)


_PAUSE: Final = 0.1
_PROOFS: Final = 8
_READS: Final = 10
"""How often the catalogs are read when something that they had is missing each time."""
