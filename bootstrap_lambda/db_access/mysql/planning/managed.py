"""Whose accounts and roles are whose: what this spec manages, and what it may not touch. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from db_access.mysql import names
from db_access.mysql.state import ANY_HOST, Account, State, Who
from db_access.mysql.translation import Desired, Login, Role


@dataclass(frozen=True)
class Managed:
    """`state` as one spec sees it."""

    state: State
    desired: Desired

    @cached_property
    def marker(self) -> Who:
        return self.state.server.role(self.desired.marker)

    @cached_property
    def markers(self) -> frozenset[Who]:
        return frozenset(map(self.state.server.role, {*self.desired.markers, self.desired.marker}))

    @cached_property
    def marked(self) -> frozenset[Who]:
        """By a marker alone. Who made it may be a member, too (MariaDB), which is no mark."""
        return self._marked_by(self.desired.markers | {self.desired.marker})

    @cached_property
    def by_marker(self) -> frozenset[Who]:
        """Marked by the one that stays."""
        return self._marked_by(frozenset({self.desired.marker}))

    @cached_property
    def former(self) -> frozenset[Who]:
        """Marked by specs that this one takes over from, or gets back from."""
        return self._marked_by(self.desired.former)

    @cached_property
    def newly_ours(self) -> frozenset[Who]:
        """What the spec declares and a run takes over or adopts: until it has ended, and not what is got back."""
        taken = self._marked_by(self.desired.former - self.desired.given_back)
        return frozenset(
            who for who, each in self.declared.items() if who in taken or (each.adopt and who not in self.marked)
        )

    @cached_property
    def declared(self) -> Mapping[Who, Role | Login]:
        """Groups and users. MySQL gives a user to others as it gives a role."""
        server, desired = self.state.server, self.desired
        return {
            **{server.role(name): group for name, group in desired.groups.items()},
            **{server.user(name): login for name, login in desired.logins.items()},
        }

    def _marked_by(self, markers: frozenset[str]) -> frozenset[Who]:
        roles = {self.state.server.role(name) for name in markers}
        return frozenset(e.member for e in self.state.edges if e.role in roles and not e.admin)

    def is_ours(self, account: Account) -> bool:
        """Marked, or made by a run that ended before it could mark it; or another spec's whose place this one takes."""
        if account.who.host != ANY_HOST or (account.role and not self._like_a_role(account.who)):
            return False
        taken_over = account.who in self.former and account.who.name in self.desired.logins
        return account.who in self.marked or account.subject == self.desired.mark or taken_over

    def _like_a_role(self, who: Who) -> bool:
        """MySQL's roles are accounts that are locked, without a password: anybody's can be made to look like one."""
        return who.name in self.desired.logins and who in self.marked and all(e.role != who for e in self.state.edges)

    @cached_property
    def accounts(self) -> dict[str, Account]:
        """Ours, by name."""
        return {who.name: found for who, found in sorted(self.state.accounts.items()) if self.is_ours(found)}

    @cached_property
    def unread(self) -> tuple[Who, ...]:
        """Ours, of whom the server reads no account."""
        markers = {self.state.server.role(name) for name in self.desired.former}
        return tuple(
            who
            for who, roles in sorted(self.state.unread.items())
            if who.host == ANY_HOST
            and ((self.markers & roles and not self.passed_over(who)) or self._takes(who, bool(roles & markers)))
        )

    def passed_over(self, who: Who) -> bool:
        return self.desired.additive and who.name not in self.desired.logins

    def _takes(self, who: Who, former: bool) -> bool:
        """What isn't declared is taken over or adopted by nobody."""
        login = self.desired.logins.get(who.name)
        return login is not None and (former or login.adopt)

    @cached_property
    def adopted(self) -> dict[str, Account]:
        """Nobody's until now, and to be taken over."""
        server, found = self.state.server, dict[str, Account]()
        for name, login in self.desired.logins.items():
            there = self.state.accounts.get(server.user(name))
            if login.adopt and there and name not in self.accounts and not there.role and not self.manager(there.who):
                found[name] = there
        return found

    @cached_property
    def roles(self) -> frozenset[Who]:
        """Ours, the marker aside: by their names, and groups by their mark."""
        prefixes = (names.of_profiles(self.desired.manager), names.of_versions(self.desired.manager))
        own = {self.state.server.role("").host}
        return frozenset(
            who
            for who, found in self.state.accounts.items()
            if who.host in own and (who.name.startswith(prefixes) or (found.role and self._marked_group(who)))
        )

    @cached_property
    def versions(self) -> set[Who]:
        """Roles that say of which version a password is; where no secret is known, the one that is there stays."""
        found = set[Who]()
        for name, login in self.desired.logins.items():
            who = self.state.server.user(name)
            if login.version:
                found.add(self.state.server.role(login.version))
            elif login.auth.name == "PASSWORD":
                found |= {r for r in self.state.roles_of.get(who, ()) if self._is_version(r)}
        return found

    def _is_version(self, role: Who) -> bool:
        return role.name.startswith(names.of_versions(self.desired.manager))

    def _marked_group(self, who: Who) -> bool:
        """Marked, by this spec or one that it takes over from; or it gives nothing and nobody has it, as a run that
        ends before it is marked leaves it."""
        if who in self.marked or (who in self.former and who.name in self.desired.groups):
            return True
        group = self.desired.groups.get(who.name)
        return group is not None and (group.adopt or self._unused(who)) and not self.manager(who)

    def _unused(self, role: Who) -> bool:
        nobody = all(e.admin and e.member == self.state.server.master for e in self.state.edges if e.role == role)
        return nobody and not self.state.held(role) and not self.state.roles_of.get(role)

    def manager(self, who: Who) -> str | None:
        """Who manages it, if another spec does."""
        markers = {
            e.role.name for e in self.state.edges if e.member == who and not e.admin and names.is_marker(e.role.name)
        }
        others = sorted(markers - {*self.desired.markers, self.desired.marker, *self.desired.former})
        return names.manager_of(others[0]) if others else None
