"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove.

Six round trips, whatever the size: lock and catalogs, their columns, the changes, the catalogs again, the proof,
COMMIT.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from psycopg import Connection
from psycopg.sql import Composed

from db_access.errors import PlanError, ProofError
from db_access.plan.changes import Change, Plan, SetPassword
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import apply, ddl, passwords, proof
from db_access.postgresql.answer import Answer
from db_access.postgresql.planning import lockout
from db_access.postgresql.planning.pending import pending
from db_access.postgresql.retry import Timeouts
from db_access.postgresql.snapshot import Snapshot
from db_access.postgresql.state import Current
from db_access.postgresql.target import Target
from db_access.secrets import Secret
from db_access.spec import AccessSpec

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """One attempt, within the transaction that `connection` opens with its first statement."""

    connection: Connection[Any]
    make_target: Callable[[], Target]
    """Called while the server is busy with the lock."""
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)

    @classmethod
    def converging(
        cls,
        connection: Connection[Any],
        spec: AccessSpec,
        database: str,
        iam_logins: frozenset[str],
        secrets: Mapping[str, Secret],
    ) -> "Run":
        """`database` is the one to look at: the connection is to another one when it is still to be made."""
        versions = {username: secret.version for username, secret in secrets.items()}
        make = partial(
            Target.converging, master=connection.info.user, iam_logins=iam_logins, password_versions=versions
        )
        return cls(connection, partial(make, spec, database), secrets)

    @classmethod
    def removing(cls, connection: Connection[Any], managed_by: str, *, logins_only: bool) -> "Run":
        here = connection.info
        make = partial(Target.nothing, master=here.user, managed_by=managed_by, logins_only=logins_only)
        return cls(connection, partial(make, here.dbname))

    @cached_property
    def target(self) -> Target:
        return self.make_target()

    @cached_property
    def _snapshot(self) -> Snapshot:
        return Snapshot(self.connection, self.target)

    def planned(self) -> Summary:
        """The plan alone; ends the transaction."""
        with self.connection.pipeline():
            asked, outside = self._snapshot.ask(), self._snapshot.ask_out_of_scope()
        current = asked.read()
        changes = self._plan(current)
        warnings = self._warnings(current, outside)
        self.connection.rollback()
        return self._summary(changes, ddl.digest(changes), current, warnings)

    def evidence(self) -> Evidence:
        """The plan, the violations and the logins that are locked out; ends the transaction."""
        with self.connection.pipeline():
            asked = self._snapshot.ask()
            violations = proof.ask(self.connection, self.target.desired)
            outside = self._snapshot.ask_out_of_scope()
        current = asked.read()
        found = Evidence(
            database=self.target.database,
            plan=self.target.plan(current),
            violations=tuple(proof.sentences(self.connection, violations.read())),
            lock_outs=tuple(self.target.lock_outs_now(current)),
            pending=tuple(pending(self.target.desired, current)),
            warnings=self._warnings(current, outside),
        )
        self.connection.rollback()
        return found

    def run(self, timeouts: Timeouts) -> Summary:
        """The whole way; COMMIT included."""
        with apply.locked(self.connection, timeouts.lock):
            asked = self._snapshot.ask()
        current = asked.read()
        changes = self._plan(current)
        digest = ddl.digest(changes, log=_LOG)
        _LOG.info("%d changes", len(changes))
        steps = ddl.together(changes, administering=current.membership_options)
        apply.execute(self.connection, [self._executable(composed, carried_out) for composed, carried_out in steps])
        warnings = self._prove(current, changes)
        self.connection.commit()
        ended = apply.end_sessions(self.connection, {role.oid: role.name for role in self.target.retired(current)})
        return self._summary(changes, digest, current, (*warnings, *ended))

    def _plan(self, current: Current) -> Plan:
        """The changes, once it is clear that they lock nobody out. Before COMMIT PostgreSQL is asked that again."""
        changes = self.target.plan(current)
        if problems := list(self.target.lock_outs(changes, current)):
            raise PlanError(self.target.database, problems)
        return changes

    def _executable(self, composed: Composed, changes: Sequence[Change]) -> bytes:
        """The statement as it is sent; what sets a password is composed only here, and never shown."""
        for change in changes:
            if isinstance(change, SetPassword):
                return passwords.executable(change, self.secrets, self.connection).as_bytes(self.connection)
        return composed.as_bytes(self.connection)

    def _prove(self, before: Current, changes: Plan) -> tuple[str, ...]:
        """Before COMMIT: nothing left to do, effective access as declared, nobody locked out. Returns the warnings."""
        target, after = self.target, self._snapshot.again(before, changes)
        with self.connection.pipeline():
            violations = proof.ask(self.connection, target.desired, after)
            iam_logins = proof.ask_iam_logins(self.connection) if changes else None
            outside = self._snapshot.ask_out_of_scope()
            left = target.left(after) if changes else []  # while PostgreSQL works on the answers
        found = [
            *(f"PostgreSQL did not carry out: {ddl.text(change)}" for change in left),
            *proof.sentences(self.connection, violations.read()),
        ]
        if iam_logins:
            found += proof.locked_out(lockout.iam_logins(before), iam_logins.read(), target.iam_logins)
        if found:
            raise ProofError(target.database, found)
        return self._warnings(before, outside)

    def _warnings(self, current: Current, outside: Answer[tuple[str, ...]]) -> tuple[str, ...]:
        return (*self.target.not_dropped(current), *outside.read())

    def _summary(self, changes: Plan, digest: str, current: Current, warnings: tuple[str, ...]) -> Summary:
        waiting = tuple(pending(self.target.desired, current))
        return Summary(database=self.target.database, digest=digest, plan=changes, pending=waiting, warnings=warnings)
