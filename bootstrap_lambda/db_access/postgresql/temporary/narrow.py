"""One transaction about single memberships, under the engine's lock: what is there, what is to be, done and seen."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from db_access.errors import ApplyError, ProofError
from db_access.plan.changes import lasting
from db_access.postgresql import apply, ddl, sessions
from db_access.postgresql.failures import message, transient
from db_access.postgresql.locking import Locking
from db_access.postgresql.planning import Planned
from db_access.postgresql.planning.single import Pairs
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.state import Current, Desired
from db_access.postgresql.temporary.asked import TemporaryError, foreign
from db_access.postgresql.unreachable import sentences

_LOG = logging.getLogger(__name__)

Wanted = Callable[[Current], Desired]
"""What is to be, from what is there."""


@dataclass(frozen=True)
class Narrow(Locking):
    def run(self, pairs: Pairs, wanted: Wanted, timeouts: Timeouts) -> Planned:
        """COMMIT included.

        Raises:
            ApplyError: where PostgreSQL or somebody else's grant stands in the way.
        """
        current = self.locked(timeouts).read()
        if problems := foreign(current, {group for group, _ in pairs}, self.target.managed_by):
            raise TemporaryError(problems)
        desired = wanted(current)
        planned = self.target.temporary_changes(desired, current, pairs)
        self._carry_out(planned)
        self._check(desired, pairs)
        self.connection.commit()
        return planned

    def end_sessions(self, name: str) -> None:
        """Those that began before this moment, of the role and, where a member of it can have become what it was a
        member of (before PostgreSQL 16), of its members.

        Raises:
            OpenSessionsError: where they stay.
        """
        try:
            gone = sessions.end_older(self.connection, name)
        except psycopg.Error as error:
            if transient(error):
                raise
            raise OpenSessionsError(still_open(name, message(error))) from error
        if not gone:
            raise OpenSessionsError(still_open(name, "they don't end"))

    def _carry_out(self, planned: Planned) -> None:
        if planned.out_of_reach:
            raise ApplyError("; ".join(sentences(planned.out_of_reach)))
        for change in planned.changes:
            _LOG.info("%s  -- %s", ddl.text(change), change.why)
        apply.execute(self.connection, [ddl.statement(change).as_bytes(self.connection) for change in planned.changes])

    def _check(self, desired: Desired, pairs: Pairs) -> None:
        """By the catalogs, before COMMIT."""
        with self.connection.pipeline():
            asked = self.snapshot.ask()
        left = self.target.temporary_changes(desired, asked.read(), pairs)
        if left.changes:
            raise ProofError(
                self.target.database,
                [f"PostgreSQL did not carry out: {ddl.text(change)}" for change in lasting(left.changes)],
            )


class OpenSessionsError(ApplyError):
    """A membership has been taken, and sessions that may use it are open still."""


def still_open(name: str, why: str) -> str:
    return (
        f"the membership is taken, but open sessions of {name!r} could not be ended: {why}; the next look tries again, "
        "or end them as a member of pg_signal_backend"
    )
