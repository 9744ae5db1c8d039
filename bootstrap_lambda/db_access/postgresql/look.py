"""A look at a database that writes nothing: what a run would do, and how the database differs from its spec."""

from db_access.plan.report import Evidence, Summary
from db_access.postgresql import ddl, proof
from db_access.postgresql.attempt import Attempt
from db_access.postgresql.planning.pending import pending


class Look(Attempt):
    """An attempt that only reads; each method ends the transaction."""

    def planned(self) -> Summary:
        """The plan alone."""
        with self.connection.pipeline():
            asked, outside = self.snapshot.ask(), self.snapshot.ask_out_of_scope()
        current = asked.read()
        changes = self.plan(current)
        warnings = self.warnings(current, outside)
        self.connection.rollback()
        return self.summary(changes, ddl.digest(changes), current, warnings)

    def evidence(self) -> Evidence:
        """The plan, the violations and the logins that are locked out."""
        with self.connection.pipeline():
            asked = self.snapshot.ask()
            violations = proof.ask(self.connection, self.target.desired)
            outside = self.snapshot.ask_out_of_scope()
        current = asked.read()
        found = Evidence(
            database=self.target.database,
            plan=self.target.plan(current),
            violations=tuple(proof.sentences(self.connection, violations.read())),
            lock_outs=tuple(self.target.lock_outs_now(current)),
            pending=tuple(pending(self.target.desired, current)),
            warnings=self.warnings(current, outside),
        )
        self.connection.rollback()
        return found
