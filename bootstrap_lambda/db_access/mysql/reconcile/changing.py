"""What changes a server: make it what the spec says, or take its access away. Whoever was there has what it had, if
that fails."""

import logging
from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from db_access import garbage
from db_access.errors import AccessError, add_sentence
from db_access.mysql import holding, names, sessions
from db_access.mysql.apply import Applying
from db_access.mysql.catalog import Scope, Tables, scope_of
from db_access.mysql.changes import Change, Stage
from db_access.mysql.planning import Managed, losers
from db_access.mysql.putting_back import back
from db_access.mysql.reconcile.looking import TIMEOUTS, refuse_untranslatable, settled
from db_access.mysql.report import Summary
from db_access.mysql.retry import Connect, retrying
from db_access.mysql.run import Run
from db_access.mysql.session import Session
from db_access.mysql.target import Target
from db_access.secrets import ReadSecret, Secret, from_secrets_manager, passwords_of
from db_access.spec import AccessSpec
from db_access.timeouts import Timeouts

_LOG = logging.getLogger(__name__)
_NOTHING_CHANGED: Final = (
    "Who stays has what it had before; who is new stays locked, and who has left is let in no more"
)


@garbage.left_until_later()
def converge(
    connect: Connect,
    spec: AccessSpec,
    *,
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret = from_secrets_manager,
    confirmed: Collection[Change] | None = None,
    watch: str | None = None,
) -> Summary:
    """Make the server what `spec` says, and prove it.

    Args:
        connect: opens a connection as the master. With CLIENT.MULTI_STATEMENTS a run takes few round trips.
        read_secret: where the passwords of the spec's password users come from.
        confirmed: what may be taken away; None: whatever the spec doesn't give.
        watch: the user that the drift watch logs in as, who gets procedures to look by; None: there are none.

    Raises:
        AccessError: one of its subclasses, with the cause.
    """
    refuse_untranslatable(spec)
    secrets = passwords_of(spec, read_secret)
    target = Target.of(spec, {username: secret.version for username, secret in secrets.items()}, watch)
    return _run(connect, target, scope_of(spec), timeouts, secrets, confirmed)


@garbage.left_until_later()
def remove(connect: Connect, managed_by: str, *, timeouts: Timeouts = TIMEOUTS) -> Summary:
    """Take away every access that accounts managed by `managed_by` have. They stay, locked; schemas and rows stay,
    too."""
    scope = Scope(watching=names.watching(managed_by), roles=names.of_all(managed_by), marker=names.marker(managed_by))
    return _run(connect, Target(f"of {managed_by}", None, managed_by), scope, timeouts, {}, None)


def _run(
    connect: Connect,
    target: Target,
    scope: Scope,
    timeouts: Timeouts,
    secrets: Mapping[str, Secret],
    confirmed: Collection[Change] | None,
) -> Summary:
    before: list[Managed] = []

    def attempt(session: Session) -> Summary:
        reader = Tables(session)
        settled(session, timeouts, target.database, reader)
        return Run(session, target, scope, reader, secrets, confirmed, before).run()

    try:
        return retrying(connect, timeouts.transient, attempt)
    except AccessError as error:
        if before:
            add_sentence(error, _put_back(connect, target, scope, timeouts, before[0]))
        raise


def _put_back(connect: Connect, target: Target, scope: Scope, timeouts: Timeouts, before: Managed) -> str:
    """On a connection of its own: the run's may be gone. Says how it went."""
    try:
        retrying(connect, timeouts.transient, partial(_back, target, scope, timeouts, before))
    except AccessError as error:
        _LOG.error("not everything could be put back: %s", error)
        return f"Not everything could be put back as it was, so run again: {error}"
    return _NOTHING_CHANGED


def _back(target: Target, scope: Scope, timeouts: Timeouts, before: Managed, session: Session) -> None:
    reader = Tables(session)
    settled(session, timeouts, target.database, reader)
    now = target.seen(reader.state(scope))
    plan = back(before, now)
    Applying(session, now.server, freed=partial(holding.freed, session, before, target.database)).carry_out(plan)
    sessions.end(session, losers(plan, now, Stage.OPEN))
