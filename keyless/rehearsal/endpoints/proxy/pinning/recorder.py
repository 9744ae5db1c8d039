"""Which sessions would have been pinned, whose they are, and by what. Holds no statement."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from keyless.rehearsal.endpoints.proxy.pinning.conversation import Conversation
from keyless.rehearsal.endpoints.proxy.pinning.rules import pins

_KEPT: Final = 10_000
_PER_SESSION: Final = 100
"""Different ones."""


@dataclass(frozen=True)
class Pin:
    user: str
    principal: str
    """The token's owner; empty with a password."""
    session: int
    """Its number at this proxy."""
    by: str


class Pins:
    """The latest, oldest first, each of a session once. May be read from any thread."""

    def __init__(self) -> None:
        self._pins: deque[Pin] = deque(maxlen=_KEPT)
        self._sessions = 0

    def all(self) -> tuple[Pin, ...]:
        return tuple(self._pins.copy())

    def session(self, user: str, principal: str) -> Callable[[bytes], Awaitable[None]]:
        """To be called with all that the client of a new session sends."""
        self._sessions += 1
        number, conversation, seen = self._sessions, Conversation(), set[str]()

        async def sent(content: bytes) -> None:
            for statement in conversation.statements(content):
                for by in pins(statement):
                    if by not in seen and len(seen) < _PER_SESSION:
                        seen.add(by)
                        self._pins.append(Pin(user, principal, number, by))

        return sent
