"""Which roles of others come to more as members: of ours, of the master, of what reads everything. Pure."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from db_access.postgresql.desired.services import services
from db_access.postgresql.others import built_in
from db_access.postgresql.outsiders import statements
from db_access.postgresql.outsiders.holdings import Holding
from db_access.postgresql.state import Current, Desired
from db_access.wording import listed

_EVERYTHING: Final = frozenset(
    {
        "pg_read_all_data",
        "pg_write_all_data",
        "pg_maintain",
        "pg_read_server_files",
        "pg_write_server_files",
        "pg_execute_server_program",
        "rds_superuser",
        "rds_replication",
    }
)
"""Whose members read or write whatever there is, grants or not (postgresql.org, Predefined Roles; AuroraUserGuide,
Understanding the rds_superuser role)."""


@dataclass(frozen=True)
class Chains:
    """The cluster's memberships. Their options don't count: SET ROLE and the ADMIN option lead to the rights, too."""

    desired: Desired
    current: Current
    master: str

    def holdings(self) -> Iterator[Holding]:
        """Who is a member itself. Who comes in through it is in `through`."""
        for member in sorted(self._joined):
            stranger = self.current.strangers[member]
            for role in sorted(self._joined[member]):
                if not stranger.built_in or role in self.current.roles or role in self.desired.acknowledged:
                    yield Holding(member, f"the rights of {role!r} as a member", self._leave(role, member))

    def _leave(self, role: str, member: str) -> str:
        """Every grant of the membership, whose ever."""
        foreign = self.current.foreign_memberships
        given = [m.grantor for m in foreign if (m.membership.role, m.membership.member) == (role, member)]
        if not self.current.membership_options:
            return statements.leave(role, member)
        return "; ".join(statements.leave(role, member, by) for by in given or [self.master])

    def through(self, name: str) -> str:
        """Who else comes in through a role, by any chain: `, and through it so have …`, or nothing."""
        found = sorted(self._through(name))
        names = listed([repr(each) for each in found[:4]], count=len(found))
        return f", and through it so have {names}" if found else ""

    def _through(self, name: str) -> Set[str]:
        seen: set[str] = set()
        to_visit = deque([name])
        while to_visit:
            for member in self._members.get(to_visit.popleft(), ()):
                if member in self.current.strangers and member not in seen and member != name:
                    seen.add(member)
                    to_visit.append(member)
        return seen

    @cached_property
    def _members(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for role, member in (*((m.role, m.member) for m in self.current.memberships), *self.current.other_memberships):
            found.setdefault(role, []).append(member)
        return found

    @cached_property
    def _own_of_rds(self) -> Set[str]:
        """What PostgreSQL and RDS themselves have made members of each other, rds_superuser of pg_read_all_data."""
        found = set(_EVERYTHING & self._members.keys())
        to_visit = deque(sorted(found))
        while to_visit:
            for member in self._members.get(to_visit.popleft(), ()):
                if built_in(member) and member not in found:
                    found.add(member)
                    to_visit.append(member)
        return found

    @cached_property
    def _joined(self) -> Mapping[str, Set[str]]:
        """Roles of others to the roles that they are members of and that matter."""
        found: dict[str, set[str]] = {}
        for role in self._members:
            if self._matters(role):
                for member in self._members[role]:
                    if member in self.current.strangers:
                        found.setdefault(member, set()).add(role)
        return found

    def _matters(self, role: str) -> bool:
        """Ours, the master, a superuser, what reads everything, RDS's own logins that the spec lets in, or what it
        acknowledges, whose members it doesn't."""
        if self.desired.additive:
            return role in self.current.roles
        return (
            role in self.current.roles
            or role not in self.current.strangers
            or role in self._own_of_rds
            or role in services(self.desired)
            or role in self.desired.acknowledged
        )
