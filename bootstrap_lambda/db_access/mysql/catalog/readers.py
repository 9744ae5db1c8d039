"""Who looks, and by what: the master reads the server's tables, and the drift watch calls the procedures that a run of
the master's has made for it (`procedures`), which show no verifier."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from db_access.errors import ApplyError
from db_access.mysql.catalog.answers import answers
from db_access.mysql.catalog.procedures import procedures
from db_access.mysql.catalog.queries import HOLDER, Scope, queries
from db_access.mysql.catalog.rows import marked_in, state
from db_access.mysql.identifiers import on_table
from db_access.mysql.session import Rows, Session
from db_access.mysql.state import State
from db_access.wording import cited


class Reader(Protocol):
    @abstractmethod
    def state(self, scope: Scope) -> State:
        """The state of now."""

    @abstractmethod
    def answers(self, grantees: Collection[str]) -> Rows:
        """What the server says that these may do, and perhaps others, too."""

    @abstractmethod
    def holder(self) -> Rows:
        """Of the engine's lock: one row."""


@dataclass(frozen=True)
class Tables:
    session: Session

    def state(self, scope: Scope) -> State:
        asked = queries(self.session.flavor, scope)
        return state(self.session.flavor, dict(zip(asked, self.session.ask(*asked.values()), strict=True)))

    def answers(self, grantees: Collection[str]) -> Rows:
        return [row for rows in self.session.ask(*answers(grantees).values()) for row in rows]

    def holder(self) -> Rows:
        return self.session.ask(HOLDER)[0]


@dataclass(frozen=True)
class Procedures:
    session: Session
    schema: str

    def state(self, scope: Scope) -> State:
        """With more than `scope` says, where that makes no difference."""
        found: dict[str, Rows] = {"tables": [], "columns": [], **self._called("accounts")}
        found |= self._called("tables") if scope.tables else {}
        found |= self._called("columns") if scope.keys else {}
        marked = marked_in(found, scope.marker)
        found["definers"] = [row for row in found["definers"] if scope.has(row["in_schema"], row["definer"], marked)]
        return state(self.session.flavor, found)

    def answers(self, grantees: Collection[str]) -> Rows:
        return [row for rows in self._called("answers").values() for row in rows]

    def holder(self) -> Rows:
        return self._called("holder")["holder"]

    def _called(self, name: str) -> Mapping[str, Rows]:
        expected = procedures(self.session.flavor, self.schema)[name]
        found = self.session.call(on_table(self.schema, name))
        if len(found) != len(expected):
            raise ApplyError(
                f"procedure {cited(f'{self.schema}.{name}')} is not this version's, so nothing was looked at; deploy "
                "again, which makes it anew"
            )
        return dict(zip(expected, found, strict=True))
