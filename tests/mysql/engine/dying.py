"""A run that dies: its connection is killed before one of its statements, and its process hears of nothing more."""

from collections.abc import Callable
from typing import Any

from pymysql.connections import Connection

from tests.mysql.engine.specs import master
from tests.mysql.servers import Instance, rows

WRITING = ("CREATE", "GRANT", "REVOKE", "ALTER", "DROP", "SET DEFAULT")


class Died(BaseException):
    """No `except Exception` of the engine's catches it: nothing is put back."""


class Dying:
    """Connections as the master, one statement at a time. What is to write for the `n`th time is killed and the run dies;
    or with `refused` the server refuses it, and the run goes on."""

    def __init__(self, instance: Instance, n: int, *, refused: bool = False) -> None:
        self._instance, self._left, self._refused = instance, n, refused
        self.written: list[str] = []

    def connect(self) -> Connection:
        connection = master(self._instance, flags=0)()
        real: Callable[..., Any] = connection.query

        def query(statement: str, unbuffered: bool = False) -> Any:
            if statement.lstrip().startswith(WRITING):
                self.written.append(statement)
                if self._left == len(self.written) - 1:
                    return real("NO STATEMENT") if self._refused else self._kill(connection)
            return real(statement, unbuffered)

        connection.query = query
        return connection

    def _kill(self, connection: Connection) -> None:
        with self._instance.superuser() as root:
            rows(root, f"KILL {connection.thread_id()}")
        raise Died
