"""Gives each client that connects to the socket a session of its own at the endpoint."""

import contextlib
import select
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from threading import Thread
from typing import Any, Final

from keyless.cli.mysql.relay import packets
from keyless_client import ConnectError

LogIn = Callable[[], Any]
"""PyMySQL's connection, over verified TLS. Raises ConnectError."""
_CHUNK: Final = 65536
_POLL_SECONDS: Final = 0.05


@contextmanager
def relayed(log_in: LogIn, plugin: str) -> Iterator[Path]:
    """The socket, in a folder that only this user can enter. `plugin`: by which the client logs in unless told
    otherwise."""
    with tempfile.TemporaryDirectory(prefix="keyless-") as folder:
        path = Path(folder, "mysql.sock")
        with _Server(str(path), _handler(log_in, plugin)) as server:
            Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
            try:
                yield path
            finally:
                server.shutdown()


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True


def _handler(log_in: LogIn, plugin: str) -> type[BaseRequestHandler]:
    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):  # either side is gone
                _serve(self.request, log_in, plugin)

    return Handler


def _serve(client: socket.socket, log_in: LogIn, plugin: str) -> None:
    try:
        connection = log_in()
    except ConnectError as error:
        packets.greet(client, plugin)
        packets.refuse(client, getattr(error, "code", 0), str(error))
        return
    try:
        session = connection.get_server_info(), connection.thread_id(), connection.server_capabilities
        packets.greet(client, plugin, *session)
        packets.let_in(client, plugin)
        _pass_on(client, connection._sock)
    finally:
        connection._force_close()


def _pass_on(client: socket.socket, server: ssl.SSLSocket) -> None:
    """Until one of them is gone. What OpenSSL has read already, `select` doesn't see."""
    other = {client: server, server: client}
    while True:
        ready = [server] if server.pending() else select.select([client, server], [], [])[0]
        for one in ready:
            if not (data := one.recv(_CHUNK)):
                return
            other[one].sendall(data)
