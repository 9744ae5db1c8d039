"""Whose logins there were since a moment, by who let them in: what an application says of itself proves nothing."""

from dataclasses import dataclass
from typing import Self

from keyless.rehearsal.deployment.workloads import Workload
from keyless.rehearsal.endpoints.events import Event
from keyless.rehearsal.lines.platform.families.choosing import of
from keyless.rehearsal.stage.running import Stage


@dataclass(frozen=True)
class Login:
    user: str
    principal: str
    """Of its token; empty for a password."""


@dataclass(frozen=True)
class Since:
    """A moment."""

    stage: Stage
    workload: Workload
    events: int
    sessions: frozenset[int]

    @classmethod
    def now(cls, stage: Stage, workload: Workload) -> Self:
        return cls(stage, workload, len(stage.events.all()), frozenset(of(stage).sessions(workload.database)))

    def logins(self) -> list[Login]:
        """At its endpoint. With a password straight at the database, the server alone decides: its sessions."""
        if self.workload.secret and self.workload.host == self.stage.database.host:
            found = of(self.stage).sessions(self.workload.database)
            return [Login(user, "") for process, user in found.items() if process not in self.sessions]
        decided = [event for event in self._decided if event.endpoint == self.workload.host]
        if decided and not decided[-1].allowed:  # whom the proxy lets in, the database may refuse
            return []
        return [Login(event.user, event.principal) for event in decided if event.allowed]

    def refusals(self) -> list[str]:
        """Why there was none, each reason once."""
        return list(dict.fromkeys(f"as {event.user}: {event.reason}" for event in self._decided if not event.allowed))

    @property
    def _decided(self) -> tuple[Event, ...]:
        return self.stage.events.all()[self.events :]
