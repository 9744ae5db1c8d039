"""Open sessions of accounts: found, and ended. RDS's master may not KILL, and has a procedure for it.

Source: AmazonRDS, "mysql.rds_kill".
"""

import logging
import time
from collections.abc import Collection
from typing import Final

from pymysql.err import MySQLError

from db_access.mysql import failures
from db_access.mysql.identifiers import literals
from db_access.mysql.session import Session
from db_access.wording import listed

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 10.0
"""A session that is told to end rolls back first."""
_PROCEDURE: Final = (
    "SELECT 1 AS there FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'mysql' AND ROUTINE_NAME = 'rds_kill'"
)


def end(session: Session, users: Collection[str]) -> tuple[str, ...]:
    """End every session of these, and wait until it has. Returns a sentence about those that go on."""
    if not users:
        return ()
    deadline, told = time.monotonic() + _SECONDS, set[int]()
    while found := _open(session, users):
        new = [number for number in found if number not in told]
        if new and (refusal := _kill(session, new)):
            return (f"{_sessions(found)} of {listed(sorted(users))} go on with what they had: {refusal}",)
        told.update(new)
        if time.monotonic() > deadline:
            return (f"{_sessions(found)} of {listed(sorted(users))} have been told to end, and still work",)
        time.sleep(0.02)
    if told:
        _LOG.info("ended %s of %s", _sessions(told), listed(sorted(users)))
    return ()


def end_one(session: Session, number: int) -> str | None:
    """Returns why it can't be ended, if it can't."""
    return _kill(session, [number])


def _open(session: Session, users: Collection[str]) -> list[int]:
    (rows,) = session.ask(
        f"SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER IN ({literals(users)}) AND ID <> "
        "CONNECTION_ID()"
    )
    return [int(row["id"]) for row in rows]


def _kill(session: Session, numbers: list[int]) -> str | None:
    (there,) = session.ask(_PROCEDURE)
    for number in numbers:
        try:
            session.ask(f"CALL mysql.rds_kill({number:d})" if there else f"KILL {number:d}")
        except MySQLError as error:
            if failures.code(error) != failures.NO_SUCH_SESSION:
                return failures.message(error)
    return None


def _sessions(found: Collection[int]) -> str:
    return f"{len(found)} session{'s' if len(found) > 1 else ''}"
