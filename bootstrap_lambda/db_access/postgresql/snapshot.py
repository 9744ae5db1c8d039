"""What one run sees of the database: everything that its aim is about, before its changes and after. Reads only."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, Cursor

from db_access.plan.changes import Plan
from db_access.postgresql import catalog, databases
from db_access.postgresql.catalog import out_of_scope
from db_access.postgresql.planning.grants import touched
from db_access.postgresql.state import State
from db_access.postgresql.target import Aim


@dataclass(frozen=True)
class View:
    connection: Connection[Any]
    aim: Aim

    def ask(self) -> catalog.Asked:
        """Within a pipeline; `told` reads the answers after it."""
        return catalog.ask(self.connection, self._scope)

    def told(self, asked: catalog.Asked) -> State:
        return self._here(asked.state())

    def again(self, before: State, changes: Plan) -> State:
        """The state after `changes`: read again where they name something. The proof looks everywhere."""
        if not changes:
            return before
        schemas = touched(changes)
        if schemas is None:
            return self._here(catalog.read(self.connection, self._scope))
        return catalog.reread(self.connection, self._scope, before, schemas)

    def _here(self, found: State) -> State:
        here = self.connection.info
        return found if here.dbname == self.aim.database else databases.as_new(found, self.aim.database, here.user)

    def ask_around(self) -> Cursor[Any] | None:
        """Nothing, when a run only takes away."""
        aim = self.aim
        return None if aim.removing else out_of_scope.ask(self.connection, aim.wanted, managed_by=aim.managed_by)

    def warnings(self, before: State, around: Cursor[Any] | None) -> tuple[str, ...]:
        told = out_of_scope.told(around.fetchall()).sentences() if around else ()
        return (*self.aim.not_dropped(before), *told)

    @property
    def _scope(self) -> catalog.Scope:
        return catalog.Scope.of(self.aim.wanted, managed_by=self.aim.managed_by, master=self.connection.info.user)
