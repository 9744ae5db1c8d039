"""What only looks: a plan, a proof."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from db_access import garbage
from db_access.errors import SpecError
from db_access.mysql import locking
from db_access.mysql.catalog import Procedures, Reader, Scope, Tables, scope_of
from db_access.mysql.look import Look
from db_access.mysql.report import Evidence, Summary
from db_access.mysql.retry import Connect, retrying
from db_access.mysql.session import Session
from db_access.mysql.target import Target
from db_access.mysql.translation import refusals
from db_access.secrets import ReadSecret, from_secrets_manager, passwords_of
from db_access.spec import AccessSpec
from db_access.timeouts import Timeouts

TIMEOUTS: Final = Timeouts()
_Result = TypeVar("_Result", Summary, Evidence)

__all__ = ["Connect", "preview", "prove", "refuse_untranslatable", "settled"]


@garbage.left_until_later()
def preview(
    connect: Connect,
    spec: AccessSpec,
    *,
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret | None = from_secrets_manager,
    watch: str | None = None,
    as_watch: bool = False,
) -> Summary:
    """What `converge` would do now. Writes nothing.

    Args:
        connect: as the master; or, with `as_watch`, as the drift watch's user, by the procedures that a run has made
        for it.
        read_secret: None to read none: passwords stay as they are then.
        watch: the drift watch's user, as for `converge`.

    Raises:
        AccessError: when `converge` would refuse before its first statement.
    """
    return _looking(connect, spec, timeouts, read_secret, Look.planned, watch, as_watch=as_watch)


@garbage.left_until_later()
def prove(
    connect: Connect,
    spec: AccessSpec,
    *,
    timeouts: Timeouts = TIMEOUTS,
    read_secret: ReadSecret | None = from_secrets_manager,
    watch: str | None = None,
    as_watch: bool = False,
    under_lock: bool = True,
) -> Evidence:
    """Hold the server against `spec`, by the plan and by its own answers. Writes nothing, as `preview`.

    Args:
        under_lock: False to stand in no run's way; what differs then may be a run that was on meanwhile.
    """
    look = Look.evidence
    return _looking(connect, spec, timeouts, read_secret, look, watch, as_watch=as_watch, under_lock=under_lock)


def refuse_untranslatable(spec: AccessSpec) -> None:
    """Raises SpecError with all that MySQL has no word for."""
    if problems := list(refusals(spec)):
        raise SpecError(problems)


def settled(session: Session, timeouts: Timeouts, database: str, reader: Reader) -> Session:
    """A run's session, with nobody else's settings and the engine's lock."""
    session.settle(timeouts.lock)
    locking.take(session, timeouts.lock, database, reader.holder)
    return session


def _looking(
    connect: Connect,
    spec: AccessSpec,
    timeouts: Timeouts,
    read_secret: ReadSecret | None,
    look: Callable[[Look], _Result],
    watch: str | None,
    *,
    as_watch: bool,
    under_lock: bool = True,
) -> _Result:
    refuse_untranslatable(spec)
    secrets = passwords_of(spec, read_secret) if read_secret else {}
    target = Target.of(spec, {username: secret.version for username, secret in secrets.items()}, watch)

    def attempt(scope: Scope, session: Session) -> _Result:
        reader = Procedures(session, scope.watching) if as_watch else Tables(session)
        session.settle(timeouts.lock)
        squatter = locking.share(session, timeouts.lock, target.database, reader.holder) if under_lock else None
        found: _Result = look(Look(session, target, scope, reader))
        return replace(found, warnings=(*found.warnings, squatter.told)) if squatter else found

    return retrying(connect, timeouts.transient, partial(attempt, scope_of(spec)))
