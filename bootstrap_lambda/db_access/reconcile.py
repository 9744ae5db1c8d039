"""The main path: current -> plan -> apply -> prove, in one transaction, tried again while failures are transient."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import Connection

from db_access import apply, catalog, proof
from db_access.changes import Plan
from db_access.desired import desired, retired
from db_access.errors import ApplyError, ProofError
from db_access.plan import plan
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
    return _retrying(
        connect, patience, lambda connection: _Run(connection, spec, desired(spec, database, master=connection.info.user), allowed)
    )


def remove(connect: Connect, spec: AccessSpec, database: str, *, patience: Patience = Patience()) -> Summary:
    """Take every access away that `spec` gave in `database`. Schemas, owners and data stay, and PUBLIC stays locked.

    A user that may still connect to another database keeps its login.
    """
    return _retrying(connect, patience, lambda connection: _Run(connection, spec, retired(spec, database), frozenset(), removing=True))


@dataclass(frozen=True)
class _Run:
    """One attempt, within the transaction that `connection` opens with its first statement."""

    connection: Connection[Any]
    spec: AccessSpec
    wanted: State
    iam_logins: frozenset[str]
    removing: bool = False

    def run(self, patience: Patience) -> Summary:
        apply.lock(self.connection, patience.lock)
        iam_before = proof.iam_logins(self.connection)
        changes = self._plan()
        statements = [statement(change) for change in changes]
        texts = [s.as_string(None) for s in statements]
        _log(changes, texts)
        apply.execute(self.connection, statements)
        self._prove(iam_before, changed=bool(changes))
        return Summary(self._database, len(changes), sha256(";\n".join(texts).encode()).hexdigest())

    @property
    def _database(self) -> str:
        return self.connection.info.dbname

    def _plan(self) -> Plan:
        scope = catalog.Scope.of(self.wanted, managed_by=self.spec.managed_by, master=self.connection.info.user)
        current = catalog.read(self.connection, scope)
        return plan(self.wanted, current, database=self._database, managed_by=self.spec.managed_by, removing=self.removing)

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


def _retrying(connect: Connect, patience: Patience, start: Callable[[Connection[Any]], _Run]) -> Summary:
    deadline, pause = time.monotonic() + patience.transient, 0.1
    while True:
        try:
            with connect() as connection:
                return start(connection).run(patience)
        except psycopg.Error as error:
            if not apply.transient(error) or time.monotonic() + pause > deadline:
                raise ApplyError(f"PostgreSQL failed, and nothing was changed: {error} ({error.sqlstate})") from error
            _LOG.warning("trying again after a transient failure: %s (%s)", error, error.sqlstate)
        time.sleep(pause)
        pause = min(pause * 2, 5)
