"""Packets of MySQL's protocol, bounded as those of a login are, and the messages that end one.

https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html
"""

import struct
from typing import Final, Protocol

from keyless.rehearsal.endpoints.denial import Denial, NoConnectionError, NoCredentialsError
from keyless.rehearsal.endpoints.protocol.streams import Stream

OK, ERROR, SWITCH, MORE = b"\x00", b"\xff", b"\xfe", b"\x01"
"""First bytes of a server's packets."""
CLEAR_PASSWORD: Final = b"mysql_clear_password"
ACCESS_DENIED: Final = 1045
INSECURE_TRANSPORT: Final = 3159
_LIMIT: Final = 65_536
_UNKNOWN: Final = (1105, "HY000")
_NUMBERS: Final = {NoConnectionError: (9501, "HY000"), NoCredentialsError: (ACCESS_DENIED, "28000")}


class MalformedError(Exception):
    """What was sent is no packet of a login. Nobody is answered."""


class Refusal(Denial):
    """A login is refused, with MySQL's error number and SQLSTATE for the client."""

    def __init__(self, number: int, sqlstate: str, text: str, reason: str = "", principal: str = "") -> None:
        super().__init__(text, reason, principal)
        self.packet = error(number, sqlstate, text)


class ForwardedRefusal(Denial):
    """The server's own error packet, handed on as it is."""

    def __init__(self, packet: bytes, reason: str = "", principal: str = "") -> None:
        super().__init__(error_text(packet), reason, principal)
        self.packet = packet


class ExactReader(Protocol):
    async def readexactly(self, n: int, /) -> bytes: ...


class Side:
    """One side's packets during a login. Each side counts its own, because the other may be asked for more."""

    def __init__(self, stream: Stream, last: int) -> None:
        self.stream, self._last = stream, last

    async def read(self) -> bytes:
        self._last, payload = await read(self.stream.reader)
        return payload

    def command(self) -> None:
        """A new command of the other side's has come: numbers begin anew."""
        self._last = 0

    async def send(self, payload: bytes) -> None:
        self._last = (self._last + 1) % 256
        await self.stream.send(packet(self._last, payload))


def packet(number: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes([number]) + payload


async def read(reader: ExactReader) -> tuple[int, bytes]:
    """The next packet's number and payload. Raises MalformedError for a size that no packet of a login has: nothing of
    that size is read."""
    head = await reader.readexactly(4)
    size = int.from_bytes(head[:3], "little")
    if size > _LIMIT:
        raise MalformedError(f"a packet of {size} bytes")
    return head[3], await reader.readexactly(size)


def error(number: int, sqlstate: str, text: str) -> bytes:
    return ERROR + struct.pack("<H", number) + b"#" + sqlstate.encode() + text.encode()


def answer(denial: Denial) -> bytes:
    """The error packet that tells the client."""
    if isinstance(denial, Refusal | ForwardedRefusal):
        return denial.packet
    return error(*_NUMBERS.get(type(denial), _UNKNOWN), str(denial))


def error_text(payload: bytes) -> str:
    """The message of an error packet, without number and SQLSTATE."""
    text = payload[3:]
    return (text[6:] if text[:1] == b"#" else text).decode(errors="replace")


def switch(plugin: bytes, data: bytes = b"") -> bytes:
    """An AuthSwitchRequest."""
    return SWITCH + plugin + b"\0" + data


def switched(payload: bytes) -> tuple[bytes, bytes]:
    """The plugin and its data in an AuthSwitchRequest."""
    plugin, _, data = payload[1:].partition(b"\0")
    return plugin, data


def asks_for_token(payload: bytes) -> bool:
    """Whether a server's packet asks for what AWSAuthenticationPlugin asks for."""
    return payload[:1] == SWITCH and switched(payload)[0] == CLEAR_PASSWORD
