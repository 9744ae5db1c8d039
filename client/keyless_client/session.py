"""A connection that `connect` keeps: psycopg's own, whose `with` is a transaction, and which knows what is open."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import ConnStatus, PipelineStatus, TransactionStatus
from psycopg.rows import TupleRow

from keyless_client.addresses import Dialled
from keyless_client.answers import Answered
from keyless_client.committing import FAILED_WITHIN, Committing
from keyless_client.ownership import InheritedError, Owned
from keyless_client.watching import Watched, Watching, WatchingServer

ENDED_WITHIN = "the connection ended within a transaction, and nothing of it is committed"
_OPEN = (TransactionStatus.ACTIVE, TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Session(Watched, Owned, Answered, Committing, Dialled, psycopg.Connection[TupleRow]):
    """`with session:` is a transaction, as psycopg's connections have it, but it doesn't close the session. Within
    another transaction it is a part of that one."""

    blocks = 0
    """How many transaction blocks are open."""
    handled = False
    """Whether there are handlers for notices or notifications."""
    _open = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cursor_factory, self.server_cursor_factory = Watching, WatchingServer
        self._entered: list[AbstractContextManager[object]] = []

    def __del__(self, *_: object) -> None:
        """Without psycopg's warning: one that was replaced ends with its last reference."""

    def __enter__(self) -> Self:
        block = self.transaction()
        block.__enter__()
        self._entered.append(block)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Any:  # whether it was a psycopg.Rollback
        return self._entered.pop().__exit__(kind, error, traceback)

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        self.claim()
        within = self.begun
        self.blocks += 1
        try:
            with super().transaction(savepoint_name, force_rollback) as block:
                yield block
                # psycopg leaves a block in these states without a word.
                if self.pgconn.status != ConnStatus.OK:
                    raise psycopg.OperationalError(ENDED_WITHIN)
                if self.pgconn.transaction_status == TransactionStatus.INERROR and not force_rollback:
                    raise InFailedSqlTransaction(FAILED_WITHIN)
        except InheritedError as error:  # by psycopg's ROLLBACK or COMMIT: the transaction is for the parent to end
            raise error.__context__ or error from None
        finally:
            self.blocks -= 1
            self._open = within  # unless the server says so itself
            self._note()
            if self.blocks == 0 and self._stuck():
                self.close()
                self._open = within

    def _stuck(self) -> bool:
        """Whether a block ended between a statement and its answer, by a signal: psycopg could send no ROLLBACK."""
        return self.pgconn.transaction_status == TransactionStatus.ACTIVE and not self._in_pipeline()

    def wait(self, *args: Any, **options: Any) -> Any:
        try:
            return super().wait(*args, **options)
        finally:
            self._note()

    def _start_query(self) -> Any:
        """psycopg's, as it begins a statement of any cursor."""
        self.begin_statement()
        return super()._start_query()

    def add_notice_handler(self, callback: Callable[..., None]) -> None:
        self.handled = True
        super().add_notice_handler(callback)

    def add_notify_handler(self, callback: Callable[..., None]) -> None:
        self.handled = True
        super().add_notify_handler(callback)

    @property
    def busy(self) -> bool:
        """Whether a COPY, a stream or a pipeline has begun and not ended. Who waits for it from outside waits for
        ever."""
        status = self.pgconn.transaction_status
        return status == TransactionStatus.ACTIVE or self._in_pipeline() or self.lock.locked()

    @property
    def begun(self) -> bool:
        """Whether a transaction is open, or was when the session ended."""
        self._note()
        return self._open or self.blocks > 0

    def alive(self) -> bool:
        """Whether the server still has the session, as far as this side can know without asking. Where something was
        left on it, a new one is no substitute: its end is then for the next statement to tell."""
        # What has come may also be a notification or a row, for the caller to read.
        if not (self.lasting or self.busy) and not self.closed and self.ended_by_the_server():
            self.close()
        return not self.closed

    def _note(self) -> None:
        if self.pgconn.status == ConnStatus.OK:
            self._open = self.pgconn.transaction_status in _OPEN or self._in_pipeline()

    def _in_pipeline(self) -> bool:
        """Then the server may not have told of a transaction yet."""
        return self.pgconn.status == ConnStatus.OK and self.pgconn.pipeline_status != PipelineStatus.OFF
