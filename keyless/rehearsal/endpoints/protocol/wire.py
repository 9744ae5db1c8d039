"""PostgreSQL's wire protocol, versions 3.0 to 3.2, as far as a login needs it: bytes to values and back.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from keyless.rehearsal.endpoints.denial import Denial, NoConnectionError, NoCredentialsError

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
VERSION_3_0, VERSION_3_2 = 3 << 16, (3 << 16) + 2
NEGOTIATE_PROTOCOL_VERSION = b"v"
TLS_HANDSHAKE = b"\x16"
"""The first byte of TLS, and of no length that a startup packet has."""

AUTHENTICATION_OK = b"\0\0\0\0"
CLEAR_TEXT_PASSWORD = b"\0\0\0\3"

_STARTUP_LIMIT = 10_000
"""PostgreSQL's own MAX_STARTUP_PACKET_LENGTH."""
_MESSAGE_LIMIT = 65_536
_PROTOCOL_OPTION = "_pq_."


class Refusal(Denial):
    """A login is refused, with PostgreSQL's error message for the client."""

    def __init__(self, sqlstate: str, text: str, reason: str = "", principal: str = "") -> None:
        super().__init__(text, reason, principal)
        self.answer = error(sqlstate, text)


class ForwardedRefusal(Refusal):
    """The database's own error message, handed on as it is."""

    def __init__(self, body: bytes, reason: str) -> None:
        super().__init__("", "", reason)
        self.answer, self.sqlstate = message(b"E", body), _field(body, b"C")


class ExactReader(Protocol):
    async def readexactly(self, n: int, /) -> bytes: ...


@dataclass(frozen=True)
class Login:
    """A startup message."""

    parameters: Mapping[str, str]
    version: int = VERSION_3_0
    """The newest that the client speaks."""

    @property
    def user(self) -> str:
        return self.parameters["user"]

    @property
    def database(self) -> str:
        return self.parameters.get("database") or self.user

    @property
    def protocol_options(self) -> list[str]:
        """Names of what a newer protocol may know."""
        return [name for name in self.parameters if name.startswith(_PROTOCOL_OPTION)]

    def of_3_0(self) -> "Login":
        """The same for a server that is sent nothing newer."""
        return Login({name: self.parameters[name] for name in self.parameters if name not in self.protocol_options})


@dataclass(frozen=True)
class Packet:
    """A message before the login: a request code or a protocol version, and what follows."""

    code: int
    body: bytes


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def packet(code: int, body: bytes = b"") -> bytes:
    return struct.pack("!II", len(body) + 8, code) + body


def startup(parameters: Mapping[str, str], version: int = VERSION_3_0) -> bytes:
    pairs = (f"{name}\0{value}\0".encode() for name, value in parameters.items())
    return packet(version, b"".join(pairs) + b"\0")


def negotiated(login: Login) -> bytes:
    """What a server of protocol 3.0 sends before it authenticates: nothing where the client asked for no more.

    The whole version, as PostgreSQL sends and libpq reads it; the documentation says the minor one.
    """
    options = login.protocol_options
    if login.version == VERSION_3_0 and not options:
        return b""
    names = b"".join(f"{name}\0".encode() for name in options)
    return message(NEGOTIATE_PROTOCOL_VERSION, struct.pack("!II", VERSION_3_0, len(options)) + names)


def error(sqlstate: str, text: str) -> bytes:
    fields = (("S", "FATAL"), ("V", "FATAL"), ("C", sqlstate), ("M", text))
    return message(b"E", b"".join(f"{key}{value}\0".encode() for key, value in fields) + b"\0")


_SQLSTATES = {NoConnectionError: "53300", NoCredentialsError: "28000"}


def answer(denial: Denial) -> bytes:
    """The error message that tells the client."""
    if isinstance(denial, Refusal):
        return denial.answer
    return error(_SQLSTATES.get(type(denial), "58000"), str(denial))


def error_text(body: bytes) -> str:
    """The message (field M) of an error response."""
    return _field(body, b"M")


def _field(body: bytes, kind: bytes) -> str:
    texts = (field[1:] for field in body.split(b"\0") if field.startswith(kind))
    return next(texts, b"").decode(errors="replace")


async def read_packet(reader: ExactReader) -> Packet:
    """Raises Refusal for a length that no startup packet has: nothing of that size is read."""
    length, code = struct.unpack("!II", await reader.readexactly(8))
    if not 8 <= length <= _STARTUP_LIMIT:
        raise Refusal("08P01", "invalid length of startup packet")
    return Packet(code, await reader.readexactly(length - 8))


async def read_message(reader: ExactReader) -> tuple[bytes, bytes]:
    """The next message's kind and body. Raises Refusal for a length that no message of a login has."""
    kind, length = struct.unpack("!cI", await reader.readexactly(5))
    if not 4 <= length <= _MESSAGE_LIMIT:
        raise Refusal("08P01", "invalid message length")
    return kind, await reader.readexactly(length - 4)


def login(opening: Packet) -> Login:
    """The startup message in a packet. Raises Refusal when it is malformed or of another major protocol version: a
    newer minor one is negotiated."""
    major, minor = opening.code >> 16, opening.code & 0xFFFF
    if major != VERSION_3_0 >> 16:
        raise Refusal("0A000", f"unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.2")
    if not opening.body.endswith(b"\0"):
        raise Refusal("08P01", "invalid startup packet layout: expected terminator as last byte")
    try:
        strings = opening.body.decode().removesuffix("\0").removesuffix("\0").split("\0")
    except UnicodeDecodeError as problem:
        raise Refusal("08P01", "invalid startup packet layout: not UTF-8") from problem
    parameters = dict(zip(strings[::2], strings[1::2], strict=False))
    if not parameters.get("user"):
        raise Refusal("28000", "no PostgreSQL user name specified in startup packet")
    return Login(parameters, opening.code)
