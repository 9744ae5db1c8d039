"""What a user was seen to be able to do in a database."""

from dataclasses import dataclass
from typing import Final

from keyless.rehearsal.lines.outcome import Line
from keyless.rehearsal.lines.rights.probes import Probe

DONE: Final = "OK000"
REFUSED: Final = "42501"


@dataclass(frozen=True)
class Answer:
    sqlstate: str
    """DONE, REFUSED, or what PostgreSQL failed with."""
    message: str

    @property
    def done(self) -> bool:
        return self.sqlstate == DONE


@dataclass(frozen=True)
class Tried:
    probe: Probe
    given: bool
    """What the spec gives."""
    answer: Answer

    @property
    def can(self) -> bool | None:
        """None when PostgreSQL's answer says nothing about the right."""
        if self.answer.done or self.answer.sqlstate in self.probe.also_allowed:
            return True
        return False if self.answer.sqlstate == REFUSED else None


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

    @property
    def can(self) -> bool:
        """Whether it can do anything."""
        return any(tried.can for tried in self.tried)

    @property
    def shown(self) -> str:
        """Who, in a line."""
        if self.itself:
            return f"{self.user} (as itself)"
        return self.user if self.role == self.user else f"{self.user} (as {self.role})"
