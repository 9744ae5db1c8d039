"""The end of one membership: taken, then the sessions ended, and only then forgotten.

Each of the three commits. Whoever is stopped on the way leaves what is recorded, by which the next look goes on: a
session that has become the group (before PostgreSQL 16) would otherwise stay it for as long as it likes, and nobody
would know.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import Connection

from db_access.errors import ApplyError, LockHeldError
from db_access.plan.temporary import Temporary
from db_access.postgresql.failures import message
from db_access.postgresql.planning.temporary import over, with_temporary
from db_access.postgresql.retry import Timeouts, retrying
from db_access.postgresql.state import Current, Desired
from db_access.postgresql.temporary.narrow import Narrow, OpenSessionsError, still_open
from db_access.spec import AccessSpec

_LOG = logging.getLogger(__name__)

Connect = Callable[[], Connection[Any]]


@dataclass(frozen=True)
class Ended:
    member: str
    group: str
    record: Temporary | None
    """What was said of it; None: nothing."""


@dataclass
class Taking:
    connect: Connect
    spec: AccessSpec
    database: str
    member: str
    group: str
    keep_open: bool
    """Leave what has become open since somebody looked."""
    done: list[Ended] = field(default_factory=list)
    taken: bool = False

    def run(self, timeouts: Timeouts) -> list[Ended]:
        """Empty when there is nothing to take. Raises AccessError."""
        try:
            retrying(self.connect, timeouts.transient, lambda connection: self._attempt(connection, timeouts))
        except ApplyError as error:
            if self.taken and isinstance(error.__cause__, psycopg.Error):
                raise OpenSessionsError(still_open(self.member, message(error.__cause__))) from error
            raise
        return self.done

    def _attempt(self, connection: Connection[Any], timeouts: Timeouts) -> None:
        narrow = Narrow.converging(self.connect, connection, self.spec, self.database, frozenset(), {})
        pairs = {(self.group, self.member)}
        narrow.run(pairs, lambda current: self._recorded(narrow, current), timeouts)
        if not self.done:
            return
        self.taken = True
        narrow.end_sessions(self.member)
        try:
            narrow.run(pairs, lambda current: self._wanted(narrow, current), timeouts)
        except LockHeldError as error:
            _LOG.warning("what is recorded of it stays until the next look: %s", error)

    def _wanted(self, narrow: Narrow, current: Current) -> Desired:
        settled = narrow.target.settled(current).roles.get(self.member)
        kept = settled.temporary if self.keep_open and settled else ()
        given = (*self._others(current), *(each for each in kept if each.group == self.group))
        return with_temporary(narrow.target.desired, {self.member: given} if given else {}, current)

    def _others(self, current: Current) -> Iterator[Temporary]:
        role = current.roles.get(self.member)
        yield from (each for each in (role.temporary if role else ()) if each.group not in ("", self.group))

    def _recorded(self, narrow: Narrow, current: Current) -> Desired:
        """What is wanted, but for what is recorded: that it is over stays known."""
        wanted, pair = self._wanted(narrow, current), (self.group, self.member)
        record, there = over(*pair, current), pair in _pairs(current)
        if pair in {(m.role, m.member) for m in wanted.memberships} or not (there or record):
            return wanted
        if not self.done:
            self.done.append(Ended(self.member, self.group, record))
        role = current.roles.get(self.member)
        if role is None or self.member not in wanted.roles:
            return wanted
        note = () if record or current.now is None else (Temporary(self.group, current.now, "nobody", "not recorded"),)
        kept = replace(wanted.roles[self.member], temporary=(*role.temporary, *note))
        return replace(wanted, roles={**wanted.roles, self.member: kept})


def _pairs(current: Current) -> set[tuple[str, str]]:
    found = [*current.memberships, *(each.membership for each in current.foreign_memberships)]
    return {(m.role, m.member) for m in found}
