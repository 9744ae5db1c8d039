"""The part of a plan about who is in a group that the spec takes over or adopts, and isn't declared there: nobody comes
by that to what the spec gives the group. The same of users, whom MySQL gives to others as roles. Pure.

Whom the former spec had put there is taken out, and keeps what it had, which is its profile's. Who else is in it had
its rights by the group alone: a run neither takes nor widens them, and is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from db_access.mysql.changes import Change, Stage, TakeRole
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.strangers import is_system
from db_access.mysql.state import Edge, Who
from db_access.mysql.statements import statements
from db_access.wording import cited, listed


@dataclass(frozen=True)
class Members:
    managed: Managed

    def changes(self) -> Iterator[Change]:
        for edge in self._undeclared:
            if edge.member in self.managed.former:
                yield _out(edge.role, edge.member)

    def conflicts(self) -> Iterator[str]:
        strangers: dict[Who, list[Who]] = {}
        for edge in self._undeclared:
            if edge.member not in self.managed.former and edge.role in self.managed.newly_ours:
                strangers.setdefault(edge.role, []).append(edge.member)
        for role, members in strangers.items():
            out = "; ".join(text for who in members for text in statements(_out(role, who), self.managed.state.server))
            yield (
                f"role {cited(role.name)} has {listed([str(who) for who in members])} in it, whom the spec doesn't "
                "declare and who would come to what it gives the role; allowed: to declare them in that group, to name "
                f"them in `acknowledged`, or, as who may, {out}"
            )

    @cached_property
    def _undeclared(self) -> tuple[Edge, ...]:
        """What the spec's own accounts and groups have is planned with them."""
        managed = self.managed
        return tuple(
            edge
            for edge in sorted(managed.state.edges)
            if edge.role in managed.declared
            and edge.member not in managed.declared
            and edge.member != managed.state.server.master
            and edge.member.name not in managed.desired.acknowledged
            and not is_system(managed.state, edge.member)
        )


def _out(role: Who, member: Who) -> TakeRole:
    reason = "the spec that the group is taken over from put it there, and this one doesn't declare it"
    return TakeRole(role, (member,), reason=reason, stage=Stage.NARROW)
