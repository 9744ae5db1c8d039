"""One connection, and all that is sent over it. Nothing else of the family speaks to a server.

What the server or an account is set to doesn't reach a run: each session is settled first. Statements go out together
where the connection may send several at once (CLIENT.MULTI_STATEMENTS), else one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pymysql.connections import Connection
from pymysql.constants import CLIENT
from pymysql.cursors import DictCursor
from pymysql.err import MySQLError

from db_access.mysql.state import Flavor

Rows = list[dict[str, Any]]
_MODES: Final = {Flavor.MYSQL: "NO_BACKSLASH_ESCAPES", Flavor.MARIADB: "NO_BACKSLASH_ESCAPES,NO_AUTO_CREATE_USER"}
"""MariaDB's GRANT would make who isn't there, without a password."""
_ALL_ROWS: Final = 2**64 - 1
"""No limit. With one, `init_connect` or the parameter group would let a run see a part of what there is."""
_TIME: Final = {Flavor.MYSQL: "max_execution_time", Flavor.MARIADB: "max_statement_time"}
_TOGETHER: Final = 200_000
"""Characters in one message; a server takes a megabyte at least (max_allowed_packet)."""


class RefusedError(Exception):
    """The server refused a statement; those before it have taken effect, those after it have not been tried."""

    def __init__(self, done: int, cause: MySQLError) -> None:
        super().__init__(str(cause))
        self.done = done
        """How many statements it has carried out."""
        self.cause = cause


@dataclass(frozen=True)
class Session:
    connection: Connection

    @cached_property
    def flavor(self) -> Flavor:
        return Flavor.MARIADB if "mariadb" in self.connection.get_server_info().lower() else Flavor.MYSQL

    def settle(self, seconds: float) -> None:
        """`seconds`: how long a statement waits for others' locks."""
        self.connection.set_character_set("utf8mb4")
        whole = f"sql_select_limit = {_ALL_ROWS}, sql_big_selects = 1, {_TIME[self.flavor]} = 0"
        roles = ["SET ROLE ALL"] if self.flavor is Flavor.MYSQL else []  # RDS's master has its rights by one
        mode = f"SET SESSION sql_mode = '{_MODES[self.flavor]}', autocommit = 1"
        waits = f"lock_wait_timeout = {max(1, int(seconds)):d}"
        self.execute([f"{mode}, {waits}, {whole}", "SET SESSION TRANSACTION READ WRITE", *roles])

    def ask(self, *queries: str) -> list[Rows]:
        """What each query finds.

        Raises:
            MySQLError: as the driver has it.
        """
        try:
            return list(self._sent(queries))
        except RefusedError as refused:
            raise refused.cause from refused

    def call(self, procedure: str) -> list[Rows]:
        """What each query of a procedure without parameters finds. `procedure`: as SQL has it.

        Raises:
            MySQLError: as the driver has it.
        """
        found: list[Rows] = []
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(f"CALL {procedure}()")
            while cursor.description is not None:  # the last is of the call itself
                found.append([*cursor.fetchall()])
                cursor.nextset()
        return found

    def execute(self, statements: Sequence[str]) -> None:
        """Raises RefusedError at the first that the server refuses."""
        for _ in self._sent(statements):
            pass

    def _sent(self, statements: Sequence[str]) -> Iterator[Rows]:
        done = 0
        for together in self._messages(statements):
            with self.connection.cursor(DictCursor) as cursor:
                try:
                    cursor.execute(";\n".join(together))
                    for left in range(len(together) - 1, -1, -1):
                        yield [*cursor.fetchall()]
                        done += 1
                        if left:
                            cursor.nextset()
                except MySQLError as error:
                    raise RefusedError(done, error) from error

    def _messages(self, statements: Sequence[str]) -> Iterator[Sequence[str]]:
        several, message, size = bool(self.connection.client_flag & CLIENT.MULTI_STATEMENTS), list[str](), 0
        for statement in statements:
            if message and (not several or size + len(statement) > _TOGETHER):
                yield message
                message, size = [], 0
            message.append(statement)
            size += len(statement)
        if message:
            yield message
