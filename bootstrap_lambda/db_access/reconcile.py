"""The main path: current -> plan -> apply -> prove, in one transaction, tried again while failures are transient."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from psycopg import Connection

from db_access import apply, catalog, data_loss, proof
from db_access.changes import Plan
from db_access.desired import NOTHING, desired
from db_access.errors import ProofError
from db_access.plan import plan
from db_access.retry import retrying
from db_access.spec import AccessSpec
from db_access.state import State
from db_access.statements import statement

_LOG = logging.getLogger(__name__)

Connect = Callable[[], Connection[Any]]


@dataclass(frozen=True)
class Summary:
    """What a run did: the number of changes and a digest of their statements (of nothing, when there were none)."""

    database: str
    changes: int
    digest: str
    plan: Plan


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


def converge(
    connect: Connect, spec: AccessSpec, database: str, *, iam_logins: frozenset[str] = frozenset(), patience: Patience = Patience()
) -> Summary:
    """Make `database` what `spec` says, and prove it, or change nothing.

    Args:
        connect: opens a connection to the database as the master, outside autocommit.
        iam_logins: logins that may be IAM-only though the spec doesn't name them: an IAM master.

    Raises:
        AccessError: one of its subclasses, with the cause.
    """
    allowed = iam_logins | frozenset(spec.iam_users)
    return retrying(connect, patience.transient, lambda connection: _Run.converging(connection, spec, database, allowed).run(patience))


def remove(connect: Connect, managed_by: str, *, patience: Patience = Patience()) -> Summary:
    """Take away every access that roles managed by `managed_by` have in the database. Schemas and data stay, and PUBLIC stays locked.

    A user that may still connect to another database keeps its login.
    """
    nobody = frozenset[str]()
    return retrying(
        connect, patience.transient, lambda connection: _Run(connection, managed_by, NOTHING, nobody, removing=True).run(patience)
    )


def preview(connect: Connect, spec: AccessSpec, database: str, *, patience: Patience = Patience()) -> Plan:
    """What `converge` would do now. Writes nothing: PostgreSQL itself is told that the transaction is read-only.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    return retrying(connect, patience.transient, lambda connection: _reading(connection, spec, database, patience).planned())


def prove(connect: Connect, spec: AccessSpec, database: str, *, patience: Patience = Patience()) -> Evidence:
    """Hold `database` against `spec`, by the plan and by PostgreSQL's own answers. Writes nothing, as `preview`."""
    return retrying(connect, patience.transient, lambda connection: _reading(connection, spec, database, patience).evidence())


def _reading(connection: Connection[Any], spec: AccessSpec, database: str, patience: Patience) -> "_Run":
    """A run that can't write. Under the lock all the same, or it would see another run half done."""
    connection.read_only = True
    apply.lock(connection, patience.lock)
    return _Run.converging(connection, spec, database, frozenset())


@dataclass(frozen=True)
class _Run:
    """One attempt, within the transaction that `connection` opens with its first statement."""

    connection: Connection[Any]
    managed_by: str
    wanted: State
    iam_logins: frozenset[str]
    removing: bool = False

    @classmethod
    def converging(cls, connection: Connection[Any], spec: AccessSpec, database: str, iam_logins: frozenset[str]) -> "_Run":
        return cls(connection, spec.managed_by, desired(spec, database, master=connection.info.user), iam_logins)

    def planned(self) -> Plan:
        """The plan alone; ends the transaction."""
        changes = self._plan()
        self.connection.rollback()
        return changes

    def evidence(self) -> Evidence:
        """The plan and the surprises; ends the transaction."""
        found = Evidence(self._database, self._plan(), tuple(proof.surprises(self.connection, self.wanted)))
        self.connection.rollback()
        return found

    def run(self, patience: Patience) -> Summary:
        apply.lock(self.connection, patience.lock)
        iam_before = proof.iam_logins(self.connection)
        changes = self._plan()
        statements = [statement(change) for change in changes]
        texts = [s.as_string(None) for s in statements]
        _log(changes, texts)
        apply.execute(self.connection, statements)
        self._prove(iam_before, changed=bool(changes))
        return Summary(self._database, len(changes), sha256(";\n".join(texts).encode()).hexdigest(), changes)

    @property
    def _database(self) -> str:
        return self.connection.info.dbname

    def _plan(self) -> Plan:
        scope = catalog.Scope.of(self.wanted, managed_by=self.managed_by, master=self.connection.info.user)
        current = catalog.read(self.connection, scope)
        changes = plan(self.wanted, current, database=self._database, managed_by=self.managed_by, removing=self.removing)
        data_loss.refuse(changes, database=self._database)
        return changes

    def _prove(self, iam_before: frozenset[str], *, changed: bool) -> None:
        """Before COMMIT: nothing left to do, effective access as declared, nobody locked out."""
        left = self._plan() if changed else ()
        found = [
            *(f"PostgreSQL did not carry out: {statement(change).as_string(None)}" for change in left),
            *proof.surprises(self.connection, self.wanted),
            *proof.locked_out(iam_before, proof.iam_logins(self.connection), self.iam_logins),
        ]
        if found:
            raise ProofError(self._database, found)


def _log(changes: Plan, texts: list[str]) -> None:
    for change, text in zip(changes, texts, strict=True):
        _LOG.info("%s  -- %s", text, change.reason)
    _LOG.info("%d changes", len(changes))
