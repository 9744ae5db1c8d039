"""The main path of the engine: what the handler and the command call. Each is tried again while failures are transient."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection

from db_access import apply, databases, passwords
from db_access.changes import CreateDatabase, Plan
from db_access.desired import NOTHING
from db_access.errors import ApplyError, NoDatabaseError, PlanError, ProofError
from db_access.passwords import ReadSecret, Secret, from_secrets_manager
from db_access.retry import retrying
from db_access.run import Evidence, Patience, Run, Summary
from db_access.spec import AccessSpec

__all__ = ["Connect", "Evidence", "Patience", "Summary", "converge", "preview", "prove", "remove"]

_LOG = logging.getLogger(__name__)

Connect = Callable[[], Connection[Any]]
_PATIENCE = Patience()


def converge(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    patience: Patience = _PATIENCE,
    read_secret: ReadSecret = from_secrets_manager,
    elsewhere: Connect | None = None,
) -> Summary:
    """Make `database` what `spec` says, and prove it, or change nothing.

    Args:
        connect: opens a connection to the database as the master, outside autocommit.
        iam_logins: logins that may be IAM-only though the spec doesn't name them: an IAM master.
        elsewhere: opens a connection to another database of the cluster, from which a missing one is made.
        read_secret: where the passwords of the spec's password users come from.

    Raises:
        AccessError: one of its subclasses, with the cause.
    """
    allowed = iam_logins | frozenset(spec.iam_users)
    secrets = passwords.read(spec, read_secret)

    def attempt(connection: Connection[Any]) -> Summary:
        return Run.converging(connection, spec, database, allowed, secrets).run(patience)

    there = partial(databases.existing, connect, database)
    try:
        return retrying(there, patience.transient, attempt)
    except NoDatabaseError:
        if elsewhere is None:
            raise
    made = CreateDatabase(database, reason="declared and missing")
    with elsewhere() as connection:
        databases.create(connection, made, seconds=patience.transient)
    summary = retrying(there, patience.transient, attempt)
    return replace(summary, changes=summary.changes + 1, plan=(made, *summary.plan))


def remove(connect: Connect, managed_by: str, *, patience: Patience = _PATIENCE) -> Summary:
    """Take away every access that roles managed by `managed_by` have in the database. Schemas and data stay, and PUBLIC stays locked.

    A user that may still connect to another database keeps its login.
    """
    nobody = frozenset[str]()

    def attempt(connection: Connection[Any], *, logins_only: bool = False) -> Summary:
        return Run(connection, managed_by, NOTHING, nobody, removing=True, logins_only=logins_only).run(patience)

    try:
        return retrying(connect, patience.transient, attempt)
    except (PlanError, ApplyError, ProofError) as error:
        _LOG.warning("not all grants can be taken back, so only logins and memberships are: %s", error)
        return retrying(connect, patience.transient, partial(attempt, logins_only=True))


def preview(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    patience: Patience = _PATIENCE,
    read_secret: ReadSecret = from_secrets_manager,
    elsewhere: Connect | None = None,
) -> Plan:
    """What `converge` would do now. Writes nothing: PostgreSQL itself is told that the transaction is read-only.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    secrets = passwords.read(spec, read_secret)

    def planned(connection: Connection[Any]) -> Plan:
        return _reading(connection, spec, database, patience, secrets).planned()

    try:
        return retrying(partial(databases.existing, connect, database), patience.transient, planned)
    except NoDatabaseError:
        if elsewhere is None:
            raise
    made = CreateDatabase(database, reason="declared and missing")
    return (made, *retrying(elsewhere, patience.transient, planned))


def prove(
    connect: Connect, spec: AccessSpec, database: str, *, patience: Patience = _PATIENCE, read_secret: ReadSecret = from_secrets_manager
) -> Evidence:
    """Hold `database` against `spec`, by the plan and by PostgreSQL's own answers. Writes nothing, as `preview`."""
    secrets = passwords.read(spec, read_secret)
    there = partial(databases.existing, connect, database)
    return retrying(there, patience.transient, lambda connection: _reading(connection, spec, database, patience, secrets).evidence())


def _reading(connection: Connection[Any], spec: AccessSpec, database: str, patience: Patience, secrets: Mapping[str, Secret]) -> Run:
    """A run that can't write. Under the lock all the same, or it would see another run half done."""
    connection.read_only = True
    apply.lock(connection, patience.lock)
    return Run.converging(connection, spec, database, frozenset(), secrets)
