"""The main path of the engine: what the handler and the command call. Each is tried again while failures are
transient."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection

from db_access.errors import ApplyError, NoDatabaseError, PlanError, ProofError
from db_access.plan.changes import Change, CreateDatabase
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import apply, databases, passwords
from db_access.postgresql.passwords import ReadSecret, Secret, from_secrets_manager
from db_access.postgresql.retry import Patience, retrying
from db_access.postgresql.run import Run
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

    def converged() -> Summary:
        secrets = passwords.read(spec, read_secret)

        def attempt(connection: Connection[Any]) -> Summary:
            return Run.converging(connection, spec, database, allowed, secrets).run(patience)

        return retrying(partial(databases.existing, connect, database), patience.transient, attempt)

    try:
        summary = converged()
    except NoDatabaseError:
        if elsewhere is None:
            raise
        made = CreateDatabase(database, reason="declared and missing")
        with elsewhere() as connection:
            databases.create(connection, made, seconds=patience.transient)
        summary = _with(converged(), made)
    # A rotation that ended while this run was on, of whose password it has put the former one back.
    return _with(converged(), *summary.plan) if passwords.outdated(summary.plan, spec, read_secret) else summary


def remove(connect: Connect, managed_by: str, *, patience: Patience = _PATIENCE) -> Summary:
    """Take away every access that roles managed by `managed_by` have in the database. Schemas and data stay, and PUBLIC
    stays locked.

    A user that may still connect to another database keeps its login.
    """

    def attempt(connection: Connection[Any], *, logins_only: bool = False) -> Summary:
        return Run.removing(connection, managed_by, logins_only=logins_only).run(patience)

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
) -> Summary:
    """What `converge` would do now. Writes nothing: PostgreSQL itself is told that the transaction is read-only.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    secrets = passwords.read(spec, read_secret)

    def planned(connection: Connection[Any]) -> Summary:
        return _reading(connection, spec, database, patience, secrets).planned()

    try:
        return retrying(partial(databases.existing, connect, database), patience.transient, planned)
    except NoDatabaseError:
        if elsewhere is None:
            raise
    made = CreateDatabase(database, reason="declared and missing")
    return _with(retrying(elsewhere, patience.transient, planned), made)


def prove(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    patience: Patience = _PATIENCE,
    read_secret: ReadSecret | None = from_secrets_manager,
    under_lock: bool = True,
) -> Evidence:
    """Hold `database` against `spec`, by the plan and by PostgreSQL's own answers. Writes nothing, as `preview`.

    Args:
        read_secret: None to leave out which version of its secret each password comes from.
        under_lock: False to stand in no run's way; what differs then may be a run that was on meanwhile.
    """
    secrets = {} if read_secret is None else passwords.read(spec, read_secret)

    def proven(connection: Connection[Any]) -> Evidence:
        return _reading(
            connection, spec, database, patience, secrets, iam_logins=iam_logins, under_lock=under_lock
        ).evidence()

    return retrying(partial(databases.existing, connect, database), patience.transient, proven)


def _with(summary: Summary, *before: Change) -> Summary:
    return replace(summary, plan=(*before, *summary.plan))


def _reading(
    connection: Connection[Any],
    spec: AccessSpec,
    database: str,
    patience: Patience,
    secrets: Mapping[str, Secret],
    *,
    iam_logins: frozenset[str] = frozenset(),
    under_lock: bool = True,
) -> Run:
    """A run that can't write. Under the lock all the same, or it would see another run half done."""
    connection.read_only = True
    (apply.lock if under_lock else apply.bound)(connection, patience.lock)
    return Run.converging(connection, spec, database, iam_logins, secrets)
