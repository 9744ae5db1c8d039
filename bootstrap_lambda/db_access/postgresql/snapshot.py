"""What one run reads of the database: everything that its target is about, before its changes and after."""

from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import Connection

from db_access.plan.changes import Plan
from db_access.postgresql import catalog, databases
from db_access.postgresql.answer import Answer
from db_access.postgresql.catalog import hand_outs, out_of_scope
from db_access.postgresql.planning import Held, locked
from db_access.postgresql.planning.grants import touched
from db_access.postgresql.planning.owners import moved_names
from db_access.postgresql.planning.takeover import taken_over
from db_access.postgresql.state import Current
from db_access.postgresql.target import Target


@dataclass(frozen=True)
class Snapshot:
    connection: Connection[Any]
    target: Target
    just_made: bool = False
    """By this run."""
    held: Held = field(default_factory=dict)
    """What others have locked."""

    def ask(self) -> Answer[Current]:
        """Within a pipeline: ask for the current state."""
        answer = catalog.ask(self.connection, self._scope)
        return Answer(lambda: self._here(answer.read()))

    def again(self, before: Current, changes: Plan) -> Current:
        """The state after `changes`: read again where they name something. The proof looks everywhere."""
        if not changes:
            return before
        schemas = touched(changes)
        if schemas is None:
            return self._here(catalog.read(self.connection, replace(self._scope, moved=tuple(moved_names(changes)))))
        return locked(catalog.reread(self.connection, self._scope, before, schemas), self.held)

    def ask_out_of_scope(self) -> Answer[tuple[str, ...]]:
        """Within a pipeline: ask what the target is not about and an operator should know; nothing when it removes."""
        target = self.target
        if target.removing:
            return Answer(tuple)
        found = out_of_scope.ask(self.connection, target.desired, managed_by=target.managed_by, master=target.master)
        handed = hand_outs.ask(self.connection, target.desired, managed_by=target.managed_by, master=target.master)
        return Answer(lambda: (*found.read().sentences(), *handed.read().sentences()))

    def _here(self, found: Current) -> Current:
        target = self.target
        if self.connection.info.dbname != target.database:
            found = databases.as_new(found, target.database, target.master)
        found = replace(found, just_made=True) if self.just_made else found
        if target.rights_only:
            found = replace(
                found, roles={name: replace(role, used_elsewhere=True) for name, role in found.roles.items()}
            )
        found = taken_over(found, target.desired, target.managed_by)
        return locked(target.obstructed(found), self.held)

    @property
    def _scope(self) -> catalog.Scope:
        target = self.target
        return catalog.Scope.of(target.desired, managed_by=target.managed_by, master=target.master)
