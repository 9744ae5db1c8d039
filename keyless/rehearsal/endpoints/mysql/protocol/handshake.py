"""The server's greeting and the client's answer to it.

What a client answered is put together anew from what was read of it: the server reads no other user than the endpoint.
https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
"""

import re
import struct
from dataclasses import dataclass, replace
from typing import Final

from keyless.rehearsal.endpoints.mysql.protocol.packets import CLEAR_PASSWORD, MalformedError

CONNECT_WITH_DB, COMPRESS, PROTOCOL_41, TLS = 0x8, 0x20, 0x200, 0x800
SECURE_CONNECTION, PLUGIN_AUTH, LENENC_AUTH, ZSTD = 0x8000, 0x80000, 0x200000, 0x4000000
_PROTOCOL: Final = 10
_FIXED: Final = 32
"""Bytes before the user's name; the whole of an SSLRequest."""
NO_PLUGIN: Final = b"to_be_asked"
"""No account has it, so that the server asks for what the account needs."""
_ALIKE_EVERYWHERE: Final = re.compile(rb"[A-Za-z0-9_.+=,:-]+")
"""The same in every character set that a client may name: in swe7 even @ and ~ are other characters."""


@dataclass(frozen=True)
class Greeting:
    """A server's first packet."""

    version: bytes
    thread: int
    nonce: bytes
    """20 bytes that a password's proof is made with."""
    capabilities: int
    fixed: bytes
    """Character set and status."""
    extended: bytes
    """MariaDB's own capabilities, among bytes that are zero elsewhere."""
    plugin: bytes

    @classmethod
    def parse(cls, payload: bytes) -> "Greeting":
        version, _, rest = payload[1:].partition(b"\0")
        if payload[:1] != bytes([_PROTOCOL]) or len(rest) < 44:
            raise MalformedError("a greeting of another protocol")
        low, high = struct.unpack_from("<H", rest, 13)[0], struct.unpack_from("<H", rest, 18)[0]
        return cls(
            version=version,
            thread=struct.unpack_from("<I", rest)[0],
            nonce=rest[4:12] + rest[31:43],
            capabilities=low | high << 16,
            fixed=rest[15:18],
            extended=rest[21:31],
            plugin=rest[44:].partition(b"\0")[0],
        )

    def build(self) -> bytes:
        return b"".join(
            (
                bytes([_PROTOCOL]) + self.version + b"\0" + struct.pack("<I", self.thread),
                self.nonce[:8] + b"\0" + struct.pack("<H", self.capabilities & 0xFFFF) + self.fixed,
                struct.pack("<HB", self.capabilities >> 16, len(self.nonce) + 1) + self.extended,
                self.nonce[8:] + b"\0" + self.plugin + b"\0",
            )
        )


@dataclass(frozen=True)
class Answer:
    """A client's HandshakeResponse41."""

    fixed: bytes
    """Capabilities, the largest packet, the character set, MariaDB's own capabilities."""
    user: bytes
    proof: bytes
    """Of the password, or the password itself, for `plugin`."""
    database: bytes
    plugin: bytes
    rest: bytes
    """Attributes, and what else the server may know."""

    @property
    def capabilities(self) -> int:
        return capabilities(self.fixed)

    @property
    def user_name(self) -> str:
        return self.user.decode(errors="replace")

    @classmethod
    def parse(cls, payload: bytes) -> "Answer":
        """Raises MalformedError."""
        if len(payload) <= _FIXED or not capabilities(payload) & PROTOCOL_41:
            raise MalformedError("a client older than MySQL 4.1")
        found = capabilities(payload)
        user, rest = _text(payload[_FIXED:])
        if found & LENENC_AUTH:
            proof, rest = _counted(rest)
        elif found & SECURE_CONNECTION:
            proof, rest = _cut(rest[1:], rest[0] if rest else -1)
        else:
            proof, rest = _text(rest)
        database, rest = _text(rest) if found & CONNECT_WITH_DB else (b"", rest)
        plugin, rest = _text(rest) if found & PLUGIN_AUTH else (b"", rest)
        return cls(payload[:_FIXED], user, proof, database, plugin, rest)

    def build(self) -> bytes:
        found = self.capabilities
        if found & LENENC_AUTH:
            proof = _with_count(self.proof)
        elif found & SECURE_CONNECTION:
            proof = bytes([len(self.proof)]) + self.proof
        else:
            proof = self.proof + b"\0"
        database = self.database + b"\0" if found & CONNECT_WITH_DB else b""
        plugin = self.plugin + b"\0" if found & PLUGIN_AUTH else b""
        return self.fixed + self.user + b"\0" + proof + database + plugin + self.rest

    def without_token(self) -> "Answer":
        """The same without the token of a client that shows it unasked: the endpoint asks, when the server does."""
        return replace(self, proof=b"", plugin=NO_PLUGIN) if self.plugin.lower() == CLEAR_PASSWORD else self

    def may_show_token(self, most_characters: int) -> bool:
        """Whether the server reads the user's name as the judge does: not cut, not unquoted, not converted."""
        return len(self.user) <= most_characters and _ALIKE_EVERYWHERE.fullmatch(self.user) is not None


def capabilities(payload: bytes) -> int:
    return int.from_bytes(payload[:4], "little")


def requests_tls(payload: bytes) -> bool:
    """Raises MalformedError for a login in clear text in a client's request for TLS."""
    if not capabilities(payload) & TLS:
        return False
    if len(payload) != _FIXED:
        raise MalformedError("a request for TLS with more in it")
    return True


def _text(payload: bytes) -> tuple[bytes, bytes]:
    text, end, rest = payload.partition(b"\0")
    if not end:
        raise MalformedError("a text without an end")
    return text, rest


def _cut(payload: bytes, size: int) -> tuple[bytes, bytes]:
    if not 0 <= size <= len(payload):
        raise MalformedError("less than its length says")
    return payload[:size], payload[size:]


def _counted(payload: bytes) -> tuple[bytes, bytes]:
    if not payload or payload[0] > 0xFC:  # 16 MB and more
        raise MalformedError("a length of another kind")
    if payload[0] < 0xFB:
        return _cut(payload[1:], payload[0])
    return _cut(payload[3:], int.from_bytes(payload[1:3], "little") if payload[0] == 0xFC else -1)


def _with_count(proof: bytes) -> bytes:
    size = len(proof)
    return (bytes([size]) if size < 0xFB else b"\xfc" + struct.pack("<H", size)) + proof
