"""What a judge of IAM tokens says, and the judge's signature. Decides nothing itself."""

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
    """Says whether `token`, presented for `host`:`port` as `user`, may connect to the resource (`prx-…`,
    `cluster-…`)."""

    def __call__(self, *, token: str, host: str, port: int, user: str, resource_id: str) -> Verdict: ...
