"""Servers that ask for a password by every trick there is, and keep what they hear."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from keyless.rehearsal.servers.certificates import Certificate

_SSL, _SALT = 0x800, b"abcdefghijklmnopqrst"
_CAPABILITIES: Final = 0xC1FFFFFF & ~0x20  # all but compression
OK: Final = b"\0\0\0\2\0\0\0"
SSL_REQUEST_BYTES: Final = 36


def asks_by(plugin: str, data: bytes = _SALT + b"\0") -> bytes:
    """AuthSwitchRequest."""
    return b"\xfe" + plugin.encode() + b"\0" + data


PUBLIC_KEY_PLEASE, FULL = b"\1\2", b"\1\4"
CLEAR, DIALOG = asks_by("mysql_clear_password"), asks_by("dialog", b"\4Password: ")
OLD = b"\xfe"
"""As servers before 4.1 asked for a hash that is soon reversed."""


@dataclass
class Lie:
    """What a server does in place of what it should."""

    tls: bool = False
    """Whether its greeting offers TLS."""
    plugin: str = "mysql_native_password"
    """Of its greeting."""
    asks: tuple[bytes, ...] = ()
    """Its packets, each after one of the client's."""
    certificate: Certificate | None = None
    """For whoever takes its TLS; without one it goes on as if there were none."""
    early: bytes = b""
    """What it says right after its greeting, in the same packet of TCP."""
    on_query: bytes = b""
    """What it answers to any query, when it has let the client in."""


@dataclass
class Liar:
    lie: Lie
    port: int = 0
    plain: bytes = b""
    """What it heard outside of TLS."""
    inside: bytes = b""
    """What it heard inside."""
    logins: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def heard(self) -> bytes:
        return self.plain + self.inside


@contextmanager
def lying(lie: Lie) -> Iterator[Liar]:
    liar = Liar(lie)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        liar.port = listener.getsockname()[1]
        server = threading.Thread(target=_serve, args=(liar, listener), daemon=True)
        server.start()
        try:
            yield liar
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (server, *liar.threads):
                thread.join(5)


def _serve(liar: Liar, listener: socket.socket) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        client.settimeout(3)
        liar.threads.append(thread := threading.Thread(target=_session, args=(liar, client), daemon=True))
        thread.start()


def _session(liar: Liar, client: socket.socket) -> None:
    with client:
        try:
            liar.logins += 1
            _log_in(liar, client)
        except (OSError, EOFError):
            return


def _log_in(liar: Liar, client: socket.socket) -> None:
    lie = liar.lie
    client.sendall(_packet(0, _greeting(lie)) + lie.early)
    number, first = _read(liar, client)
    if len(first) == SSL_REQUEST_BYTES - 4 and lie.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(lie.certificate.chain, lie.certificate.key)
        with context.wrap_socket(client, server_side=True) as encrypted:
            _ask(liar, encrypted, _read(liar, encrypted)[0])
    else:
        _ask(liar, client, number)


def _ask(liar: Liar, client: socket.socket, number: int) -> None:
    lie = liar.lie
    for packet in lie.asks:
        client.sendall(_packet(number + 1, packet))
        number, _ = _read(liar, client)
    if lie.on_query:
        client.sendall(_packet(number + 1, OK))
        _answer_queries(liar, client)


def _answer_queries(liar: Liar, client: socket.socket) -> None:
    while True:
        number, query = _read(liar, client)
        quiet = query[1:].upper().lstrip().startswith((b"SET", b"COMMIT", b"ROLLBACK")) or query[:1] == b"\x0e"
        client.sendall(_packet(number + 1, OK if quiet else liar.lie.on_query))
        while not quiet and _read(liar, client)[1]:
            pass


def _greeting(lie: Lie) -> bytes:
    offered = _CAPABILITIES if lie.tls else _CAPABILITIES & ~_SSL
    low, high = (offered & 0xFFFF).to_bytes(2, "little"), (offered >> 16).to_bytes(2, "little")
    head = b"\x0a8.4.7\0\1\0\0\0" + _SALT[:8] + b"\0" + low + b"\x2d\2\0" + high
    return head + bytes([len(_SALT) + 1]) + b"\0" * 10 + _SALT[8:] + b"\0" + lie.plugin.encode() + b"\0"


def _read(liar: Liar, client: socket.socket) -> tuple[int, bytes]:
    head = _exactly(liar, client, 4)
    return head[3], _exactly(liar, client, int.from_bytes(head[:3], "little"))


def _exactly(liar: Liar, client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = client.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
        if isinstance(client, ssl.SSLSocket):
            liar.inside += more
        else:
            liar.plain += more
    return data


def _packet(number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number & 255]) + payload
