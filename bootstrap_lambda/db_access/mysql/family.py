"""MySQL and MariaDB for the entry points: a run is about a whole server, whose accounts and grants are everybody's."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pymysql.err import MySQLError

from db_access.errors import AccessError, ApplyError
from db_access.mysql import connection, failures, reconcile, rotation, told
from db_access.mysql.reconcile import Connect
from db_access.patience import Patience
from db_access.plan.report import ToldEvidence, ToldSummary
from db_access.secrets import Login, Version
from db_access.spec import AccessSpec
from db_access.spec.approved import Approved
from db_access.spec.deployed import Deployed, ForeignEventError
from db_access.timeouts import Timeouts

ConnectBy = Callable[[Patience], Connect]
SUFFIX: Final = ":server"
"""Of the physical id: a database's has a slash after the cluster."""


class NotOnMySQLError(AccessError):
    """What the MySQL family has not. Nothing was done."""


@dataclass(frozen=True)
class WholeServer:
    connect: ConnectBy = connection.connect_by

    @property
    def suffix(self) -> str:
        return SUFFIX

    def __str__(self) -> str:
        return "databases of this server"

    def declared_by(self, deployed: Deployed) -> bool:
        """Always: a spec without any database is none."""
        return True

    def converge(
        self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, approved: Approved | None
    ) -> ToldSummary:
        if approved is not None:
            raise _not_yet("is deployed by an approval", "an environment that needs none")
        return told.summary(reconcile.converge(self.connect(patience), spec, timeouts=timeouts, watch=_watch()))

    def remove(self, managed_by: str, *, rights_only: bool, timeouts: Timeouts, patience: Patience) -> ToldSummary:
        if rights_only:
            raise _not_yet("keeps its logins when its rights are taken", "to take both")
        return told.summary(reconcile.remove(self.connect(patience), managed_by, timeouts=timeouts))

    def preview(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> ToldSummary:
        with _readable():
            found = reconcile.preview(
                self.connect(patience), spec, timeouts=timeouts, read_secret=None, watch=_watch(), as_watch=_is_watch()
            )
        return told.summary(found)

    def prove(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience, under_lock: bool) -> ToldEvidence:
        with _readable():
            found = reconcile.prove(
                self.connect(patience),
                spec,
                timeouts=timeouts,
                read_secret=None,
                watch=_watch(),
                as_watch=_is_watch(),
                under_lock=under_lock,
            )
        return told.evidence(found)


def _is_watch() -> bool:
    """Whether this function is the drift watch: it is told the master's name, and isn't the master."""
    return os.environ.get("MASTER", os.environ["MYSQL_USER"]) != os.environ["MYSQL_USER"]


def _watch() -> str | None:
    return os.environ["MYSQL_USER"] if _is_watch() else os.environ.get(connection.WATCH_USER)


@contextmanager
def _readable() -> Iterator[None]:
    """Says it in other words where the procedures that the drift watch looks by aren't there, or not for it."""
    try:
        yield
    except ApplyError as error:
        if (
            isinstance(error.__cause__, MySQLError)
            and failures.code(error.__cause__) in failures.NOT_ALLOWED | failures.NOT_THERE
        ):
            raise NotOnMySQLError(
                "the procedures that the drift watch looks by aren't there for this user, so nothing was looked at "
                f"({failures.message(error.__cause__)}); deploy again, which makes them for the user that "
                f"{connection.WATCH_USER} of the bootstrap function names"
            ) from error
        raise


@dataclass(frozen=True)
class MySQL:
    connect: ConnectBy = connection.connect_by
    in_question: ClassVar[frozenset[str]] = frozenset()

    def subject(self, properties: Mapping[str, Any]) -> WholeServer:
        if "Database" in properties:
            raise ForeignEventError(
                "the event has a `Database`, so nothing was done; allowed: none, for on MySQL a run is about the whole "
                "server"
            )
        return WholeServer(self.connect)

    def asked_about(self, event: Mapping[str, Any], spec: AccessSpec) -> WholeServer:
        return WholeServer(self.connect)

    def proposal(self, spec: AccessSpec, *, timeouts: Timeouts, patience: Patience) -> dict[str, Any]:
        raise _not_yet("is deployed by an approval", "`Plan`, which shows what a deploy would do")

    def end_expired(self, event: Mapping[str, Any], spec: AccessSpec, *, patience: Patience) -> dict[str, Any]:
        raise _not_yet("gives anything for a while", "`groups`, for as long as it stands")

    def log_in(self, login: Login) -> None:
        rotation.try_out(login.username, login.password)

    def set_password(self, version: Version, login: Login, before_commit: Callable[[], None]) -> None:
        """The user itself does."""
        current = lambda: version.current_login().password  # noqa: E731 - read only if the new one doesn't work
        rotation.give(login.username, login.password, current, before_commit)


def _not_yet(what: str, allowed: str) -> NotOnMySQLError:
    return NotOnMySQLError(f"no server of the MySQL family {what} yet, so nothing was done; allowed: {allowed}")
