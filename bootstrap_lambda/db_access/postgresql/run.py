"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove.

Six round trips, whatever the size: lock and catalogs, their columns, the changes, the catalogs again, the proof,
COMMIT. Where logins are to end, a second connection ends them before the plan, for good.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from psycopg.sql import Composed

from db_access.errors import LockHeldError, PlanError, ProofError
from db_access.plan.changes import Change, EndLogin, SetPassword
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.report import Summary
from db_access.postgresql import apply, ddl, locks, passwords, proof, sessions
from db_access.postgresql.locking import Locking
from db_access.postgresql.planning import Planned, lockout
from db_access.postgresql.planning.owners import armed
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.state import Current

_LOG = logging.getLogger(__name__)


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
            return self._converged(current, timeouts)
        except LockHeldError as error:
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

    def _converged(self, current: Current, timeouts: Timeouts) -> Summary:
        planned = self.plan(current)
        changes = planned.changes
        refuse_unconfirmed(changes, self.confirmed, database=self.target.database)
        digest = ddl.digest(changes, log=_LOG)
        _LOG.info("%d changes", len(changes))
        steps = ddl.together(changes, administering=current.membership_options)
        self._execute([self._executable(composed, of) for composed, of in steps], current)
        warnings = self._prove(current, planned)
        self.connection.commit()
        retired = {role.oid: role.name for role in self.target.retired(current)}
        return self.summary(changes, digest, current, (*warnings, *sessions.end_sessions(self.connection, retired)))

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

    def _prove(self, before: Current, planned: Planned) -> tuple[str, ...]:
        """Before COMMIT: nothing left to do, effective access as declared or out of reach, nobody locked out. Returns
        the warnings."""
        changes = planned.changes
        target, after = self.target, self.snapshot.again(before, changes)
        with self.connection.pipeline():
            violations = proof.ask(self.connection, target.standing(before, planned), after)
            iam_logins = proof.ask_iam_logins(self.connection) if changes else None
            outside = self.snapshot.ask_out_of_scope()
            left = target.left(after) if changes else []  # while PostgreSQL works on the answers
        found = [
            *(f"PostgreSQL did not carry out: {ddl.text(change)}" for change in left),
            *armed(changes, after),
            *proof.sentences(self.connection, violations.read()),
        ]
        if iam_logins:
            found += proof.locked_out(lockout.iam_logins(before), iam_logins.read(), target.iam_logins)
        if found:
            raise ProofError(target.database, found)
        return self.told(before, planned.out_of_reach, outside)
