"""The engine's lock on a server: a name, since nothing else is held over several statements there.

Any login can take a lock of any name. Only the master runs the engine, so that this one is no lock in anybody else's
hands: a run ends the sessions of whoever holds it, and a look goes on without it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from db_access.errors import LockHeldError
from db_access.mysql import names, sessions
from db_access.mysql.identifiers import literal
from db_access.mysql.session import Rows, Session

_LOG = logging.getLogger(__name__)
NAME: Final = names.LOCK
_WAIT: Final = 1.0
"""Seconds between two looks at who holds it."""
_TRIES: Final = 5
"""At whoever squats, however short the time is."""
Asked = Callable[[], Rows]
"""Who holds it, by whoever may see others' sessions."""


@dataclass(frozen=True)
class Holder:
    role: str | None
    """The account's name."""
    session: int
    squats: bool = False
    """It isn't the master's."""

    def __str__(self) -> str:
        return f"session {self.session} of {self.role!r}"

    @property
    def told(self) -> str:
        return (
            f"{self} holds the engine's lock ({NAME}), which is the master's alone to hold: nothing was waited for, so "
            "that what differs may be a run that is on; the next run ends that session"
        )


def take(session: Session, seconds: float, database: str, asked: Asked) -> None:
    """For a run. It ends with the connection.

    Whoever else than the master holds it has its session ended; from the second time on all of its account's, and then
    this session is in the queue before any that comes back.

    Args:
        seconds: how long to wait for another run.
        asked: who holds it.

    Raises:
        LockHeldError: when another session keeps it for longer.
    """
    end, squatters = time.monotonic() + seconds, set[str]()
    for tries in count(1):
        holder = _holder(asked)
        if holder and holder.squats:
            _end(session, holder, squatters)
        left = end - time.monotonic()
        if _taken(session, min(left, _WAIT)):
            return
        if left <= _WAIT and (tries >= _TRIES or not squatters):
            held = _holder(asked)
            raise LockHeldError(database, [held] if held else [])


def share(session: Session, seconds: float, database: str, asked: Asked) -> Holder | None:
    """For a look, which ends nobody's session: as `take`, or whoever else than the master holds it."""
    end = time.monotonic() + seconds
    while True:
        holder = _holder(asked)
        if holder and holder.squats:
            return holder
        left = end - time.monotonic()
        if _taken(session, min(left, _WAIT)):
            return None
        if left <= _WAIT:
            raise LockHeldError(database, [holder] if holder else [])


def release(session: Session) -> None:
    session.ask(f"SELECT RELEASE_LOCK({literal(NAME)}) AS released")


def _taken(session: Session, seconds: float) -> bool:
    ((row,),) = session.ask(f"SELECT GET_LOCK({literal(NAME)}, {max(0.0, seconds):f}) AS taken")
    return bool(row["taken"] == 1)


def _end(session: Session, holder: Holder, squatters: set[str]) -> None:
    _LOG.warning("%s holds the engine's lock, and isn't the master's: it is ended", holder)
    several, last = {*squatters, str(holder.role)}, holder.session
    refusal = sessions.end_all(session, several, last) if squatters else sessions.end_one(session, last)
    if refusal:
        _LOG.warning("%s can't be ended: %s", holder, refusal)
    squatters |= several


def _holder(asked: Asked) -> Holder | None:
    (row,) = asked()
    if row["id"] is None:
        return None
    role = None if row["user"] is None else str(row["user"])
    master = str(row["master"]).rpartition("@")[0]
    return Holder(role, int(row["id"]), squats=role not in (None, master))
