"""A look at a database that writes nothing: what a run would do, and how the database differs from its spec."""

from dataclasses import replace

from db_access.errors import PlanError
from db_access.plan.changes import lasting
from db_access.plan.report import Evidence, Summary
from db_access.postgresql import ddl, proof
from db_access.postgresql.attempt import Attempt
from db_access.postgresql.planning import Planned
from db_access.postgresql.planning.pending import pending
from db_access.postgresql.state import Current


class Look(Attempt):
    """An attempt that only reads; each method ends the transaction."""

    def planned(self, *, despite_conflicts: bool = False, around: bool = False) -> Summary:
        """The plan alone; where something stands against it, if asked, what a run does all the same.

        Args:
            around: whether to look at what the statements are about, too.
        """
        with self.connection.pipeline():
            asked, outside = self.snapshot.ask(), self.snapshot.ask_out_of_scope()
        current = asked.read()
        planned = self._done_anyway(current) if despite_conflicts else self.plan(current)
        told = self.told(current, planned.out_of_reach, outside)
        about = self.about(planned.changes, current) if around else frozenset[str]()
        self.connection.rollback()
        return replace(self.summary(planned.changes, ddl.digest(planned.changes), current, told), about=about)

    def evidence(self) -> Evidence:
        """The plan or what stands against one, the violations, and the logins that are locked out."""
        with self.connection.pipeline():
            asked = self.snapshot.ask()
            violations = proof.ask(self.connection, self.target.desired, settled=lambda: self.target.settled(current))
            shut_out = proof.ask_services(self.connection, self.target.desired)
            outside = self.snapshot.ask_out_of_scope()
        current = asked.read()
        outsiders = self.target.outsiders(current)
        planned, conflicts = self._plan_or_conflicts(current)
        found = Evidence(
            database=self.target.database,
            plan=lasting(planned.changes),
            conflicts=conflicts,
            left=self.left(current, planned.out_of_reach),
            violations=(*proof.sentences(self.connection, violations.read()), *shut_out.read()),
            lock_outs=tuple(self.target.lock_outs_now(current)),
            outsiders=outsiders.told,
            pending=tuple(pending(self.target.desired, current)),
            warnings=self.warnings(current, outsiders, outside),
        )
        self.connection.rollback()
        return found

    def _done_anyway(self, current: Current) -> Planned:
        try:
            return self.plan(current)
        except PlanError:
            return Planned(tuple(self.target.logins_to_end(current)), out_of_reach=())

    def _plan_or_conflicts(self, current: Current) -> tuple[Planned, tuple[str, ...]]:
        try:
            return self.target.plan(current), ()
        except PlanError as error:
            return Planned((), out_of_reach=()), error.problems
