"""What the lines of every deployment need of its database's family."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Protocol

from keyless.rehearsal.lines.logins.caller import Caller
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome

Settled = tuple[tuple[Line, ...], tuple[str, ...]]
"""Lines, and notes on what was expected."""


class ByHand(Protocol):
    """A right that the spec gives nobody, for the drift watch to see."""

    @property
    @abstractmethod
    def found(self) -> str:
        """What the watch must say of it."""

    @abstractmethod
    def give(self) -> None:
        """As the superuser."""

    @abstractmethod
    def take(self) -> None:
        """Unless the engine has."""


class Family(Protocol):
    @property
    @abstractmethod
    def refused(self) -> Outcome:
        """By the server itself."""

    @property
    @abstractmethod
    def shut_out(self) -> str:
        """Part of the server's words to a user whose access is gone."""

    @property
    @abstractmethod
    def no_tls(self) -> str:
        """Part of the words of the database's endpoint to who comes without TLS."""

    @abstractmethod
    def by_hand(self) -> ByHand: ...

    @abstractmethod
    def rows(self, database: str) -> list[int]:
        """How many each table has in the schemas of a database of the spec."""

    @abstractmethod
    def sessions(self, database: str) -> Mapping[int, str]:
        """Whose each is that is open in a database, by its number."""

    @abstractmethod
    def past_iam(self, user: str) -> Attempt:
        """Log in where no token is asked for, so that only the server itself can refuse."""

    @abstractmethod
    def as_master(self, caller: Caller) -> Iterator[Line]:
        """What doesn't make anybody the master. `caller`: one of those that log in with tokens."""

    @abstractmethod
    def settled(self) -> Settled:
        """The engine's run after the migration, where the spec has rights on single objects. Raises FunctionError."""

    @abstractmethod
    def warnings(self) -> Iterator[str]:
        """What the engine leaves alone though it may not be meant, and what the spec names and isn't there."""
