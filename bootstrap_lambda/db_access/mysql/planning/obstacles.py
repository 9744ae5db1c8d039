"""What stands in the way of the accounts and groups that a spec declares: that somebody else has them, or comes before
them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from db_access.mysql.planning.managed import Managed
from db_access.mysql.state import EVERYWHERE, Flavor, State, Who, union
from db_access.mysql.translation import Desired
from db_access.wording import cited, listed

_ANY_DEFINER: Final = frozenset({"ALLOW_NONEXISTENT_DEFINER", "SET_USER_ID"})


@dataclass(frozen=True)
class Obstacles:
    managed: Managed

    @property
    def _state(self) -> State:
        return self.managed.state

    @property
    def _desired(self) -> Desired:
        return self.managed.desired

    def conflicts(self) -> Iterator[str]:
        """What the spec declares and somebody else has, by name."""
        server = self._state.server
        for name in self._desired.logins:
            there = self._state.accounts.get(server.user(name))
            if not there and (found := self._adopted_by_name("account", server.user(name))):
                yield found
            if name == server.master.name:
                yield f"account {server.master} is the master, which makes the runs; allowed: another name"
            elif there and name not in self.managed.accounts and name not in self.managed.adopted:
                yield self._not_ours(f"account {server.user(name)}", there.who)
            elif server.user(name) in self._state.unread and server.user(name) not in self.managed.unread:
                yield self._not_ours(f"account {server.user(name)}", server.user(name))
            yield from self._shadows(name)
            yield from self._strays(name)
        for name in self._desired.groups:
            role = server.role(name)
            if role in self._state.accounts and role not in self.managed.roles:
                yield self._not_ours(f"role {cited(name)}", role)
        for role in sorted(self._new_roles()):
            if found := self._adopted_by_name("role", role):
                yield found
        yield from self._anonymous()

    def _new_roles(self) -> set[Who]:
        wanted = {*map(self._state.server.role, self._desired.roles), *self.managed.versions, self.managed.marker}
        return wanted - self._state.accounts.keys()

    def _adopted_by_name(self, what: str, who: Who) -> str | None:
        """MySQL makes nobody the definer of what is there already. Source: dev.mysql.com, "CREATE USER Statement"."""
        server, state = self._state.server, self._state
        of = state.definers_of.get(f"{who.name}@{who.host}")
        held = union(state.held(each) for each in state.closure(server.master)).get(EVERYWHERE, frozenset())
        if server.flavor is not Flavor.MYSQL or of is None or held & _ANY_DEFINER or who in state.unread:
            return None
        return (
            f"{what} {who} isn't there and is the definer of {of.kind.lower()} {of.schema}.{of.name}, which MySQL "
            "lets nobody come to; drop that, or make it anew with another DEFINER, then run again"
        )

    def _not_ours(self, what: str, who: Who) -> str:
        if manager := self.managed.manager(who):
            return f"{what} is managed by {manager!r}; allowed: another name, or `take_over: [{manager}]`"
        return f"{what} is there already and nobody manages it; allowed: another name, or `adopt: true`"

    def _shadows(self, name: str) -> Iterator[str]:
        """The server takes the account with the narrower host for whoever comes from there."""
        if (others := self._state.before(name)) and not self._desired.logins[name].locked:
            yield (
                f"{listed(list(map(str, others)))} come before {self._state.server.user(name)} for whoever logs in "
                f"as {cited(name)} from there; drop them (DROP USER), or rename the user in the spec"
            )

    def _strays(self, name: str) -> Iterator[str]:
        """No statement takes what such a one has: there is no account to take it from."""
        if (found := self._state.strays(name)) and not self._desired.logins[name].locked:
            yield (
                f"{listed(list(map(str, found)))} have rights here and no account, so that {cited(name)} has them when "
                "it comes from there; as who may write to the schema mysql, delete them from db, tables_priv, "
                "columns_priv and procs_priv there, and FLUSH PRIVILEGES"
            )

    def _anonymous(self) -> Iterator[str]:
        if found := sorted(str(who) for who in self._state.accounts if not who.name):
            yield (
                f"{listed(found)} let in whoever comes from there, before any account of the spec; drop "
                "them (DROP USER)"
            )
