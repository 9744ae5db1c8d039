"""Processes side by side, each at one job at a time. One that takes too long is ended, and another takes its place.

Processes and not threads: a thread that hangs can't be ended, the engine's garbage collection and libpq's variables are
the process's, and the plans of several clusters would share one core.
"""

import os
import resource
import select
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Final, Generic, Self, TypeVar

Job = TypeVar("Job")
Work = Callable[[Any], Iterator[object]]
_CONTEXT: Final = get_context("forkserver")
_MOST_MEMORY: Final = 1 << 30
"""Bytes of a process: many times what a look at the largest databases takes, and a bound for a server that answers
without end, which would otherwise take the memory of all."""


@dataclass(frozen=True)
class Said(Generic[Job]):
    job: Job
    value: object


@dataclass(frozen=True)
class Ended(Generic[Job]):
    """`why` is None where the job is done."""

    job: Job
    why: str | None = None
    late: bool = False
    """Whether it was ended for taking too long."""


class _Worker:
    """A process and the pipe to it."""

    def __init__(self, prepare: Callable[[], None], work: Work) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process: BaseProcess = _CONTEXT.Process(target=_serve, args=(theirs, prepare, work), daemon=True)
        self._process.start()
        theirs.close()

    def end(self) -> str:
        """At once; how it ended."""
        self._process.kill()
        self._process.join()
        self.pipe.close()
        code = self._process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"status {code}"


@dataclass
class _Busy(Generic[Job]):
    worker: _Worker
    job: Job
    until: float


class Workers(Generic[Job]):
    """At most `most` processes. Use it in a `with`; whatever is at work at its end is ended."""

    def __init__(self, most: int, seconds: float, prepare: Callable[[], None], work: Work) -> None:
        """`seconds`: how long a job may say nothing. `work` and `prepare` are functions of modules."""
        self._most, self._seconds, self._prepare, self._work = most, seconds, prepare, work
        self._idle: list[_Worker] = []
        self._busy: dict[object, _Busy[Job]] = {}
        """By their pipes."""
        _CONTEXT.set_forkserver_preload([work.__module__])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *(busy.worker for busy in self._busy.values())):
            worker.end()

    @property
    def free(self) -> int:
        return self._most - len(self._busy)

    def begin(self, job: Job) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._prepare, self._work)
        self._busy[worker.pipe] = _Busy(worker, job, time.monotonic() + self._seconds)
        with suppress(OSError):  # it has died: who waits for it will know
            worker.pipe.send(job)

    def heard(self, seconds: float) -> Iterator[Said[Job] | Ended[Job]]:
        """What came within so many seconds, or as soon as anything did."""
        pipes = [busy.worker.pipe for busy in self._busy.values()]
        soonest = min((busy.until for busy in self._busy.values()), default=0.0) - time.monotonic()
        for ready in connection.wait(pipes, timeout=max(0.0, min(seconds, soonest))):
            yield self._message(self._busy[ready])
        for busy in list(self._busy.values()):
            if time.monotonic() > busy.until and not busy.worker.pipe.poll():
                yield self._over(busy, f"no answer within {self._seconds:g} s", late=True)

    def _message(self, busy: _Busy[Job]) -> Said[Job] | Ended[Job]:
        try:
            done, value = busy.worker.pipe.recv()
        except (EOFError, OSError):
            return self._over(busy, None)
        if not done:
            busy.until = time.monotonic() + self._seconds
            return Said(busy.job, value)
        del self._busy[busy.worker.pipe]
        self._idle.append(busy.worker)
        return Ended(busy.job, value)

    def _over(self, busy: _Busy[Job], why: str | None, *, late: bool = False) -> Ended[Job]:
        del self._busy[busy.worker.pipe]
        how = busy.worker.end()
        return Ended(busy.job, why or f"its process ended by itself ({how})", late)


def _serve(pipe: Connection, prepare: Callable[[], None], work: Work) -> None:
    """In a session of its own: Ctrl-C is for who began it all, and there is no terminal to ask for a password on."""
    os.setsid()
    Thread(target=_end_with, args=[pipe.fileno()], daemon=True).start()
    _bound_memory()
    prepare()
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            for value in work(job):
                pipe.send((False, value))
            problem = None
        except BrokenPipeError:
            return
        except Exception as error:  # of one cluster; the others have nothing to do with it
            problem = _problem(error)
        pipe.send((True, problem))


def _bound_memory() -> None:
    """Beyond that libpq and Python raise errors; a system without the limit has none."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _end_with(pipe: int) -> None:
    """Ends this process when nobody holds the pipe's other end: a command that was killed can't end what it has begun,
    and a job may hang for ever."""
    gone = select.poll()
    gone.register(pipe, 0)  # what is asked for is told beside the end, which always is
    gone.poll()
    os._exit(1)


def _problem(error: Exception) -> str:
    from db_access.errors import AccessError

    if isinstance(error, MemoryError):
        return f"it takes more memory than the {_MOST_MEMORY >> 20:,} MB that one cluster may"
    return str(error) if isinstance(error, AccessError) else f"unexpected {type(error).__name__}: {error}"
