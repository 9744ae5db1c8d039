"""What a user was seen to be able to do in a database, of whatever engine."""

from dataclasses import dataclass
from typing import Final, Protocol

from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless_probe.rights.things import Thing

DONE: Final = "OK000"
REFUSED: Final = "42501"
"""PostgreSQL's, for a missing right."""
REFUSALS: Final = frozenset({REFUSED, "1044", "1045", "1142", "1143", "1227", "1370"})
"""And MySQL's and MariaDB's: on a schema, a table, a column, the server or a routine."""


class Probe(Protocol):
    """Something that was tried on a thing."""

    @property
    def thing(self) -> Thing: ...

    @property
    def column(self) -> str:
        """Empty for the whole."""

    @property
    def any_of(self) -> frozenset[str]:
        """The privileges that it is about."""

    @property
    def also_allowed(self) -> frozenset[str]:
        """Codes of errors that come only after the right was found to be there."""

    @property
    def how(self) -> str:
        """What was done with the statement when the right is there."""

    @property
    def text(self) -> str:
        """The statement."""

    @property
    def shown(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    code: str
    """DONE, one of REFUSALS, or what the database failed with: an SQLSTATE, or the number of MySQL's error."""
    message: str

    @property
    def done(self) -> bool:
        return self.code == DONE


@dataclass(frozen=True)
class Tried:
    probe: Probe
    given: bool
    """What the spec gives."""
    answer: Answer

    @property
    def can(self) -> bool | None:
        """None when the database's answer says nothing about the right."""
        if self.answer.done or self.answer.code in self.probe.also_allowed:
            return True
        return False if self.answer.code in REFUSALS else None


@dataclass(frozen=True)
class Session:
    """All that one user tried in one database."""

    user: str
    database: str
    role: str
    """What it acted as."""
    tried: tuple[Tried, ...] = ()
    refused: str = ""
    """Why it wasn't let in."""
    itself: bool = False
    """Not as what its sessions start as, but as the user."""
    beyond: tuple[Line, ...] = ()
    """What it has beside rights on what the spec declares."""
    by: Outcome = Outcome.BY_POSTGRESQL
    """Whose refusals these are."""

    @property
    def can(self) -> bool:
        """Whether it can do anything."""
        return any(tried.can for tried in self.tried)

    @property
    def server(self) -> str:
        """What the refusing side is called."""
        return self.by.removeprefix("refused by ")

    @property
    def shown(self) -> str:
        """Who, in a line."""
        if self.itself:
            return f"{self.user} (as itself)"
        return self.user if self.role == self.user else f"{self.user} (as {self.role})"
