"""Open sessions of accounts: found, and ended. RDS's master may not KILL, and has a procedure for it.

Source: AmazonRDS, "mysql.rds_kill".
"""

import logging
import time
from collections.abc import Collection, Sequence
from typing import Final

from db_access.mysql import failures
from db_access.mysql.identifiers import literals
from db_access.mysql.session import RefusedError, Session
from db_access.wording import listed

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 10.0
"""A session that is told to end rolls back first."""
_LOGGING_IN: Final = 2.0
"""For a token to be judged. A server gives ten by default (connect_timeout)."""
_NAMELESS: Final = "unauthenticated user"
"""The server's word for them in PROCESSLIST."""
_PROCEDURE: Final = (
    "SELECT 1 AS there FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'mysql' AND ROUTINE_NAME = 'rds_kill'"
)


def end(session: Session, users: Collection[str], *, logging_in: bool = True) -> tuple[str, ...]:
    """End every session of these, and wait until it has. Returns a sentence about those that go on.

    Args:
        logging_in: whoever is about to log in may have been let in by what an account was before. They are given a
        moment to show who they are, and then have to begin again.
    """
    if not users:
        return ()
    begun, told, entering = time.monotonic(), set[int](), None if logging_in else frozenset[int]()
    while True:
        found, nameless = _open(session, users)
        entering = nameless if entering is None else entering & nameless
        if not found and not entering:
            break
        late = entering if time.monotonic() > begun + _LOGGING_IN else frozenset[int]()
        new = sorted((found | late) - told)
        if new and (refusal := _kill(session, new)):
            return (f"{_sessions(new)} of {listed(sorted(users))} go on with what they had: {refusal}",)
        told.update(new)
        if time.monotonic() > begun + _SECONDS:
            return (f"{_sessions(found | late)} of {listed(sorted(users))} have been told to end, and still work",)
        time.sleep(0.02)
    if told:
        _LOG.info("ended %s of %s", _sessions(told), listed(sorted(users)))
    return ()


def end_one(session: Session, number: int) -> str | None:
    """Returns why it can't be ended, if it can't."""
    return _kill(session, [number])


def end_all(session: Session, users: Collection[str], last: int) -> str | None:
    """All that these have now, `last` the last, at once and without waiting. Returns why they can't be ended."""
    found, _ = _open(session, users)
    return _kill(session, [*sorted(found - {last}), last])


def _open(session: Session, users: Collection[str]) -> tuple[frozenset[int], frozenset[int]]:
    """Sessions of these, and of who has yet to say or show who it is."""
    theirs = f"CAST(USER AS BINARY) IN ({literals(users)})"  # the view's collation takes names for one but for case
    (rows,) = session.ask(
        f"SELECT ID AS id, {theirs} AS theirs FROM information_schema.PROCESSLIST WHERE "
        f"({theirs} OR USER = '{_NAMELESS}' OR COMMAND = 'Change user') AND ID <> CONNECTION_ID()"
    )
    found = frozenset(int(row["id"]) for row in rows if row["theirs"])
    return found, frozenset(int(row["id"]) for row in rows) - found


def _kill(session: Session, numbers: Sequence[int]) -> str | None:
    (there,) = session.ask(_PROCEDURE)
    left = [f"CALL mysql.rds_kill({number:d})" if there else f"KILL {number:d}" for number in numbers]
    while left:
        try:
            session.execute(left)
            break
        except RefusedError as refused:
            if failures.code(refused.cause) != failures.NO_SUCH_SESSION:
                return failures.message(refused.cause)
            left = left[refused.done + 1 :]
    return None


def _sessions(found: Collection[int]) -> str:
    return f"{len(found)} session{'s' if len(found) > 1 else ''}"
