"""What changes the database: make it what the spec says, or take its access away; whole, or not at all."""

import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg import Connection

from db_access import garbage
from db_access.errors import (
    AccessError,
    ApplyError,
    NoDatabaseError,
    PlanError,
    ProofError,
    UnapprovedError,
    add_sentence,
)
from db_access.plan.approval import Around
from db_access.plan.changes import Change, CreateDatabase, EndLogin, Plan
from db_access.plan.confirmation import refuse_unconfirmed
from db_access.plan.report import Summary
from db_access.postgresql import databases, passwords
from db_access.postgresql.effects import Agreed
from db_access.postgresql.reconcile.looking import TIMEOUTS, Connect, after, observe, preview
from db_access.postgresql.retry import Timeouts, retrying
from db_access.postgresql.run import Run
from db_access.secrets import ReadSecret, from_secrets_manager, passwords_of
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.wording import listed

_LOG = logging.getLogger(__name__)


@garbage.left_until_later()
def converge(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    *,
    iam_logins: frozenset[str] = frozenset(),
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret = from_secrets_manager,
    elsewhere: Connect | None = None,
    confirmed: Collection[Change] | None = None,
    approved: Approved | None = None,
) -> Summary:
    """Make `database` what `spec` says, and prove it, or change nothing.

    Args:
        connect: opens a connection to the database as the master, outside autocommit.
        iam_logins: logins that may be IAM-only though the spec doesn't name them: an IAM master.
        elsewhere: opens a connection to another database of the cluster, from which a missing one is made.
        read_secret: where the passwords of the spec's password users come from.
        confirmed: what may be taken away; None: whatever the spec doesn't give.
        approved: what alone may be done; None: whatever makes the database what the spec says.

    Raises:
        AccessError: one of its subclasses, with the cause. UnconfirmedError when more would be taken away,
            UnapprovedError when something else would be done.
    """
    logins = iam_logins | frozenset(spec.iam_users)
    once = partial(_converge_once, connect, spec, database, logins, timeouts, read_secret, confirmed, approved)
    try:
        summary = once()
    except NoDatabaseError:
        if elsewhere is None:
            raise
        if confirmed is not None:
            planned = preview(connect, spec, database, timeouts=timeouts, read_secret=read_secret, elsewhere=elsewhere)
            refuse_unconfirmed(planned.plan, confirmed, database=database)
        if approved is not None:
            planned, here = observe(connect, spec, database, timeouts=timeouts, elsewhere=elsewhere)
            Agreed(approved, database, here).refuse(planned.plan, Around(planned.about, frozenset(planned.left)))
        made = CreateDatabase(database, reason="declared and missing")
        once = partial(once, just_made=True, before=(made,))
        with _made(elsewhere, made, timeouts, approved):
            summary = after(once(), made)
    # A rotation that ended while this run was on, of whose password it has put the former one back.
    if passwords.outdated(summary.plan, spec, read_secret):
        return after(once(before=summary.plan), *summary.plan)
    return summary


@contextmanager
def _made(elsewhere: Connect, made: CreateDatabase, timeouts: Timeouts, approved: Approved | None) -> Iterator[None]:
    """A database that is missing, made; and dropped again where no more than was approved would be done in it."""
    with elsewhere() as connection:
        digest = approved.digest if approved else None
        just_made = databases.create(connection, made, seconds=timeouts.transient, approval=digest)
    try:
        yield
    except (PlanError, UnapprovedError):
        if approved is not None and just_made:
            with elsewhere() as connection:
                databases.drop_again(connection, made.name)
        raise


def _converge_once(
    connect: Connect,
    spec: AccessSpec,
    database: str,
    iam_logins: frozenset[str],
    timeouts: Timeouts,
    read_secret: ReadSecret,
    confirmed: Collection[Change] | None,
    approved: Approved | None,
    just_made: bool = False,
    before: Plan = (),
) -> Summary:
    secrets = passwords_of(spec, read_secret)
    ended: dict[str, EndLogin] = {}

    def attempt(connection: Connection[Any]) -> Summary:
        agreed = Agreed.at(connection, approved, database, before) if approved else None
        run = Run.converging(connect, connection, spec, database, iam_logins, secrets)
        return replace(run, ended=ended, confirmed=confirmed, agreed=agreed, just_made=just_made).run(timeouts)

    with _naming(ended):
        return retrying(partial(databases.existing, connect, database), timeouts.transient, attempt)


@garbage.left_until_later()
def remove(connect: Connect, managed_by: str, *, rights_only: bool = False, timeouts: Timeouts = TIMEOUTS) -> Summary:
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
