"""The engine's lock on a server: a name, since nothing else is held over several statements there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from db_access.errors import LockHeldError
from db_access.mysql import names, sessions
from db_access.mysql.identifiers import literal
from db_access.mysql.session import Rows, Session

NAME: Final = names.LOCK
_TRIES: Final = 5
Asked = Callable[[], Rows]
"""Who holds it, by whoever may see others' sessions."""


@dataclass(frozen=True)
class Holder:
    role: str | None
    """The account's name."""
    session: int

    def __str__(self) -> str:
        return f"session {self.session} of {self.role!r}"


def take(session: Session, seconds: float, database: str, asked: Asked, *, end_others: bool) -> None:
    """It ends with the connection.

    Args:
        seconds: how long to wait for another run.
        asked: who holds it.
        end_others: any login can take a lock of any name. Only the master runs the engine, so that whoever else holds
        this one keeps its access by it: its session is ended.

    Raises:
        LockHeldError: when another session keeps it for longer.
    """
    for _ in range(_TRIES if end_others else 0):
        holder = _holder(asked)
        if holder is None or holder.role in (None, _own(session)) or sessions.end_one(session, holder.session):
            break
    ((row,),) = session.ask(f"SELECT GET_LOCK({literal(NAME)}, {max(0.0, seconds):f}) AS taken")
    if row["taken"] != 1:
        holder = _holder(asked)
        raise LockHeldError(database, [holder] if holder else [])


def release(session: Session) -> None:
    session.ask(f"SELECT RELEASE_LOCK({literal(NAME)}) AS released")


def _own(session: Session) -> str:
    ((row,),) = session.ask("SELECT CURRENT_USER() AS own")
    return str(row["own"]).rpartition("@")[0]


def _holder(asked: Asked) -> Holder | None:
    (row,) = asked()
    return None if row["id"] is None else Holder(None if row["user"] is None else str(row["user"]), int(row["id"]))
