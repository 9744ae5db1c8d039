"""What came of a login."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    id: str
    connected: bool
    user: str
    """Whom the database takes it for, when connected."""
    message: str
    """Of whoever refused; when connected, why nothing could be read."""
    sqlstate: str
    """PostgreSQL's, or the number of MySQL's error."""
    milliseconds: float
    """From the first packet to the session, or to the refusal."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What reading.py reads. After a change: whether the right is `held`."""

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))
