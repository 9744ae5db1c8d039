"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove.

Seven round trips, whatever the size: the session settled, lock and catalogs, their columns, the changes, the catalogs
again, the proof, COMMIT. Where logins are to end, a second connection ends them before the plan, for good.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import psycopg

from db_access.errors import AccessError, PlanError, ProofError
from db_access.plan.approval import Around
from db_access.plan.changes import Change, EndLogin, Plan, SetPassword, lasting
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.report import Summary
from db_access.postgresql import apply, ddl, effects, locks, passwords, proof, sessions
from db_access.postgresql.answer import Answer
from db_access.postgresql.attempt import Told
from db_access.postgresql.catalog import occupied
from db_access.postgresql.effects import Agreed
from db_access.postgresql.locking import OBSTACLES, Locking
from db_access.postgresql.planning import Planned, lockout
from db_access.postgresql.planning.owners import armed
from db_access.postgresql.planning.services import left_to_others
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.session import settle
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
    agreed: Agreed | None = None
    """What alone may be done; None: whatever makes the database what the spec says."""

    def run(self, timeouts: Timeouts) -> Summary:
        """The whole way; COMMIT included. Logins that are to end are ended before anything else, for good."""
        summary = self._run(timeouts)
        return replace(summary, plan=(*self.ended.values(), *summary.plan))

    def _run(self, timeouts: Timeouts) -> Summary:
        current = self.locked(timeouts).read()
        if ending := self.target.logins_to_end(current):
            self._refuse_unconfirmed(current, ending)
            if self.agreed:  # even a login's end waits for a plan then
                self._refuse_unapproved(self.plan(current), current)
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

    def _refuse_unapproved(self, planned: Planned, current: Current, done: Sequence[Change] = ()) -> None:
        """`done`: what the run has done, but for the logins that it has ended."""
        if self.agreed:
            changes = (*self.ended.values(), *done, *planned.changes)
            self.agreed.refuse(changes, None if done or not changes else self._around(changes, planned, current))

    def _around(self, changes: Plan, planned: Planned, current: Current) -> Around:
        held = {ddl.text(each.change): each.change.reason for each in planned.out_of_reach if each.locked}
        left = self.left(current, (each for each in planned.out_of_reach if not each.locked))
        found = Around(self.about(changes, current), frozenset(left), effects.ended(current), held)
        if not (self.agreed and self.agreed.approved.first):
            return found
        roles = tuple(sorted(self.target.desired.roles.keys() & current.roles.keys()))
        return replace(found, occupied=occupied.read(self.connection), roles=roles)

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
        done, digest = list[Change](), ddl.Digest()
        told = self._proven(current, self.plan(current), done, digest)
        if self.agreed and self.agreed.marked:
            apply.execute(self.connection, [ddl.mark_database(self.target.database, None).as_bytes(self.connection)])
        self.connection.commit()
        told = replace(told, warnings=(*told.warnings, *self._end_sessions(current, tuple(done))))
        return self.summary(tuple(done), str(digest), current, told)

    def _end_sessions(self, current: Current, done: Plan) -> list[str]:
        """By another connection where this one has been lost: nobody looks for them later."""
        gone, through = self.target.to_end(current, done)
        found = sessions.end_sessions(self.connection, gone, through)
        if not (found and self.connection.closed):
            return found
        try:
            with self.connect() as other:
                other.autocommit = True
                settle(other)
                return sessions.end_sessions(other, gone, through)
        except (psycopg.Error, AccessError):
            return found

    def _proven(self, before: Current, planned: Planned, done: list[Change], digest: ddl.Digest) -> Told:
        """Carry the plan out, and what others make necessary meanwhile; they can't undo what has been done."""
        current, found = before, list[str]()
        for _ in range(_ROUNDS):
            self._refuse_unapproved(planned, current, done)
            self._carry_out(planned.changes, current, digest)
            done += planned.changes
            found, outside = self._look(before, current, planned, tuple(done))
            if not found:
                return self.told(current, planned.out_of_reach, outside)
            current = self._again()
            planned = self._further(current, planned, done, found)
        raise ProofError(self.target.database, found)

    def _carry_out(self, changes: Plan, current: Current, digest: ddl.Digest) -> None:
        refuse_unconfirmed(changes, self.confirmed, database=self.target.database)
        own = {id(change): self._written(change, digest) for change in changes}
        _LOG.info("%d changes", len(lasting(changes)))
        steps = ddl.together(changes, administering=current.membership_options)
        statements = [
            own[id(of[0])] if composed is None else composed.as_bytes(self.connection) for composed, of in steps
        ]
        self._execute(statements, current)

    def _written(self, change: Change, digest: ddl.Digest) -> bytes:
        """The change's statement as it is sent, composed once for that, the log and the digest. What sets a password
        is composed only here, and never shown."""
        composed = ddl.statement(change)
        shown = ddl.shown(composed)
        _LOG.info("%s  -- %s", shown, change.why)
        digest.add(shown)
        if isinstance(change, SetPassword):
            composed = passwords.executable(change, self.secrets, self.connection)
        return composed.as_bytes(self.connection)

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
