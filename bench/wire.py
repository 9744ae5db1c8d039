"""A TCP proxy between a client and the server that counts round trips and can delay them.

A round trip begins when the client sends after the server has; the TCP handshake counts, and is delayed, as one.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from bench.wire_pipe import Notice, Pipe

_END_SECONDS = 10.0
"""How long to wait for open connections once no new one is accepted."""

Dial = Callable[[], socket.socket]


@dataclass
class Counts:
    connections: int = 0
    round_trips: int = 0
    sent: int = 0
    """Bytes from the client."""


class Wire:
    """`with Wire(dial, seconds) as wire:` listens on 127.0.0.1, port `wire.port`.

    Parameters:
        dial: opens a connection to the server.
        seconds: added to each round trip, half on each way.
        asked: called with the number of each round trip (of its connection, from 1) before the server gets it.
        answered: called with the same before the client gets the answer.
    """

    def __init__(
        self, dial: Dial, seconds: float = 0.0, *, asked: Notice | None = None, answered: Notice | None = None
    ) -> None:
        self._dial, self._half, self._asked, self._answered = dial, seconds / 2, asked, answered
        self._lock, self._carrying = Lock(), list[Thread]()
        self._counts = Counts()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def counted(self) -> Counts:
        """The counts since the last call. Waits for open connections to end, since their last message counts too."""
        self._finish()
        with self._lock:
            counts, self._counts = self._counts, Counts()
        return counts

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone doesn't wake accept() up
        self._listener.close()
        self._finish()

    def _finish(self) -> None:
        for thread in self._carrying:
            thread.join(_END_SECONDS)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._carrying.append(Thread(target=self._carry, args=[client], daemon=True))
                self._carrying[-1].start()

    def _carry(self, client: socket.socket) -> None:
        server = self._dial()
        conversation = _Conversation(self)
        self._count(connections=1, round_trips=1)
        up, down = (
            Pipe(client, server, self._half, conversation.asked),
            Pipe(server, client, self._half, conversation.answered),
        )
        up.start(head_start=2 * self._half)
        down.start()
        up.join()
        down.join()
        client.close()
        server.close()

    def _count(self, **what: int) -> None:
        with self._lock:
            for name, number in what.items():
                setattr(self._counts, name, getattr(self._counts, name) + number)

    def round_trip(self, number: int) -> None:
        self._count(round_trips=1)
        if self._asked:
            self._asked(number)

    def answer(self, number: int) -> None:
        if self._answered:
            self._answered(number)

    def bytes_sent(self, size: int) -> None:
        self._count(sent=size)


class _Conversation:
    """Whose turn it is on one connection."""

    def __init__(self, wire: Wire) -> None:
        self._wire, self._servers_turn, self._number = wire, False, 0

    def asked(self, size: int) -> None:
        if not self._servers_turn:
            self._servers_turn = True
            self._number += 1
            self._wire.round_trip(self._number)
        self._wire.bytes_sent(size)

    def answered(self, size: int) -> None:
        if self._servers_turn:
            self._servers_turn = False
            self._wire.answer(self._number)
