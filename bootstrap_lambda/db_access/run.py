"""One attempt to converge a database, within one transaction: current -> plan -> apply -> prove."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from psycopg import Connection
from psycopg.sql import Composed

from db_access import apply, catalog, catalog_logins, data_loss, databases, lockout, passwords, proof
from db_access.changes import ActAs, AlterRole, Change, DropRole, Plan, RevokeRole, SetPassword
from db_access.desired import desired
from db_access.desired_roles import RDS_IAM
from db_access.errors import PlanError, ProofError
from db_access.passwords import Secret
from db_access.plan import plan
from db_access.plan_grants import touched
from db_access.plan_logins import not_dropped, retired_roles
from db_access.plan_obstacles import pending
from db_access.spec import AccessSpec
from db_access.state import State
from db_access.statements import statement, together

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Summary:
    """What a run did: the number of changes and a digest of their statements (of nothing, when there were none)."""

    database: str
    changes: int
    digest: str
    plan: Plan
    pending: tuple[str, ...] = ()
    """What the spec names and nobody has made yet."""


@dataclass(frozen=True)
class Evidence:
    """How a database differs from its spec: what a run would change, and what PostgreSQL allows too many or too few things."""

    database: str
    plan: Plan
    surprises: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.plan and not self.surprises


@dataclass(frozen=True)
class Patience:
    """How long a run waits, in seconds."""

    transient: float = 60
    """For failures that pass: conflicts with another run, a server that restarts."""
    lock: float = 30
    """For another run, or another session's transaction that holds what this one needs."""


@dataclass(frozen=True)
class Run:
    """One attempt, within the transaction that `connection` opens with its first statement."""

    connection: Connection[Any]
    managed_by: str
    wanted: State
    iam_logins: frozenset[str]
    removing: bool = False
    logins_only: bool = False
    """Leave out what is not about roles: what others gave or own can't keep a user's login alive."""
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    database: str | None = None
    """The database to look at, when the connection is to another one because it is still to be made."""

    @classmethod
    def converging(
        cls, connection: Connection[Any], spec: AccessSpec, database: str, iam_logins: frozenset[str], secrets: Mapping[str, Secret]
    ) -> "Run":
        versions = {username: secret.version for username, secret in secrets.items()}
        wanted = desired(spec, database, master=connection.info.user, password_versions=versions)
        return cls(connection, spec.managed_by, wanted, iam_logins, secrets=secrets, database=database)

    def planned(self) -> Plan:
        """The plan alone; ends the transaction."""
        current = self._current()
        changes = self._plan(current)
        self._refuse_lockout(changes, current)
        self.connection.rollback()
        self._tell_what_stays(current)
        return changes

    def evidence(self) -> Evidence:
        """The plan and the surprises; ends the transaction."""
        found = Evidence(self._database, self._plan(self._current()), tuple(proof.surprises(self.connection, self.wanted)))
        self.connection.rollback()
        return found

    def run(self, patience: Patience) -> Summary:
        apply.lock(self.connection, patience.lock)
        current = self._current()
        changes = self._plan(current)
        self._refuse_lockout(changes, current)
        iam_before = proof.iam_logins(self.connection) if changes else frozenset()
        texts = [statement(change).as_string(None) for change in changes]
        _log(changes, texts)
        apply.execute(self.connection, [self._executable(composed, carried_out) for composed, carried_out in together(changes)])
        self._prove(iam_before, current, changes)
        self.connection.commit()
        self._end_sessions(current)
        waiting = tuple(pending(self.wanted, current))
        for sentence in waiting:
            _LOG.warning("%s", sentence)
        self._tell_what_stays(current)
        return Summary(self._database, len(changes), sha256(";\n".join(texts).encode()).hexdigest(), changes, waiting)

    @property
    def _database(self) -> str:
        return self.database or self.connection.info.dbname

    @property
    def _scope(self) -> catalog.Scope:
        return catalog.Scope.of(self.wanted, managed_by=self.managed_by, master=self.connection.info.user)

    def _current(self) -> State:
        found = catalog.read(self.connection, self._scope)
        here = self.connection.info
        return found if here.dbname == self._database else databases.as_new(found, self._database, here.user)

    def _reread(self, before: State, changes: Plan) -> State:
        """The state after `changes`: read again where they name something. The proof looks everywhere."""
        schemas = touched(changes)
        return self._current() if schemas is None else catalog.reread(self.connection, self._scope, before, schemas)

    def _plan(self, current: State) -> Plan:
        changes = plan(self.wanted, current, database=self._database, managed_by=self.managed_by, removing=self.removing)
        data_loss.refuse(changes, database=self._database)
        return _of_logins(changes, current) if self.logins_only else changes

    def _refuse_lockout(self, changes: Plan, current: State) -> None:
        """Before the first statement; asked again, of PostgreSQL as it is then, before COMMIT."""
        iam_users = {m.member for m in self.wanted.memberships if m.role == RDS_IAM}
        added, taken = lockout.memberships(changes, master=self.connection.info.user, creator_joins=current.membership_options)
        reach = catalog_logins.reach(self.connection, iam_users, added, taken)
        if problems := list(lockout.locked_out(changes, self.wanted, reach, self.iam_logins | iam_users)):
            raise PlanError(self._database, problems)

    def _tell_what_stays(self, current: State) -> None:
        for sentence in not_dropped(self.wanted, current, self.managed_by):
            _LOG.warning("%s", sentence)

    def _executable(self, composed: Composed, changes: Sequence[Change]) -> bytes:
        """The statement as it is sent; what sets a password is composed only here, and never shown."""
        for change in changes:
            if isinstance(change, SetPassword):
                return passwords.statement(change, self.secrets, self.connection).as_bytes(self.connection)
        return composed.as_bytes(self.connection)

    def _end_sessions(self, current: State) -> None:
        """Of retired roles, whose sessions would go on with the rights that they have in their temporary tables and open cursors."""
        gone = retired_roles(self.wanted, current, self.managed_by, removing=self.removing)
        for sentence in apply.end_sessions(self.connection, {role.oid: role.name for role in gone}):
            _LOG.warning("%s", sentence)

    def _prove(self, iam_before: frozenset[str], before: State, changes: Plan) -> None:
        """Before COMMIT: nothing left to do, effective access as declared, nobody locked out."""
        after = self._reread(before, changes) if changes else before
        # A role that owned something until now is dropped by the next run, which finds that it owns nothing.
        left = [change for change in self._plan(after) if not isinstance(change, DropRole)] if changes else []
        if self.logins_only:
            left = [change for change in left if isinstance(change, AlterRole)]
        found = [
            *(f"PostgreSQL did not carry out: {statement(change).as_string(None)}" for change in left),
            *proof.surprises(self.connection, self.wanted, after),
            *(proof.locked_out(iam_before, proof.iam_logins(self.connection), self.iam_logins) if changes else ()),
        ]
        if found:
            raise ProofError(self._database, found)


def _of_logins(changes: Plan, current: State) -> Plan:
    """What takes logins and memberships away and is the master's to do: roles that others gave can only be taken back by them."""
    ours = {RDS_IAM} | {role.name for role in current.roles.values() if role.managed_by is not None}
    return tuple(
        change for change in changes if isinstance(change, AlterRole | ActAs) or (isinstance(change, RevokeRole) and change.role in ours)
    )


def _log(changes: Plan, texts: list[str]) -> None:
    for change, text in zip(changes, texts, strict=True):
        _LOG.info("%s  -- %s", text, change.reason)
    _LOG.info("%d changes", len(changes))
