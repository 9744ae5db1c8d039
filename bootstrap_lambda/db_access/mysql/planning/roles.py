"""The part of a plan about roles: which there are, and what each gives. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from db_access.mysql.changes import (
    Change,
    Give,
    GiveRole,
    MakeRole,
    MakeSchema,
    Stage,
    TakeRole,
)
from db_access.mysql.planning import leaving
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.taking import BEYOND, taken
from db_access.mysql.state import Level, On, State, Who, minus
from db_access.mysql.translation import Desired, Role


@dataclass(frozen=True)
class Roles:
    managed: Managed

    @property
    def _state(self) -> State:
        return self.managed.state

    @property
    def _desired(self) -> Desired:
        return self.managed.desired

    @cached_property
    def _wanted(self) -> dict[Who, Role]:
        return {self._state.server.role(name): role for name, role in self._desired.roles.items()}

    def changes(self) -> Iterator[Change]:
        yield from self._made()
        for who, role in sorted(self._wanted.items()):
            yield from self._rights(who, role)
        yield from self._bare()
        yield from self._dropped()

    def _made(self) -> Iterator[Change]:
        server, there = self._state.server, self._state.accounts
        if self.managed.marker not in there and (self._desired.logins or self._desired.groups or self.managed.accounts):
            yield MakeRole(self.managed.marker, "marks what the spec manages", reason="missing", stage=Stage.MAKE)
        kinds = (
            (self._wanted, "holds rights for those who have it"),
            (self.managed.versions, "says of which version a password is"),
        )
        for roles, what in kinds:
            for role in sorted(set(roles) - there.keys()):
                yield MakeRole(role, what, reason="declared and missing", stage=Stage.MAKE)
        groups = tuple(server.role(name) for name in self._desired.groups)
        if unmarked := tuple(role for role in groups if role not in self.managed.by_marker):
            yield GiveRole(self.managed.marker, unmarked, reason="says who manages it", stage=Stage.MAKE)
        for schema in self._desired.schemas:
            if schema not in self._state.schemas:
                yield MakeSchema(schema, reason="declared and missing", stage=Stage.MAKE)

    def _rights(self, who: Who, role: Role) -> Iterator[Change]:
        held = self._state.held(who)
        yield from taken(who, role.beyond(held), held, Stage.NARROW)
        for other in sorted(self._state.roles_of.get(who, frozenset()) - {self.managed.marker}):
            yield TakeRole(other, (who,), reason=BEYOND, stage=Stage.NARROW)
        for on, privileges in sorted(minus(role.rights, held).items()):
            if self._exists(on):
                yield Give(who, on, privileges, reason="in the spec", stage=Stage.BUILD)

    def _bare(self) -> Iterator[Change]:
        """What marks gives nothing."""
        for who in sorted((self.managed.markers | self.managed.versions) & self._state.accounts.keys()):
            held = self._state.held(who)
            yield from taken(who, held, held, Stage.NARROW)
            for other in sorted(self._state.roles_of.get(who, frozenset())):
                if self._state.administered(other):  # else another takes its place
                    yield TakeRole(other, (who,), reason=BEYOND, stage=Stage.NARROW)

    def _exists(self, on: On) -> bool:
        return on.level is not Level.TABLE or (on.schema, on.name) in self._state.tables

    def _dropped(self) -> Iterator[Change]:
        for role in sorted(leaving.leaves(self.managed)):
            marks = role in self.managed.markers
            reason = "another marks what the spec manages" if marks else "nobody has it by the spec"
            yield from leaving.dropped(self.managed, role, reason)
