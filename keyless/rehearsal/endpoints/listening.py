"""Listens for clients of the endpoints, in one background thread, and leaves nothing behind when it stops."""

import asyncio
import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from keyless.rehearsal.endpoints.endpoint import Endpoint, Service
from keyless.rehearsal.endpoints.protocol.streams import without_delay

_BACKLOG = 512
_PAUSE_SECONDS = 0.05


class Endpoints:
    """`with Endpoints(gate, proxy): ...`, or start() and stop().

    start() raises OSError for an address that can't be listened on.
    """

    def __init__(self, *services: Service) -> None:
        self._services = services
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        listeners: list[tuple[Service, socket.socket]] = []
        try:
            for service in self._services:
                listeners.append((service, _listen(service.endpoint)))
            self._thread = threading.Thread(
                target=lambda: asyncio.run(self._run(listeners)), name="endpoints", daemon=True
            )
            self._thread.start()
            self._ready.wait()
        except BaseException:
            self.stop()
            for _, listener in listeners:
                listener.close()
            raise

    def stop(self) -> None:
        """End every session, the listening and the thread. May be called more than once."""
        if self._thread is None or self._thread.ident is None:
            return
        self._ready.wait()
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    async def _run(self, listeners: list[tuple[Service, socket.socket]]) -> None:
        self._loop, self._stopping, self._tasks = asyncio.get_running_loop(), asyncio.Event(), set[asyncio.Task[None]]()
        for service, listener in listeners:
            self._listen(service, listener)
        self._ready.set()
        await self._stopping.wait()
        for _, listener in listeners:
            self._loop.remove_reader(listener)
            listener.close()
        while running := {task for task in self._tasks if not task.done()}:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=1)

    def _listen(self, service: Service, listener: socket.socket) -> None:
        if not self._stopping.is_set():
            self._loop.add_reader(listener, self._accept, service, listener)

    def _accept(self, service: Service, listener: socket.socket) -> None:
        """Not `loop.sock_accept`: cancelled at the wrong moment, that loses a socket."""
        try:
            sock, _ = listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError:  # out of file descriptors: others may end soon
            self._loop.remove_reader(listener)
            self._loop.call_later(_PAUSE_SECONDS, self._listen, service, listener)
            return
        without_delay(sock)
        task = self._loop.create_task(service.converse(sock))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: sock.close())  # also of a task that was cancelled before it began

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _listen(endpoint: Endpoint) -> socket.socket:
    try:
        listener = socket.create_server((endpoint.address, endpoint.port), backlog=_BACKLOG)
    except OSError as error:
        raise OSError(
            error.errno, f"{endpoint.host} can't listen on {endpoint.address}:{endpoint.port}: {error.strerror}"
        ) from error
    listener.setblocking(False)
    return listener
