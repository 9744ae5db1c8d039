"""Try a whole transaction again, on a new connection, while its failures are of the kind that pass."""

import logging
import time
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
        ProofError: when the result is not as asked for, twice.
    """
    deadline, pause, reads, proofs = time.monotonic() + seconds, 0.1, 0, 0
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
            proofs += 1
            if proofs > 1 or time.monotonic() + pause > deadline:
                raise
            _LOG.warning("reading again: %s", error)
        except psycopg.Error as error:
            reads += failures.moved(error)
            passes = failures.transient(error) or 0 < reads < _READS
            if not passes or time.monotonic() + pause > deadline:
                raise ApplyError(f"PostgreSQL failed, and nothing was changed: {failures.explained(error)}") from error
            _LOG.warning("trying again: %s", failures.message(error))
        time.sleep(pause)
        pause = min(pause * 2, 5)


_READS: Final = 4
"""How often the catalogs are read when something that they had is missing each time."""
