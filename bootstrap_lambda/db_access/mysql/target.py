"""What a run, a plan or a proof is about: a spec, or everything of a manager's that is to go. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from db_access.errors import PlanError, SpecError
from db_access.mysql import names
from db_access.mysql.catalog.procedures import bodies
from db_access.mysql.identifiers import account
from db_access.mysql.planning import Managed, Planned, plan
from db_access.mysql.state import ANY_HOST, Definer, State
from db_access.mysql.translation import ROOM, Desired, Wanted, desired, nothing, problems_on, wanted_of
from db_access.spec import AccessSpec
from db_access.wording import cited


@dataclass(frozen=True)
class Target:
    database: str
    """For people: the spec's databases."""
    spec: AccessSpec | None
    managed_by: str
    versions: Mapping[str, str] = field(default_factory=dict)
    watch: str | None = None
    """The user of the spec that the drift watch logs in as, if there is one."""

    @classmethod
    def of(cls, spec: AccessSpec, versions: Mapping[str, str], watch: str | None = None) -> "Target":
        """Raises SpecError for a watch that isn't in the spec."""
        if watch is not None and watch not in {user.username for user in spec.users}:
            raise SpecError(
                [
                    f"users: the drift watch logs in as {watch!r} (WATCH_USER), and no user has that name; allowed: "
                    "one of the spec's"
                ]
            )
        return cls(", ".join(database.name for database in spec.databases), spec, spec.managed_by, versions, watch)

    @cached_property
    def _wants(self) -> Mapping[str, Wanted]:
        return wanted_of(self.spec, self.watch) if self.spec else {}

    def seen(self, state: State) -> State:
        """The same, with which roles are an engine's own. A mark is one if the master has made the marker."""
        made = {edge.role for edge in state.edges if edge.admin and edge.member == state.server.master}
        groups = map(state.server.role, [group.name for group in self.spec.groups] if self.spec else [])
        marked = {e.member for e in state.edges if names.is_marker(e.role.name) and e.role in made}
        named = {who for who in state.accounts if who.name.startswith(names.PREFIXES)}
        return replace(state, own=frozenset({*groups, *marked, *named}))

    def desired(self, state: State) -> Desired:
        if self.spec is None:
            return nothing(self.managed_by, state)
        made = desired(self.spec, self._wants, state, self.versions)
        stuck = self._stuck(state)
        made = replace(made, logins={name: each for name, each in made.logins.items() if name not in stuck})
        return made.watched(bodies(state.server.flavor, made.watching)) if self.watch else made

    def planned(self, state: State, before: Managed | None = None) -> Planned:
        return plan(self.desired(state), state, before)

    def conflicts(self, planned: Planned, state: State) -> tuple[str, ...]:
        """All that stands in the way."""
        return (*(problems_on(self.spec, state.server) if self.spec else ()), *planned.conflicts)

    def _stuck(self, state: State) -> Mapping[str, Definer]:
        """Users of whom the server reads no account, and which can't be dropped and made anew."""
        users = [user.username for user in self.spec.users] if self.spec else []
        unread = [who.name for who in map(state.server.user, users) if who in state.unread]
        found = {name: state.definers_of.get(f"{name}@{ANY_HOST}") for name in unread}
        return {name: definer for name, definer in found.items() if definer}

    def left(self, state: State) -> Iterator[str]:
        for name, of in self._stuck(state).items():
            who = account(state.server.user(name), state.server)
            yield (
                f"account {who} is one that the server doesn't read any more, so that nobody logs in as it, and "
                f"the definer of {of.kind.lower()} {of.schema}.{of.name}, which is in the way of DROP USER {who}; drop "
                "that first, and run again"
            )

    def refuse(self, planned: Planned, state: State) -> None:
        """Raises PlanError with all that stands in the way."""
        if problems := self.conflicts(planned, state):
            raise PlanError(self.database, problems)

    def warnings(self, state: State) -> Iterator[str]:
        """Users that leave no session to whoever runs things."""
        for user in self.spec.users if self.spec else ():
            most = user.connection_limit
            if user.logs_in and most is not None and not 0 < most <= max(1, state.server.max_connections - ROOM):
                yield (
                    f"user {cited(user.username)} may take every connection of the server "
                    f"(max_connections is {state.server.max_connections}) and keep the master out; allowed: a lower "
                    "`connection_limit`"
                )
