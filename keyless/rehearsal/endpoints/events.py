"""The endpoints' decisions about logins, the rehearsal's evidence. Holds no token."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime

_KEPT = 10_000


@dataclass(frozen=True)
class Event:
    """One decision. `principal` is the token's owner, empty without a token of a known one."""

    endpoint: str
    user: str
    allowed: bool
    principal: str
    reason: str
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


class Events:
    """The latest events, oldest first. One list may serve several endpoints and be read from any thread."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=_KEPT)

    def record(self, event: Event) -> None:
        self._events.append(event)

    def all(self) -> tuple[Event, ...]:
        return tuple(self._events)
