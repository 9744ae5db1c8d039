"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove.

Six round trips, whatever the size: lock and catalogs, their columns, the changes, the catalogs again, the proof,
COMMIT.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.sql import Composed

from db_access.errors import PlanError, ProofError
from db_access.plan.changes import Change, Plan, SetPassword
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import apply, passwords, proof
from db_access.postgresql.ddl import statement, together
from db_access.postgresql.passwords import Secret
from db_access.postgresql.planning import lockout
from db_access.postgresql.planning.conflicts import pending
from db_access.postgresql.retry import Patience
from db_access.postgresql.snapshot import View
from db_access.postgresql.state import State
from db_access.postgresql.target import Aim
from db_access.spec import AccessSpec

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """One attempt, within the transaction that `connection` opens with its first statement."""

    connection: Connection[Any]
    make_aim: Callable[[], Aim]
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
        master = connection.info.user
        aim = partial(Aim.converging, spec, database, master=master, iam_logins=iam_logins, password_versions=versions)
        return cls(connection, aim, secrets)

    @classmethod
    def removing(cls, connection: Connection[Any], managed_by: str, *, logins_only: bool) -> "Run":
        here = connection.info
        return cls(
            connection,
            partial(Aim.nothing, here.dbname, master=here.user, managed_by=managed_by, logins_only=logins_only),
        )

    @cached_property
    def aim(self) -> Aim:
        return self.make_aim()

    @cached_property
    def _view(self) -> View:
        return View(self.connection, self.aim)

    def planned(self) -> Summary:
        """The plan alone; ends the transaction."""
        with self.connection.pipeline():
            asked, around = self._view.ask(), self._view.ask_around()
        current = self._view.told(asked)
        changes = self._plan(current)
        warnings = self._view.warnings(current, around)
        self.connection.rollback()
        return self._summary(changes, _digest(changes, log=False), current, warnings)

    def evidence(self) -> Evidence:
        """The plan, the surprises and the logins that are locked out; ends the transaction."""
        with self.connection.pipeline():
            asked, question, around = (
                self._view.ask(),
                proof.ask(self.connection, self.aim.wanted),
                self._view.ask_around(),
            )
        current = self._view.told(asked)
        found = Evidence(
            database=self.aim.database,
            plan=self.aim.plan(current),
            surprises=tuple(proof.sentences(self.connection, question.deviations())),
            lock_outs=tuple(self.aim.lock_outs_now(current)),
            pending=tuple(pending(self.aim.wanted, current)),
            warnings=self._view.warnings(current, around),
        )
        self.connection.rollback()
        return found

    def run(self, patience: Patience) -> Summary:
        with apply.locked(self.connection, patience.lock):
            asked = self._view.ask()
        current = self._view.told(asked)
        changes = self._plan(current)
        digest = _digest(changes, log=True)
        _LOG.info("%d changes", len(changes))
        steps = together(changes, administering=current.membership_options)
        apply.execute(self.connection, [self._executable(composed, carried_out) for composed, carried_out in steps])
        warnings = self._prove(current, changes)
        self.connection.commit()
        ended = apply.end_sessions(self.connection, {role.oid: role.name for role in self.aim.retired(current)})
        return self._summary(changes, digest, current, (*warnings, *ended))

    def _plan(self, current: State) -> Plan:
        """The changes, once it is clear that they lock nobody out; asked again, of PostgreSQL as it is then, before
        COMMIT."""
        changes = self.aim.plan(current)
        if problems := list(self.aim.lock_outs(changes, current)):
            raise PlanError(self.aim.database, problems)
        return changes

    def _executable(self, composed: Composed, changes: Sequence[Change]) -> bytes:
        """The statement as it is sent; what sets a password is composed only here, and never shown."""
        for change in changes:
            if isinstance(change, SetPassword):
                return passwords.statement(change, self.secrets, self.connection).as_bytes(self.connection)
        return composed.as_bytes(self.connection)

    def _prove(self, before: State, changes: Plan) -> tuple[str, ...]:
        """Before COMMIT: nothing left to do, effective access as declared, nobody locked out. The warnings are the
        answer."""
        after = self._view.again(before, changes)
        with self.connection.pipeline():
            question = proof.ask(self.connection, self.aim.wanted, after)
            iam_logins = proof.ask_iam_logins(self.connection) if changes else None
            around = self._view.ask_around()
            left = self.aim.left(after) if changes else []  # while PostgreSQL works on the answers
        found = [
            *(f"PostgreSQL did not carry out: {statement(change).as_string(None)}" for change in left),
            *proof.sentences(self.connection, question.deviations()),
            *(proof.locked_out(lockout.iam_logins(before), iam_logins, self.aim.iam_logins) if iam_logins else ()),
        ]
        if found:
            raise ProofError(self.aim.database, found)
        return self._view.warnings(before, around)

    def _summary(self, changes: Plan, digest: str, current: State, warnings: tuple[str, ...]) -> Summary:
        waiting = tuple(pending(self.aim.wanted, current))
        return Summary(database=self.aim.database, digest=digest, plan=changes, pending=waiting, warnings=warnings)


def _digest(changes: Plan, *, log: bool) -> str:
    """Statement by statement: a hundred thousand of them are not to be in memory at once."""
    digest = sha256()
    for number, change in enumerate(changes):
        text = statement(change).as_string(None)
        digest.update(f";\n{text}".encode() if number else text.encode())
        if log:
            _LOG.info("%s  -- %s", text, change.reason)
    return digest.hexdigest()
