"""An attempt that takes the engine's lock, and what it does about the locks of others that it meets."""

import logging
from dataclasses import dataclass, replace
from typing import Final, Self

import psycopg

from db_access.errors import LockHeldError
from db_access.postgresql import apply, locks
from db_access.postgresql.answer import Answer
from db_access.postgresql.attempt import Attempt
from db_access.postgresql.failures import message, transient
from db_access.postgresql.planning import locked
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.state import Current

_LOG = logging.getLogger(__name__)

ConcurrentUpdate = psycopg.errors.InternalError_
"""Whoever was waited for has changed the same and committed; `failures.transient` tells it from other such errors."""
Obstacle = LockHeldError | psycopg.errors.DeadlockDetected | ConcurrentUpdate
"""What others' locks make of a run."""
OBSTACLES: Final = (LockHeldError, psycopg.errors.DeadlockDetected, ConcurrentUpdate)

_MOST_FREED: Final = 100
"""Servers prepare no more transactions at a time than they are told to; who is let in can prepare another each time."""


@dataclass(frozen=True)
class Locking(Attempt):
    blocked: bool = False
    """Another session has kept a lock until the time for it was over: this time managed roles' sessions are ended."""
    freed: int = 0
    """How often prepared transactions of managed roles were in the way and have been rolled back."""

    def locked(self, timeouts: Timeouts) -> Answer[Current]:
        """What is asked under the lock, which no prepared transaction of a managed role keeps for good."""
        try:
            return self._locked(timeouts)
        except LockHeldError as error:
            ours = self._ours_now(timeouts) if locks.prepared(error.holders) else []
            if not locks.freed(self.connect, error.holders, ours):
                raise
        return self._locked(timeouts)

    def _locked(self, timeouts: Timeouts) -> Answer[Current]:
        with apply.locked(self.connection, timeouts.lock):
            return self.snapshot.ask()

    def _ours_now(self, timeouts: Timeouts) -> list[int]:
        with apply.begun(self.connection, timeouts.lock):
            asked = self.snapshot.ask()
        found = self.ours(asked.read())
        self.connection.rollback()
        return found

    def after(self, error: Obstacle, current: Current) -> Self:
        """What to try next; raises `error` when there is nothing."""
        self.connection.rollback()
        holders = error.holders if isinstance(error, LockHeldError) else ()
        if self.freed < _MOST_FREED and locks.freed(self.connect, holders, self.ours(current)):
            return replace(self, freed=self.freed + 1)
        if not self.blocked and (isinstance(error, LockHeldError) or transient(error)):
            why = error if isinstance(error, LockHeldError) else message(error)
            _LOG.warning("trying again, and ending managed roles' sessions that are in the way: %s", why)
            return replace(self, blocked=True)
        held = {} if isinstance(error, ConcurrentUpdate) else locks.held_relations(self.connection, self.ours(current))
        if self.held or not any(left.locked for left in self.target.plan(locked(current, held)).out_of_reach):
            raise error
        return replace(self, held=held)

    def ours(self, current: Current) -> list[int]:
        """The roles, by oid, whose sessions and transactions a run may end."""
        return [role.oid for role in current.roles.values() if role.managed_by == self.target.managed_by]
