"""The main path of the engine: what the handler and the command call. Each tries again while failures are transient."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection

from db_access.errors import AccessError, ApplyError, NoDatabaseError, PlanError, ProofError, add_sentence
from db_access.plan.changes import Change, CreateDatabase, EndLogin
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import apply, databases, passwords
from db_access.postgresql.look import Look
from db_access.postgresql.retry import Timeouts, retrying
from db_access.postgresql.run import Run
from db_access.secrets import ReadSecret, Secret, from_secrets_manager, passwords_of
from db_access.spec import AccessSpec
from db_access.wording import listed

__all__ = ["Connect", "Evidence", "Summary", "Timeouts", "converge", "preview", "prove", "remove"]

_LOG = logging.getLogger(__name__)

Connect = Callable[[], Connection[Any]]
_TIMEOUTS = Timeouts()


def converge(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    timeouts: Timeouts = _TIMEOUTS,
    read_secret: ReadSecret = from_secrets_manager,
    elsewhere: Connect | None = None,
    confirmed: Collection[Change] | None = None,
) -> Summary:
    """Make `database` what `spec` says, and prove it, or change nothing.

    Args:
        connect: opens a connection to the database as the master, outside autocommit.
        iam_logins: logins that may be IAM-only though the spec doesn't name them: an IAM master.
        elsewhere: opens a connection to another database of the cluster, from which a missing one is made.
        read_secret: where the passwords of the spec's password users come from.
        confirmed: what may be taken away; None: whatever the spec doesn't give.

    Raises:
        AccessError: one of its subclasses, with the cause. UnconfirmedError when more would be taken away.
    """
    logins = iam_logins | frozenset(spec.iam_users)
    once = partial(_converge_once, connect, spec, database, logins, timeouts, read_secret, confirmed)
    again = once
    try:
        summary = once()
    except NoDatabaseError:
        if elsewhere is None:
            raise
        if confirmed is not None:
            planned = preview(connect, spec, database, timeouts=timeouts, read_secret=read_secret, elsewhere=elsewhere)
            refuse_unconfirmed(planned.plan, confirmed, database=database)
        made = CreateDatabase(database, reason="declared and missing")
        with elsewhere() as connection:
            databases.create(connection, made, seconds=timeouts.transient)
        again = partial(once, just_made=True)
        summary = _with(again(), made)
    # A rotation that ended while this run was on, of whose password it has put the former one back.
    return _with(again(), *summary.plan) if passwords.outdated(summary.plan, spec, read_secret) else summary


def _converge_once(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    iam_logins: frozenset[str],
    timeouts: Timeouts,
    read_secret: ReadSecret,
    confirmed: Collection[Change] | None,
    just_made: bool = False,
) -> Summary:
    secrets = passwords_of(spec, read_secret)
    ended: dict[str, EndLogin] = {}

    def attempt(connection: Connection[Any]) -> Summary:
        run = Run.converging(connect, connection, spec, database, iam_logins, secrets)
        return replace(run, ended=ended, confirmed=confirmed, just_made=just_made).run(timeouts)

    with _naming(ended):
        return retrying(partial(databases.existing, connect, database), timeouts.transient, attempt)


def remove(connect: Connect, managed_by: str, *, rights_only: bool = False, timeouts: Timeouts = _TIMEOUTS) -> Summary:
    """Take away every access that roles managed by `managed_by` have in the database. Schemas and data stay, and PUBLIC
    stays locked.

    A user that may still connect to another database keeps its login; with `rights_only` every one does.
    """
    ended: dict[str, EndLogin] = {}

    def attempt(connection: Connection[Any], *, logins_only: bool = False) -> Summary:
        run = Run.removing(connect, connection, managed_by, logins_only=logins_only, rights_only=rights_only)
        return replace(run, ended=ended).run(timeouts)

    with _naming(ended):
        try:
            return retrying(connect, timeouts.transient, attempt)
        except (PlanError, ApplyError, ProofError) as error:
            if rights_only:
                raise
            _LOG.warning("not everything can be taken back, so only the logins are: %s", error)
            return retrying(connect, timeouts.transient, partial(attempt, logins_only=True))


@contextmanager
def _naming(ended: Mapping[str, EndLogin]) -> Iterator[None]:
    """Whatever fails, its error names the logins that have been ended for good: they are not rolled back."""
    try:
        yield
    except AccessError as error:
        if ended:
            logins = "the logins" if len(ended) > 1 else "the login"
            add_sentence(error, f"Ended all the same, before the rest: {logins} of {listed(list(map(repr, ended)))}")
        raise


def preview(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    timeouts: Timeouts = _TIMEOUTS,
    read_secret: ReadSecret = from_secrets_manager,
    elsewhere: Connect | None = None,
    despite_conflicts: bool = False,
) -> Summary:
    """What `converge` would do now. Writes nothing: PostgreSQL itself is told that the transaction is read-only.

    Args:
        despite_conflicts: where something stands against the plan, name the logins that a run ends all the same.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    secrets = passwords_of(spec, read_secret)

    def planned(connection: Connection[Any]) -> Summary:
        return _reading(connect, connection, spec, database, timeouts, secrets).planned(
            despite_conflicts=despite_conflicts
        )

    try:
        return retrying(partial(databases.existing, connect, database), timeouts.transient, planned)
    except NoDatabaseError:
        if elsewhere is None:
            raise
    made = CreateDatabase(database, reason="declared and missing")
    return _with(retrying(elsewhere, timeouts.transient, planned), made)


def prove(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    timeouts: Timeouts = _TIMEOUTS,
    read_secret: ReadSecret | None = from_secrets_manager,
    under_lock: bool = True,
    master: str | None = None,
) -> Evidence:
    """Hold `database` against `spec`, by the plan and by PostgreSQL's own answers. Writes nothing, as `preview`.

    Args:
        connect: as anybody: all that it reads everybody may read.
        master: who makes the runs, if `connect` doesn't connect as that one.
        read_secret: None to leave out which version of its secret each password comes from.
        under_lock: False to stand in no run's way; what differs then may be a run that was on meanwhile.
    """
    secrets = {} if read_secret is None else passwords_of(spec, read_secret)

    def proven(connection: Connection[Any]) -> Evidence:
        return _reading(
            connect,
            connection,
            spec,
            database,
            timeouts,
            secrets,
            iam_logins=iam_logins,
            under_lock=under_lock,
            master=master,
        ).evidence()

    return retrying(partial(databases.existing, connect, database), timeouts.transient, proven)


def _with(summary: Summary, *before: Change) -> Summary:
    return replace(summary, plan=(*before, *summary.plan))


def _reading(
    connect: Connect,
    connection: Connection[Any],
    spec: AccessSpec,
    database: str,
    timeouts: Timeouts,
    secrets: Mapping[str, Secret],
    *,
    iam_logins: frozenset[str] = frozenset(),
    under_lock: bool = True,
    master: str | None = None,
) -> Look:
    """A look, which can't write. Under the lock all the same, or it would see another run half done."""
    connection.read_only = True
    (apply.lock if under_lock else apply.begin)(connection, timeouts.lock)
    return Look.converging(connect, connection, spec, database, iam_logins, secrets, master)
