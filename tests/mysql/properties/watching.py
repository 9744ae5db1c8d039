"""A run that is looked at from aside before each statement that writes, and that may end there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pymysql.connections import Connection

from tests.mysql.engine.specs import master
from tests.mysql.servers import Instance, rows

_WRITING = ("CREATE", "GRANT", "REVOKE", "ALTER", "DROP", "SET DEFAULT")


class Ending(StrEnum):
    DIES = "the process dies"
    LOST = "the connection is lost"
    REFUSED = "the server refuses the statement"


class Died(BaseException):
    """No `except Exception` of the engine's catches it: nothing is put back."""


@dataclass
class Watched:
    """Connections as the master. `look` is called before every writing statement, with what has been written so far;
    the `last`th ends as `ending` says."""

    instance: Instance
    look: Callable[[list[str]], None] = lambda _: None
    last: int | None = None
    ending: Ending = Ending.DIES
    written: list[str] = field(default_factory=list)

    def connect(self) -> Connection:
        connection = master(self.instance, flags=0)()
        real: Callable[..., Any] = connection.query

        def query(statement: str, unbuffered: bool = False) -> Any:
            if not statement.lstrip().startswith(_WRITING):
                return real(statement, unbuffered)
            self.look(self.written)
            self.written.append(statement)
            if self.last == len(self.written) - 1:
                return self._end(connection, real, statement)
            return real(statement, unbuffered)

        connection.query = query
        return connection

    def _end(self, connection: Connection, real: Callable[..., Any], statement: str) -> Any:
        if self.ending is Ending.REFUSED:
            return real("NO STATEMENT")
        with self.instance.superuser() as root:
            rows(root, f"KILL {connection.thread_id()}")
        if self.ending is Ending.DIES:
            raise Died
        return real(statement)
