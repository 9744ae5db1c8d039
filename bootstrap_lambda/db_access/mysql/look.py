"""A look at a server that writes nothing: what a run would do, and how the server differs from its spec."""

from collections.abc import Iterator
from dataclasses import dataclass

from db_access.mysql import proof
from db_access.mysql.apply import digest
from db_access.mysql.catalog import Reader, Scope
from db_access.mysql.planning import Managed, Planned, shut_out
from db_access.mysql.report import Evidence, Summary
from db_access.mysql.session import Session
from db_access.mysql.state import State
from db_access.mysql.target import Target
from db_access.wording import cited


@dataclass(frozen=True)
class Look:
    session: Session
    target: Target
    scope: Scope
    reader: Reader

    def read(self) -> State:
        return self.target.seen(self.reader.state(self.scope))

    def planned(self) -> Summary:
        """Raises PlanError when a run would be refused."""
        state = self.read()
        planned = self.target.planned(state)
        self.target.refuse(planned, state)
        return self.summary(planned, state)

    def summary(self, planned: Planned, state: State) -> Summary:
        managed = planned.managed
        told, noted = proof.outsiders(managed)
        beyond = proof.Proof(managed.desired, managed.state)
        return Summary(
            database=self.target.database,
            digest=digest(planned.changes, state.server),
            plan=planned.changes,
            server=state.server,
            kept=planned.kept,
            pending=planned.pending,
            warnings=(*told, *noted, *beyond.beyond_reach(), *self._warnings(managed)),
            left=tuple(self.target.left(state)),
        )

    def evidence(self) -> Evidence:
        """By the plan, and by the server's own answers."""
        state = self.read()
        planned = self.target.planned(state)
        managed = planned.managed
        found = proof.ask(self.reader, managed)
        told, noted = proof.outsiders(managed)
        conflicts = self.target.conflicts(planned, state)
        return Evidence(
            database=self.target.database,
            plan=() if conflicts else planned.changes,
            server=state.server,
            conflicts=conflicts,
            violations=(*found.violations(), *found.beyond_reach(), *_shut_out(managed)),
            outsiders=tuple(told),
            pending=planned.pending,
            warnings=(*noted, *self._warnings(managed)),
            left=tuple(self.target.left(state)),
        )

    def _warnings(self, managed: Managed) -> tuple[str, ...]:
        """What isn't the spec's to say."""
        elsewhere = proof.Proof(managed.desired, managed.state).open_elsewhere()
        return (
            *proof.handed_out(managed),
            *proof.failing(managed),
            *proof.unread(managed),
            *elsewhere,
            *self.target.warnings(managed.state),
        )


def _shut_out(managed: Managed) -> Iterator[str]:
    for name in sorted(shut_out(managed)):
        yield f"{cited(name)} may log in no more, and has a session open; the next run ends it"
