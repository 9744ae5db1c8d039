"""One direction of a proxied connection, with a delay."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread

Notice = Callable[[int], None]
_CHUNK = 1 << 16


class Pipe:
    """Copies what `source` sends to `target`, `seconds` later and in order."""

    def __init__(self, source: socket.socket, target: socket.socket, seconds: float, notice: Notice) -> None:
        self._source, self._target, self._seconds, self._notice = source, target, seconds, notice
        self._queue: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        self._threads = [Thread(target=run, daemon=True) for run in (self._read, self._write)]
        for end in (source, target):
            with suppress(OSError):  # a Unix socket has no such option
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self, head_start: float = 0.0) -> None:
        self._not_before = time.monotonic() + head_start
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        data = b"begin"
        while data:
            data = b""
            with suppress(OSError):
                data = self._source.recv(_CHUNK)
            if data:
                self._notice(len(data))
            self._queue.put((max(time.monotonic(), self._not_before) + self._seconds, data))

    def _write(self) -> None:
        data = b"begin"
        while data:
            due, data = self._queue.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                if data:
                    self._target.sendall(data)
                else:
                    self._target.shutdown(socket.SHUT_WR)
