"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove.

Six round trips, whatever the size: lock and catalogs, their columns, the changes, the catalogs again, the proof,
COMMIT. Where logins are to end, a second connection ends them before the plan, for good.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from psycopg.sql import Composed

from db_access.errors import PlanError, ProofError
from db_access.plan.changes import Change, EndLogin, Plan, SetPassword, lasting
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.report import Summary
from db_access.postgresql import apply, ddl, locks, passwords, proof, sessions
from db_access.postgresql.answer import Answer
from db_access.postgresql.attempt import Told
from db_access.postgresql.locking import OBSTACLES, Locking
from db_access.postgresql.planning import Planned, lockout
from db_access.postgresql.planning.owners import armed
from db_access.postgresql.planning.services import left_to_others
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.state import Current

_LOG = logging.getLogger(__name__)

_ROUNDS: Final = 10
"""Who makes objects in a loop can have made another one each time."""


@dataclass(frozen=True)
class Run(Locking):
    ended: dict[str, EndLogin] = field(default_factory=dict)
    """Logins that this or a former attempt has ended for good, by role."""
    confirmed: Collection[Change] | None = None
    """What may be taken away; None: whatever is not to be."""

    def run(self, timeouts: Timeouts) -> Summary:
        """The whole way; COMMIT included. Logins that are to end are ended before anything else, for good."""
        summary = self._run(timeouts)
        return replace(summary, plan=(*self.ended.values(), *summary.plan))

    def _run(self, timeouts: Timeouts) -> Summary:
        current = self.locked(timeouts).read()
        if ending := self.target.logins_to_end(current):
            self._refuse_unconfirmed(current, ending)
            self._end_logins(ending, current, timeouts)
            current = self._again()
            self.ended.update({end.role: end for end in ending if not current.roles[end.role].login})
        try:
            return self._converged(current)
        except OBSTACLES as error:
            further = self.after(error, current)
        return further._run(timeouts)

    def _refuse_unconfirmed(self, current: Current, ending: Sequence[EndLogin]) -> None:
        """Of the whole plan, as far as there is one: a login that has ended is not given back."""
        if self.confirmed is None:
            return
        try:
            changes = self.target.plan(current).changes
        except PlanError:
            changes = tuple(ending)
        refuse_unconfirmed(changes, self.confirmed, database=self.target.database)

    def _end_logins(self, ended: Sequence[EndLogin], current: Current, timeouts: Timeouts) -> None:
        """On another connection: this one's transaction keeps the lock, and must not undo it."""
        for change in ended:
            _LOG.info("%s  -- %s", ddl.text(change), change.why)
        with self.connect() as other:
            statements = {current.roles[change.role].oid: ddl.statement(change) for change in ended}
            sessions.end_logins(other, statements, timeouts.lock)

    def _again(self) -> Current:
        with self.connection.pipeline():
            asked = self.snapshot.ask()
        return asked.read()

    def _converged(self, current: Current) -> Summary:
        done: list[Change] = []
        told = self._proven(current, self.plan(current), done)
        self.connection.commit()
        digest = ddl.digest(done)
        retired = {role.oid: role.name for role in self.target.retired(current)}
        told = replace(told, warnings=(*told.warnings, *sessions.end_sessions(self.connection, retired)))
        return self.summary(tuple(done), digest, current, told)

    def _proven(self, before: Current, planned: Planned, done: list[Change]) -> Told:
        """Carry the plan out, and what others make necessary meanwhile; they can't undo what has been done."""
        current, found = before, list[str]()
        for _ in range(_ROUNDS):
            self._carry_out(planned.changes, current)
            done += planned.changes
            found, outside = self._look(before, current, planned, tuple(done))
            if not found:
                return self.told(current, planned.out_of_reach, outside)
            current = self._again()
            planned = self._further(current, planned, done, found)
        raise ProofError(self.target.database, found)

    def _carry_out(self, changes: Plan, current: Current) -> None:
        refuse_unconfirmed(changes, self.confirmed, database=self.target.database)
        for change in changes:
            _LOG.info("%s  -- %s", ddl.text(change), change.why)
        _LOG.info("%d changes", len(lasting(changes)))
        steps = ddl.together(changes, administering=current.membership_options)
        self._execute([self._executable(composed, of) for composed, of in steps], current)

    def _further(self, current: Current, before: Planned, done: Sequence[Change], found: Sequence[str]) -> Planned:
        """What is to be done now; nothing that has been done, for then PostgreSQL doesn't do what it is told."""
        try:
            planned = self.plan(current)
        except PlanError as error:
            raise ProofError(self.target.database, found) from error
        changes = {*lasting(planned.changes)}
        nothing_new = not changes and planned.out_of_reach == before.out_of_reach
        if nothing_new or not changes.isdisjoint(done):
            raise ProofError(self.target.database, found)
        return planned

    def _execute(self, statements: Sequence[bytes], current: Current) -> None:
        if self.blocked:
            with locks.without_blockers(self.connect, self.connection, self.ours(current)):
                apply.execute(self.connection, statements)
        else:
            apply.execute(self.connection, statements)

    def _executable(self, composed: Composed, changes: Sequence[Change]) -> bytes:
        """The statement as it is sent; what sets a password is composed only here, and never shown."""
        for change in changes:
            if isinstance(change, SetPassword):
                return passwords.executable(change, self.secrets, self.connection).as_bytes(self.connection)
        return composed.as_bytes(self.connection)

    def _look(
        self, before: Current, current: Current, planned: Planned, done: Plan
    ) -> tuple[list[str], Answer[tuple[str, ...]]]:
        """Before COMMIT: nothing left to do, effective access as declared or out of reach, nobody locked out. Returns
        what isn't so, and what an operator should know besides."""
        target, after = self.target, self.snapshot.again(current, done)
        with self.connection.pipeline():
            violations = proof.ask(self.connection, target.standing(current, planned), after)
            shut_out = proof.ask_services(self.connection, target.desired)
            iam_logins = proof.ask_iam_logins(self.connection) if done else None
            outside = self.snapshot.ask_out_of_scope()
            left = target.left(after) if done else []  # while PostgreSQL works on the answers
        found = [
            *(f"PostgreSQL did not carry out: {ddl.text(change)}" for change in left),
            *armed(done, after),
            *proof.sentences(self.connection, violations.read()),
            *([] if left_to_others(planned.out_of_reach) else shut_out.read()),
        ]
        if iam_logins:
            found += proof.locked_out(lockout.iam_logins(before), iam_logins.read(), target.iam_logins)
        return found, outside
