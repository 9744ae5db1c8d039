"""The commands in what a client sends once it is in, as far as a proxy has to know them."""

from typing import Final

_HEADER: Final = 4
_CONTINUED: Final = 0xFFFFFF
CHANGE_USER: Final = 0x11


class Commands:
    """One client's. Fed with its bytes as they come, in whatever pieces."""

    def __init__(self) -> None:
        self._head, self._to_skip, self._continues = bytearray(), 0, False

    def begun(self, sent: bytes) -> list[int]:
        """The first bytes of the commands that begin in what has been sent now."""
        found, at = [], 0
        while at < len(sent):
            if self._to_skip:
                step = min(self._to_skip, len(sent) - at)
                self._to_skip -= step
                at += step
                continue
            self._head.append(sent[at])
            at += 1
            if command := self._of_head():
                found += command
        return found

    def _of_head(self) -> list[int]:
        """Once the head and the byte behind it are there: what begins with them."""
        if len(self._head) < _HEADER:
            return []
        size = int.from_bytes(self._head[:3], "little")
        if size and len(self._head) == _HEADER:
            return []
        starts = size > 0 and self._head[3] == 0 and not self._continues
        command = [self._head[_HEADER]] if starts else []
        self._to_skip, self._continues = max(size - 1, 0), size == _CONTINUED
        self._head.clear()
        return command
