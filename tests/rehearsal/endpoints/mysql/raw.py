"""A client that says what no driver says, packet by packet."""

import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.mysql.protocol import handshake, packets
from keyless.rehearsal.endpoints.mysql.protocol.handshake import Answer, Greeting
from tests.rehearsal.endpoints.mysql.world import World
from tests.rehearsal.endpoints.roles import USER

CAPABILITIES = handshake.PROTOCOL_41 | handshake.SECURE_CONNECTION | handshake.PLUGIN_AUTH
UTF8, SWE7 = 45, 10
CHANGE_USER, QUERY = b"\x11", b"\x03"


def connect(endpoint: Endpoint) -> socket.socket:
    return socket.create_connection((endpoint.address, endpoint.port), timeout=10)


def fixed(capabilities: int, charset: int = UTF8) -> bytes:
    return struct.pack("<IIB", capabilities, 1 << 24, charset) + bytes(23)


def answer(user: bytes, proof: bytes = b"", plugin: bytes = b"mysql_native_password", charset: int = UTF8) -> bytes:
    return Answer(fixed(CAPABILITIES | handshake.TLS, charset), user, proof, b"", plugin, b"").build()


@dataclass
class Conversation:
    sock: socket.socket
    last: int = 0

    def read(self) -> bytes:
        head = self._exactly(4)
        self.last = head[3]
        return self._exactly(int.from_bytes(head[:3], "little"))

    def send(self, payload: bytes) -> None:
        self.last = (self.last + 1) % 256
        self.sock.sendall(packets.packet(self.last, payload))

    def ask(self, payload: bytes) -> bytes:
        self.send(payload)
        return self.read()

    def command(self, payload: bytes) -> bytes:
        self.last = -1
        return self.ask(payload)

    def _exactly(self, size: int) -> bytes:
        read = b""
        while len(read) < size:
            chunk = self.sock.recv(size - len(read))
            if not chunk:
                raise ConnectionResetError
            read += chunk
        return read


def greeted(endpoint: Endpoint) -> tuple[Conversation, Greeting]:
    conversation = Conversation(connect(endpoint))
    return conversation, Greeting.parse(conversation.read())


def encrypted(world: World, endpoint: Endpoint, charset: int = UTF8) -> tuple[Conversation, Greeting]:
    conversation, greeting = greeted(endpoint)
    conversation.send(fixed(CAPABILITIES | handshake.TLS, charset))
    conversation.sock = world.tls().wrap_socket(conversation.sock, server_hostname=endpoint.host)
    return conversation, greeting


def logged_in(world: World, endpoint: Endpoint) -> Conversation:
    conversation, _ = encrypted(world, endpoint)
    assert packets.asks_for_token(conversation.ask(answer(USER.encode())))
    assert conversation.ask(world.writer.token(endpoint).encode() + b"\0")[:1] == packets.OK
    return conversation


def ends(sock: socket.socket) -> bytes:
    """What the endpoint still sends before it closes the connection."""
    sent = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while chunk := sock.recv(4096):
            sent += chunk
    sock.close()
    return sent
