"""Which statements may leave something on a session that its next user would meet: a setting, a table, a lock. And
which COMMIT was none."""

import re
from collections.abc import Callable
from typing import Any, Self

import psycopg
from psycopg.errors import InFailedSqlTransaction
from psycopg.rows import TupleRow
from psycopg.sql import Composable

from keyless_client.committing import FAILED_WITHIN

_SPACE = r"(?:\s|/\*.*?\*/|--[^\n]*(?:\n|$))*"
BEFORE = rf"(?:^|;){_SPACE}"
_COMMITS = rf"{_SPACE}(?:COMMIT|END|PREPARE)\b"
_FLAGS = re.IGNORECASE | re.DOTALL
_OF_TRANSACTION = r"(?:LOCAL|TRANSACTION|CONSTRAINTS)\b(?!\s*\.)"
_ARGUMENT = r"\s*(?:'(?:[^']|'')*'|%s|%\(\w+\)s|[\w.]+)\s*"
_FOR_TRANSACTION = rf"\s*\({_ARGUMENT},{_ARGUMENT},\s*true\s*\)"
_LASTING = re.compile(
    rf"{BEFORE}(?:SET{_SPACE}(?!\s|/\*|--)(?!{_OF_TRANSACTION})|(?:RESET|LISTEN|LOAD|PREPARE|DO|CALL|DISCARD)\b)"
    rf"|\bset_config\b(?!{_FOR_TRANSACTION})|\bUPDATE\b.*\bpg_settings\b|\bU&"
    r"|\b(?:TEMP|TEMPORARY|pg_temp\w*|HOLD|pg_(?:try_)?advisory_lock(?:_shared)?|dblink_connect(?:_u)?)\b",
    _FLAGS,
)
"""A word too many costs one login. What a function of the database does inside is seen by nobody outside, not by RDS
Proxy either, which hands such a session on to other clients: there, set for the transaction only."""


class Watched:
    """A connection that knows whether a statement may have left something on it."""

    lasting = False
    """Whether one may have left something on the server that outlives its transaction."""
    guard: Callable[[str], None] | None = None
    """Sees each statement before it is sent, and raises to refuse it."""
    _looked_at = False

    def look_at(self, statement: str) -> None:
        if self.guard:
            self.guard(statement)
        self._looked_at = True
        self.lasting = self.lasting or bool(_LASTING.search(statement))

    def begin_statement(self) -> None:
        """One that nobody has looked at, such as that of a cursor which isn't ours, may leave anything."""
        self.lasting = self.lasting or not self._looked_at
        self._looked_at = False


class _Watching:
    """A cursor whose statements are looked at where psycopg begins each."""

    _copying: Any = None

    def _start_query(self: Any, query: Any = None) -> Any:
        if (statement := query or self._copying) is not None:
            self._conn.look_at(_text(statement, self._conn))
        return super()._start_query(query)  # type: ignore[misc]

    def _start_copy_gen(self: Any, statement: Any, params: Any = None) -> Any:
        self._copying = statement
        try:
            yield from super()._start_copy_gen(statement, params)  # type: ignore[misc]
        finally:
            self._copying = None


class Watching(_Watching, psycopg.Cursor[TupleRow]):
    def execute(self, query: Any, *args: Any, **options: Any) -> Self:
        super().execute(query, *args, **options)
        # PostgreSQL reports no error.
        if self.statusmessage == "ROLLBACK" and re.match(_COMMITS, _text(query, self.connection), _FLAGS):
            raise InFailedSqlTransaction(FAILED_WITHIN)
        return self


class WatchingServer(_Watching, psycopg.ServerCursor[TupleRow]):
    pass


def _text(query: Any, connection: Any) -> str:
    text = query.as_string(connection) if isinstance(query, Composable) else query
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
