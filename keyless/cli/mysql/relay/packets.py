"""What a client is told when it connects to the relay: a greeting, and that it is in, or why it isn't.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
"""

import socket
import struct
from typing import Final

from pymysql.constants import CLIENT

ASKED: Final = CLIENT.MULTI_STATEMENTS
"""What the relay asks of the server beside what PyMySQL does."""
_ALL: Final = CLIENT.CAPABILITIES | CLIENT.CONNECT_WITH_DB | ASKED
"""Of a session past the relay: a client speaks to it as both have it. TLS and compression are not among them."""
_PROTOCOL: Final = 10
_UTF8MB4: Final = 45
_AUTOCOMMIT: Final = 2
_FIXED: Final = 32
"""Bytes of a client's answer before the user's name."""
_CLIENTS_OWN: Final = range(2000, 3000)
_UNKNOWN_ERROR: Final = 1105
_PROVEN: Final = b"\1\3"
CACHING: Final = "caching_sha2_password"
_NO_SALT: Final = b"x" * 20
"""Nobody proves anything with it: whoever can open the socket is let in."""


def greet(
    sock: socket.socket, plugin: str, version: str = "0.0-keyless", thread: int = 0, capabilities: int = _ALL
) -> None:
    """As the server of that version, in the session of that number. `plugin`: the client's own way to log in."""
    offered = _ALL & capabilities
    greeting = b"".join(
        [
            struct.pack("<B", _PROTOCOL) + version.encode("latin1") + b"\0",
            struct.pack("<I", thread) + _NO_SALT[:8] + b"\0",
            struct.pack("<HBHHB", offered & 0xFFFF, _UTF8MB4, _AUTOCOMMIT, offered >> 16, len(_NO_SALT) + 1),
            bytes(10) + _NO_SALT[8:] + b"\0" + plugin.encode("ascii") + b"\0",
        ]
    )
    _send(sock, 0, greeting)


def let_in(sock: socket.socket, plugin: str) -> None:
    """The client, once it has answered the greeting. Raises ConnectionError."""
    number, answer = _read(sock)
    if plugin == CACHING and _proof_bytes(answer) > 1:  # of a password in its option files: it waits for a word on that
        number += 1
        _send(sock, number, _PROVEN)
    _send(sock, number + 1, b"\0\0\0" + struct.pack("<HH", _AUTOCOMMIT, 0))


def refuse(sock: socket.socket, code: int, words: str) -> None:
    """The client, once it has answered the greeting. Raises ConnectionError.

    Args:
        code: a server's; of another, which MariaDB's client takes for a broken packet, nothing is said.
    """
    number, _ = _read(sock)
    said = code if code and code not in _CLIENTS_OWN else _UNKNOWN_ERROR
    _send(sock, number + 1, b"\xff" + struct.pack("<H", said) + b"#08001" + words.encode())


def _send(sock: socket.socket, number: int, payload: bytes) -> None:
    sock.sendall(struct.pack("<I", len(payload))[:3] + bytes([number]) + payload)


def _read(sock: socket.socket) -> tuple[int, bytes]:
    """A packet's number and content."""
    header = _exactly(sock, 4)
    return header[3], _exactly(sock, int.from_bytes(header[:3], "little"))


def _proof_bytes(answer: bytes) -> int:
    """How long what stands behind the user's name is."""
    return (answer[_FIXED:].partition(b"\0")[2] or b"\0")[0]


def _exactly(sock: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (more := sock.recv(size - len(found))):
            raise ConnectionError("the client is gone")
        found += more
    return found
