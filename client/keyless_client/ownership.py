"""Whose a connection is: a process', a thread's, and, while a transaction is open on it, one task's of asyncio."""

import asyncio
import os
import socket
import weakref
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import psycopg

_within: ContextVar[Mapping[int, object]] = ContextVar("within", default={})  # noqa: B039 - is replaced, never changed
"""By connection: the transaction that this context, or the one that it was copied from, has begun last."""


class InheritedError(psycopg.InterfaceError):
    """A forked process speaks on its parent's session."""


class AnothersError(psycopg.InterfaceError):
    """A task of asyncio speaks in a transaction of another one."""


class OfProcess:
    """A connection, of psycopg's or of asyncio, that a forked process neither uses nor ends."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._process = os.getpid()

    def wait(self: Any, *args: Any, **options: Any) -> Any:
        if self.inherited:
            raise InheritedError("the connection is the parent process's; allowed: one that this process has opened")
        return super().wait(*args, **options)  # type: ignore[misc]

    @property
    def inherited(self) -> bool:
        return self._process != os.getpid()


class Owned(OfProcess):
    """A connection that refuses whom it isn't."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._task: weakref.ref[asyncio.Task[Any]] | None = None
        self._transaction: object = None

    def wait(self: Any, *args: Any, **options: Any) -> Any:
        if not self.inherited:
            self.claim()
        return super().wait(*args, **options)

    def claim(self: Any) -> None:
        """Note whose transaction begins with what is sent next, or whether it may be sent within the one that is open.

        That of a task is also that of the tasks which it has started within. Another one would write into it without
        knowing, and lose it all with its ROLLBACK.

        Raises:
            AnothersError: it is that of another task, which isn't done.
        """
        task = _current_task()
        if not self.begun:
            self._task, self._transaction = weakref.ref(task) if task else None, object()
            if task:
                _within.set({**_within.get(), id(self): self._transaction})
        elif task and self._of_another(task) and _within.get().get(id(self)) is not self._transaction:
            raise AnothersError(
                "another task of this thread has a transaction open on this connection; allowed: a transaction without "
                "`await` in it, or `aio.pool()`, with a connection for each task"
            )

    def _of_another(self, task: "asyncio.Task[Any]") -> bool:
        owner = self._task() if self._task else None
        return owner is not None and owner is not task and not owner.done()

    def close(self: Any) -> None:
        """Not in a forked process: it would end the parent's session."""
        if not self.inherited:
            super().close()  # type: ignore[misc]

    def cut(self: Any) -> None:
        """End the session from another thread, which may be using it: the server rolls back, and whatever that one does
        with it next is an error."""
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self.fileno())) as way:
            way.shutdown(socket.SHUT_RDWR)


def _current_task() -> "asyncio.Task[Any] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs here
        return None
