"""What a line of the table expects and measures."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

PLATFORM: Final = "platform"


class Outcome(StrEnum):
    ALLOWED = "allowed"
    BY_POSTGRESQL = "refused by PostgreSQL"
    BY_MYSQL = "refused by MySQL"
    BY_MARIADB = "refused by MariaDB"
    BY_IAM = "refused by IAM"
    BAD_TOKEN = "refused, bad token"  # noqa: S105 - an outcome
    WRONG_PASSWORD = "refused, wrong password"  # noqa: S105 - an outcome
    NO_CREDENTIALS = "refused, no credentials"
    NO_TLS = "refused, no TLS"
    WRONG_AUTHORITY = "refused, wrong authority"
    NO_WAY = "no way there"
    BY_METADATA = "refused by the metadata service"
    BY_FUNCTION = "refused by the function"
    ANOTHER_RESULT = "allowed, another result"
    UNCHANGED = "nothing changes"
    CHANGED = "something changes"
    KEPT = "kept"
    LOST = "lost"
    AS_SPECIFIED = "as specified"
    DRIFT = "drift"
    NOTIFIED = "told"
    OTHER = "failed otherwise"


@dataclass(frozen=True)
class Attempt:
    """The result of trying something: what came of it, and why."""

    outcome: Outcome
    reason: str
    message: str = ""
    """The whole message of whoever refused or answered, where it says more than the reason."""
    milliseconds: float = 0
    """How long it took, where that was measured."""


@dataclass(frozen=True)
class Line:
    """A line of the table. A refusal for another reason than `because` doesn't count."""

    what: str
    expected: Outcome
    because: str
    """Must be part of the measured reason or message."""
    measured: Attempt
    group: str = PLATFORM
    """Whom or what it is about: lines are counted together by it."""

    @property
    def holds(self) -> bool:
        return (
            self.measured.outcome is self.expected and self.because in f"{self.measured.reason} {self.measured.message}"
        )

    def of(self, group: str) -> Self:
        return replace(self, group=group)
