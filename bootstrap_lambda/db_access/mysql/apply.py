"""Carry changes out, statement by statement, each for good: nothing here is rolled back."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from db_access.errors import ApplyError
from db_access.mysql import failures
from db_access.mysql.changes import Change, Give, Plan, Take
from db_access.mysql.passwords import WITH_SECRETS, executable
from db_access.mysql.session import RefusedError, Session
from db_access.mysql.state import Level, On, Server
from db_access.mysql.statements import statements
from db_access.secrets import Secret
from db_access.wording import cited, one_line

_LOG = logging.getLogger(__name__)
_CUT: Final = 500
_TRIES: Final = 5
"""Of statements that wait for tables; each waits as long as a lock may."""


def digest(plan: Plan, server: Server) -> str:
    """Of the statements as they are shown."""
    return sha256("".join(f"{text}\n" for change in plan for text in statements(change, server)).encode()).hexdigest()


@dataclass(frozen=True)
class Unopened:
    """A column that nobody can be given: the server opens the table for that, and can't."""

    on: On
    why: str

    def __str__(self) -> str:
        return (
            f"column {cited(self.on.part)} of {self.on.schema}.{self.on.name} can't be granted, because the server "
            f"can't open what it is in: {self.why}; repair or drop that, then run again"
        )


@dataclass(frozen=True)
class Applying:
    session: Session
    server: Server
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    freed: Callable[[On], bool] = lambda _: False
    """Asked when a table was locked for too long: whether it is locked no more."""

    def carry_out(self, plan: Plan) -> tuple[Unopened, ...]:
        """Returns what was passed over: columns of what the server can't open, which its owner may have made so.

        Raises:
            ApplyError: with the server's own words when it refuses a statement.
            MySQLError: a transient one, as it is.
        """
        left = [(text, change) for change in plan for text in statements(change, self.server)]
        for text, change in left:
            _LOG.info("%s  -- %s", one_line(text), change.reason)
        passed: list[Unopened] = []
        tries = _TRIES
        while left:
            try:
                self.session.execute([executable(text, change, self.secrets, self.server) for text, change in left])
                break
            except RefusedError as refused:
                if tries and self._waited(refused, left[refused.done][1]):
                    left, tries = left[refused.done :], tries - 1
                    continue
                passed.append(self._passed(refused, *left[refused.done]))
                left = left[refused.done + 1 :]
        return tuple(passed)

    def _waited(self, refused: RefusedError, change: Change) -> bool:
        """Whether it was for a table that is free now."""
        if failures.code(refused.cause) != failures.LOCK_WAIT or not isinstance(change, Give | Take):
            return False
        return change.on.level in (Level.TABLE, Level.COLUMN) and self.freed(change.on)

    def _passed(self, refused: RefusedError, text: str, change: Change) -> Unopened:
        if failures.transient(refused.cause):
            raise refused.cause from refused
        why = failures.explained(refused.cause, secret=isinstance(change, WITH_SECRETS))
        if isinstance(change, Give) and change.on.level is Level.COLUMN and not failures.not_allowed(refused.cause):
            return Unopened(change.on, why)
        raise ApplyError(f"the server refused {_cut(text)}: {why}") from refused.cause


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _CUT else f"{line[:_CUT]} …"
