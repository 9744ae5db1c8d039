"""What a server has, as far as access is concerned. Values only: nothing here knows a driver or a spec."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from db_access.mysql.state.accounts import IAM_PLUGIN, IAM_TEXT, Account, Auth, Definer, Edge, Proxy, Thing
from db_access.mysql.state.rights import EVERYWHERE, GRANT_OPTION, Level, On, Privilege, Rights, common, minus, union
from db_access.mysql.state.server import ANY_HOST, Flavor, Server, Who

__all__ = [
    "ANY_HOST",
    "EVERYWHERE",
    "GRANT_OPTION",
    "IAM_PLUGIN",
    "IAM_TEXT",
    "NOTHING",
    "Account",
    "Auth",
    "Definer",
    "Edge",
    "Flavor",
    "Level",
    "On",
    "Privilege",
    "Proxy",
    "Rights",
    "Server",
    "State",
    "Thing",
    "Who",
    "common",
    "minus",
    "union",
]

NOTHING: Rights = {}


@dataclass(frozen=True)
class State:
    """Everything that a plan and a proof need to know, as of one reading."""

    server: Server
    accounts: Mapping[Who, Account] = field(default_factory=dict)
    unread: Mapping[Who, frozenset[Who]] = field(default_factory=dict)
    """Accounts that are in MySQL's tables and that it doesn't read, with the roles that they have there: nobody logs in
    as these, and no statement but DROP USER knows them. A user of IAM's that sets itself a password becomes one."""
    rights: Mapping[Who, Rights] = field(default_factory=dict)
    """Straight, not by roles."""
    edges: frozenset[Edge] = frozenset()
    proxies: frozenset[Proxy] = frozenset()
    schemas: frozenset[str] = frozenset()
    tables: frozenset[tuple[str, str]] = frozenset()
    """Tables and views of the spec's schemas that it names."""
    columns: frozenset[tuple[str, str, str]] = frozenset()
    """Columns of the spec's schemas with the names that it has as keys."""
    definers: tuple[Definer, ...] = ()
    watching: tuple[Thing, ...] = ()
    """What is in the schema of the drift watch's procedures."""
    sessions: frozenset[str] = frozenset()
    """Names of accounts that have any open."""
    own: frozenset[Who] = frozenset()
    """Roles that a run takes others' from, or drops: what the master administers by these it does only until then."""

    def strays(self, name: str) -> list[Who]:
        """Holders that MariaDB has no account for, and whose rights every account of that name has, from their host."""
        without = sorted(who for who in self.rights if who.name == name and who not in self.accounts)
        return without if self.server.flavor is Flavor.MARIADB else []

    def before(self, name: str) -> list[Who]:
        """Those that the server takes for whoever comes as `name` from their hosts. On MySQL roles, too: a role is an
        account that is locked."""
        return sorted(who for who in self.accounts if who.name == name and who.host not in ("", ANY_HOST))

    @cached_property
    def definers_of(self) -> Mapping[str, Definer]:
        """By `name@host`, the last of what each is the definer of."""
        return {each.definer: each for each in self.definers}

    def held(self, who: Who) -> Rights:
        return self.rights.get(who, NOTHING)

    @cached_property
    def roles_of(self) -> Mapping[Who, frozenset[Who]]:
        """Member to the roles that it has straight."""
        found: dict[Who, set[Who]] = {}
        for edge in self.edges:
            found.setdefault(edge.member, set()).add(edge.role)
        return {member: frozenset(roles) for member, roles in found.items()}

    @cached_property
    def may_give(self) -> Mapping[Who, frozenset[Who]]:
        """Member to the roles that it may give to others."""
        found: dict[Who, set[Who]] = {}
        for edge in self.edges:
            if edge.admin:
                found.setdefault(edge.member, set()).add(edge.role)
        return {member: frozenset(roles) for member, roles in found.items()}

    def administered(self, role: Who) -> bool:
        """Whether the master may give and take it. MariaDB asks for more than to be the master: whoever makes a role is
        its first administrator."""
        return self.server.flavor is Flavor.MYSQL or role not in self.accounts or role in self._masters

    @cached_property
    def _masters(self) -> frozenset[Who]:
        holders = self.closure(self.server.master, without=self.own)
        return frozenset(role for holder in holders for role in self.may_give.get(holder, ()))

    def closure(self, *start: Who, without: frozenset[Who] = frozenset(), within_reach: bool = False) -> frozenset[Who]:
        """`start`, and every role that they lead to, by none of `without`; `within_reach`: by roles alone that the
        master can take."""
        seen, waiting = set(start), [*start]
        while waiting:
            found = self.roles_of.get(waiting.pop(), frozenset()) - seen - without
            for role in filter(self.administered, found) if within_reach else found:
                seen.add(role)
                waiting.append(role)
        return frozenset(seen)
