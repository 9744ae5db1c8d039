"""A COMMIT that PostgreSQL answers with ROLLBACK, because a statement before it failed. The command's tag alone says
so, and psycopg doesn't look at it."""

from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from keyless_client.addresses import Dialled
from keyless_client.ownership import OfProcess

FAILED_WITHIN = "a statement of the transaction failed, so nothing of it is committed; allowed: a savepoint around it"


class Committing:
    """A connection, of psycopg's or of asyncio, whose COMMIT commits or is an error: that of `commit()`, of `with`, and
    of whatever pool or framework calls them."""

    def _exec_command(self: Any, command: Any, *args: Any, **options: Any) -> Generator[Any, Any, Any]:
        """psycopg's, for the commands that it sends by itself.

        Raises:
            InFailedSqlTransaction: the transaction had failed, and is rolled back now.
        """
        commits = command == b"COMMIT"
        if commits and self._pipeline:
            yield from self._pipeline._sync_gen()  # until the answers are there, nobody knows
            yield from self._pipeline._fetch_gen(flush=True)
        failed = commits and self.pgconn.transaction_status == TransactionStatus.INERROR
        result = yield from super()._exec_command(command, *args, **options)  # type: ignore[misc]
        if failed:
            raise InFailedSqlTransaction(FAILED_WITHIN)
        return result


class Connection(Committing, OfProcess, Dialled, psycopg.Connection[TupleRow]):
    def close(self) -> None:
        if not self.inherited:
            super().close()

    def __exit__(self, *ended: Any) -> None:
        """psycopg's, which leaves one open whose COMMIT has failed."""
        try:
            super().__exit__(*ended)
        finally:
            if not getattr(self, "_pool", None):
                self.close()


class AsyncConnection(Committing, OfProcess, Dialled, psycopg.AsyncConnection[Any]):
    async def close(self) -> None:
        if not self.inherited:
            await super().close()

    async def __aexit__(self, *ended: Any) -> None:
        try:
            await super().__aexit__(*ended)
        finally:
            if not getattr(self, "_pool", None):
                await self.close()
