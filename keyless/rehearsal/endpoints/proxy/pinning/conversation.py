"""The statements in what a client sends: simple queries, and what it has parsed in the extended protocol.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_QUERY, _PARSE = b"Q", b"P"
_HEADER: Final = 5
HELD: Final = 1 << 20
"""Bytes of a message that are waited for. A text of 16 KB fits, with as many types of parameters as there can be."""


@dataclass(frozen=True)
class Statement:
    text: str
    """Empty where it is longer than what is waited for."""
    size: int
    """In bytes."""


class Conversation:
    """One client's. Fed with its bytes as they come, in whatever pieces."""

    def __init__(self) -> None:
        self._held, self._to_skip = bytearray(), 0

    def statements(self, sent: bytes) -> Iterator[Statement]:
        """Those that are complete with what has been sent now."""
        self._held += sent
        while self._skipped() and len(self._held) >= _HEADER:
            kind, length = bytes(self._held[:1]), max(int.from_bytes(self._held[1:_HEADER], "big"), 4) + 1
            if kind in (_QUERY, _PARSE) and length <= HELD:
                if len(self._held) < length:
                    return
                yield _statement(kind, bytes(self._held[_HEADER:length]))
            elif kind in (_QUERY, _PARSE):
                yield Statement("", length)
            self._to_skip = length

    def _skipped(self) -> bool:
        """Whether what isn't looked at has come, and is gone."""
        gone = min(self._to_skip, len(self._held))
        del self._held[:gone]
        self._to_skip -= gone
        return not self._to_skip


def _statement(kind: bytes, body: bytes) -> Statement:
    after_name = body.partition(b"\0")[2] if kind == _PARSE else body
    text = after_name.partition(b"\0")[0]
    return Statement(text.decode(errors="replace"), len(text))
