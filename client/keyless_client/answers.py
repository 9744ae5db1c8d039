"""What goes to the server, and how long its answer is waited for."""

import select
from typing import Any

import psycopg
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.pq import ConnStatus

from keyless_client.deadline import for_answer


class LateError(psycopg.OperationalError):
    """No answer within the time that there was for it."""


class Answered:
    """A connection that waits for no answer beyond the end of its invocation, or the deadline of `run`."""

    demoted = False
    """Whether the server refused a change as read-only, as a former writer does after a failover."""
    told = False
    """Whether the end of the session has been an error to somebody."""

    def wait(self: Any, steps: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """psycopg's way for whatever goes to the server and comes back.

        Raises:
            LateError: there was no time left, and the session is ended: what was sent may still be done.
        """
        left = for_answer()
        bound = left is not None and (timeout is None or left < timeout)
        try:
            return super().wait(steps, interval, left if bound else timeout)  # type: ignore[misc]
        except psycopg.errors._WaitTimeout:
            if not bound:
                raise
            steps.close()
            self.pgconn.finish()
            self.told = True
            raise LateError(
                "the server didn't answer before the deadline, or the end of the invocation; the connection is closed"
            ) from None
        except ReadOnlySqlTransaction:
            self.demoted = True
            raise
        except psycopg.OperationalError:
            self.told = self.pgconn.status != ConnStatus.OK
            raise

    def undo(self: Any, seconds: float) -> None:
        """Roll back; an OperationalError where the server doesn't answer in time."""
        with self.lock:
            self.wait(self._rollback_gen(), timeout=seconds)

    def discard(self: Any, seconds: float) -> None:
        """Take all off the session that outlives a transaction; an OperationalError as in `undo`."""
        with self.lock:
            self.wait(self._exec_command(b"DISCARD ALL"), timeout=seconds)

    def ended_by_the_server(self: Any) -> bool:
        """As far as this side can know without asking."""
        poll = select.poll()
        try:
            poll.register(self.fileno(), select.POLLIN)
            while poll.poll(0):
                self.pgconn.consume_input()
                self.pgconn.is_busy()  # looks into what was read
        except psycopg.OperationalError:
            return True
        return False
