"""A way to the server that can be cut, stopped or slowed down, which TLS doesn't notice before."""

import contextlib
import socket
import threading

from keyless.rehearsal.endpoints.addresses import free_loopback_addresses


class Relay:
    """Listens on another loopback address, on the server's own port: a token is for a port, too."""

    def __init__(self, server: str, port: int) -> None:
        self.address = free_loopback_addresses(1, port)[0]
        self._server, self._port = server, port
        self._listener = socket.create_server((self.address, port))
        self._sockets: list[socket.socket] = []
        self._mute = False
        self._slow = False
        self._goes, self._closed = threading.Event(), threading.Event()
        self._goes.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_the_next_answer(self) -> None:
        """The client's next words reach the server; the answer doesn't come back, and the connection ends."""
        self._mute = True

    def stop(self) -> None:
        """From now on nothing is read from either side, and no connection ends."""
        self._goes.clear()

    def trickle(self) -> None:
        """From now on the answers come a byte at a time, ten in a second."""
        self._slow = True

    def close(self) -> None:
        self._closed.set()
        self._goes.set()
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # closed alone, it stays open as long as a thread reads from it
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((self._server, self._port))
                self._sockets += client, server
                for source, target, answers in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass, args=(source, target, answers), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._goes.wait()
                if answers and self._slow:
                    self._trickle(data, target)
                    continue
                if answers and self._mute:
                    self._mute = False
                    break
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _trickle(self, data: bytes, target: socket.socket) -> None:
        for byte in data:
            if self._closed.wait(0.1):
                return
            target.sendall(bytes([byte]))
