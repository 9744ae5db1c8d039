"""The verdict on an IAM token, and the interface of whoever gives it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Verdict:
    """Whether a token may connect, whose it is and why."""

    allowed: bool
    principal: str
    """ARN of the caller, empty when the token names none that is known."""
    reason: str


class Judge(Protocol):
    """Decides whether a token, presented at `host`:`port` as `user`, may connect to a resource such as `prx-…`."""

    def __call__(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict: ...
