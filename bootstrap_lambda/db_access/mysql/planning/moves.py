"""The part of a plan about who has which role. Pure.

Nobody ever has more than one of the two specs gives. What a user loses and what it gains come apart: who does both is
moved to what both specs give first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from db_access.mysql import names
from db_access.mysql.changes import Change, DropRole, Give, GiveRole, MakeRole, Stage, StartAs, TakeRole
from db_access.mysql.planning import leaving
from db_access.mysql.planning.accounts import Accounts
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.taking import BEYOND, taken
from db_access.mysql.state import Account, Rights, State, Who, common, minus, union
from db_access.mysql.translation import Desired, Role
from db_access.mysql.words import held_on
from db_access.wording import listed


@dataclass(frozen=True)
class Moves:
    managed: Managed
    accounts: Accounts

    @property
    def _state(self) -> State:
        return self.managed.state

    @property
    def _desired(self) -> Desired:
        return self.managed.desired

    def changes(self) -> Iterator[Change]:
        for _, account in sorted(self.accounts.retired.items()):
            yield from self._emptied(account)
        for name in self._desired.logins:
            yield from self._moved(name)

    def _emptied(self, account: Account) -> Iterator[Change]:
        if account.default:
            yield StartAs((), (account.who,), reason="not in the spec any more", stage=Stage.NARROW)
        for role in sorted(self._state.roles_of.get(account.who, frozenset()) - {self.managed.marker}):
            yield TakeRole(role, (account.who,), reason="not in the spec any more", stage=Stage.NARROW)
        held = self._state.held(account.who)
        yield from taken(account.who, held, held, Stage.NARROW)

    def _moved(self, name: str) -> Iterator[Change]:
        who, login = self._state.server.user(name), self._desired.logins[name]
        server, held = self._state.server, self._state.roles_of.get(who, frozenset[Who]())
        profile = server.role(login.profile) if login.profile else None
        role = self._desired.profiles[login.profile] if login.profile else Role()
        groups = {server.role(group) for group in login.groups}
        wanted = {self.managed.marker, *groups, *([profile] if profile else []), *(held & self.managed.versions)}
        if login.version:
            wanted -= held & {r for r in self.managed.versions if r.name != login.version}
        former = {r for r in held - wanted if r.name.startswith(names.of_profiles(self._desired.manager))}
        direct = self._state.held(who)
        yield from taken(who, role.beyond(direct), direct, Stage.NARROW)
        for other in sorted(held - wanted - former):
            yield TakeRole(other, (who,), reason=BEYOND, stage=Stage.NARROW)
        yield from self._passing_on(who, held & wanted)
        yield from self._profile(who, profile, role, former)
        for group in sorted(groups - held):
            yield GiveRole(group, (who,), reason="a member by the spec", stage=Stage.MOVE)
        allowed = minus(direct, role.beyond(direct))
        yield from taken(who, allowed, allowed, Stage.MOVE)

    def _passing_on(self, who: Who, kept: frozenset[Who]) -> Iterator[Change]:
        """Who may give a role to others has it taken, and gets it back without that."""
        for role in sorted(self._state.may_give.get(who, frozenset[Who]()) & kept):
            yield TakeRole(role, (who,), reason="it may give it to others", stage=Stage.NARROW)
            yield GiveRole(role, (who,), reason="without giving it to others", stage=Stage.MOVE)

    def _profile(self, who: Who, profile: Who | None, role: Role, former: set[Who]) -> Iterator[Change]:
        held = self._state.roles_of.get(who, frozenset[Who]())
        there = self._state.accounts.get(who)
        default = there.default if there else frozenset[Who]()
        stage = Stage.MOVE if profile else Stage.NARROW  # who only loses, loses first
        wanted = frozenset({profile} if profile else ())
        before = union(self._state.held(each) for each in former)
        gains = minus(role.rights, union(self._state.held(each) for each in self._state.closure(who)))
        reason = _losing(role.beyond(before))
        if former and profile and role.beyond(before) and gains:
            yield from self._narrowed(who, common(before, role.rights), former, reason)
            default, former = frozenset(), set()  # what they were narrowed to goes with the move
            held = held - {profile}
        if profile and profile not in held:
            yield GiveRole(profile, (who,), reason="what it may do by the spec", stage=Stage.MOVE)
        if default != wanted:
            yield StartAs(tuple(wanted), (who,), reason="what its sessions start with", stage=stage)
        for each in sorted(former):
            yield TakeRole(each, (who,), reason=reason, stage=stage)

    def _narrowed(self, who: Who, rights: Rights, former: set[Who], losing: str) -> Iterator[Change]:
        """Only what it has now and keeps."""
        server = self._state.server
        narrow = server.role(names.profile(self._desired.manager, ["narrow", names.content(rights)]))
        starts = (narrow,) if rights else ()
        reason = "what both specs give it"
        if rights and narrow not in self._state.roles_of.get(who, ()):
            if narrow not in self._state.accounts:
                yield MakeRole(narrow, "holds what users keep meanwhile", reason=reason, stage=Stage.MAKE)
            there = self._state.held(narrow)
            yield from taken(narrow, minus(there, rights), there, Stage.NARROW)
            for on, privileges in sorted(minus(rights, self._state.held(narrow)).items()):
                yield Give(narrow, on, privileges, reason=reason, stage=Stage.NARROW)
            yield GiveRole(narrow, (who,), reason=reason, stage=Stage.NARROW)
        yield StartAs(starts, (who,), reason=reason, stage=Stage.NARROW)
        for each in sorted(former - {narrow}):
            yield TakeRole(each, (who,), reason=losing, stage=Stage.NARROW)
        if rights:
            yield TakeRole(narrow, (who,), reason="only for the move", stage=Stage.MOVE)
            if narrow.name not in self._desired.roles and not leaving.held_by_definer(self._state, narrow):
                yield DropRole(narrow, reason="only for the move", stage=Stage.CLEAN)


def _losing(rights: Rights) -> str:
    """Why a role is taken, with what goes by that: its name says nothing to people."""
    return f"{BEYOND}: {listed(held_on(rights))}" if rights else BEYOND
