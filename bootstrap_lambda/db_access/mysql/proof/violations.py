"""Where the server allows more or less than the spec, one sentence each. Pure.

More is what anybody of the spec can come to by whatever way: its own grants, every role that it has or that everybody
has, PUBLIC, grants of nobody. Less is what its sessions don't start with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from db_access.mysql.changes import Stage, TakeRole
from db_access.mysql.planning import Managed
from db_access.mysql.proof.matching import reaches
from db_access.mysql.state import GRANT_OPTION, Account, Auth, Flavor, Level, On, Rights, State, Who, minus, union
from db_access.mysql.statements import on as where
from db_access.mysql.statements import sayable, statements
from db_access.mysql.translation import Desired, Login, Role
from db_access.wording import cited, listed

_PUBLIC = Who("PUBLIC", "")
_NOTHING = Role()


@dataclass(frozen=True)
class Proof:
    desired: Desired
    state: State
    """With what the server itself answers."""
    _known: dict[tuple[int, Who | frozenset[Who]], list[tuple[On, frozenset[str]]]] = field(default_factory=dict)

    @cached_property
    def managed(self) -> Managed:
        return Managed(self.state, self.desired)

    def violations(self) -> Iterator[str]:
        for name, login in self.desired.logins.items():
            who = self.state.server.user(name)
            account = self.state.accounts.get(who)
            if account is None:
                yield f"account {who} is missing"
                continue
            role = self.desired.profiles[login.profile] if login.profile else _NOTHING
            yield from self._more(who, role)
            yield from self._less(account, role)
            yield from _logins(account, login)
            yield from self._passing_on(who)
        yield from self.before_moving()
        yield from self._proxies()

    def beyond_reach(self) -> Iterator[str]:
        """More, too, and what no run can take: it is told, and keeps none from the rest."""
        yield from self._unsayable()
        yield from self._by_everybody(beyond_reach=True)

    def _unsayable(self) -> Iterator[str]:
        """On routines of a kind that no statement of the engine's has a word for."""
        own = {account.who for account in self.managed.accounts.values()} | self.managed.roles | self.managed.markers
        everybodys = {holder for holder, _, _ in self._everybodys()}
        for holder in sorted(self.state.closure(*own) | everybodys):
            for on, privileges in sorted(self.state.held(holder).items()):
                if not sayable(on):
                    yield (
                        f"{cited(holder.name)} has {_what(on, privileges)}, a kind of routine that the engine doesn't "
                        "know and takes no right on; REVOKE that by hand, or drop the routine"
                    )

    def before_moving(self) -> Iterator[str]:
        """What is to be so before anybody gets a role: that of the roles, and of what everybody has anyway."""
        yield from self._of_roles()
        yield from self._by_everybody()

    def _of_roles(self) -> Iterator[str]:
        for name, role in sorted(self.desired.roles.items()):
            who = self.state.server.role(name)
            if who in self.state.accounts:
                yield from self._more(who, role)
                if lacking := self._there(minus(role.rights, self._all(self.state.closure(who)))):
                    yield from (f"role {cited(name)} lacks {_what(on, held)}" for on, held in sorted(lacking.items()))
                yield from self._can_log_in(self.state.accounts[who])

    def _more(self, who: Who, role: Role) -> Iterator[str]:
        for holder in sorted(self.state.closure(who)):
            beyond = self._beyond(role, holder)
            way = f", by role {cited(holder.name)}{self._givers(holder)}" if beyond and holder != who else ""
            for on, privileges in beyond:
                yield f"{cited(who.name)} has {_what(on, privileges)}{way}"

    def _givers(self, role: Who) -> str:
        """Who may give others' roles to whom they like, and take them."""
        found = sorted(str(edge.member) for edge in self.state.edges if edge.role == role and edge.admin)
        others = role not in self.managed.roles and found
        return f", which {listed(found)} may give to others" if others else ""

    def _beyond(self, role: Role, holder: Who) -> list[tuple[On, frozenset[str]]]:
        """Asked of many users that have the same."""
        key = (id(role), holder)
        if key not in self._known:
            beyond = sorted(role.beyond(self.state.held(holder)).items())
            self._known[key] = [(on, privileges) for on, privileges in beyond if sayable(on)]
        return self._known[key]

    def _lacking(self, role: Role, holders: frozenset[Who]) -> list[tuple[On, frozenset[str]]]:
        key = (id(role), holders)
        if key not in self._known:
            self._known[key] = sorted(self._there(minus(role.rights, self._all(holders))).items())
        return self._known[key]

    def _by_everybody(self, *, beyond_reach: bool = False) -> Iterator[str]:
        """A sentence for each right, whatever the number of users."""
        for holder, way, out in self._everybodys():
            if beyond_reach is not bool(out):
                continue
            found: dict[str, list[str]] = {}
            for name, login in self.desired.logins.items():
                role = self.desired.profiles[login.profile] if login.profile else _NOTHING
                for on, privileges in self._beyond(role, holder):
                    if reaches(self.state, on, self.desired.schemas):
                        found.setdefault(_what(on, privileges), []).append(cited(name))
            for what, users in found.items():
                yield f"{listed(users)} {'have' if len(users) > 1 else 'has'} {what}{way}{out}"

    def open_elsewhere(self) -> Iterator[str]:
        """What everybody may do in schemas that the spec doesn't declare: not its to say, and worth a look."""
        for holder, way, out in self._everybodys():
            for on, privileges in sorted(self.state.held(holder).items()):
                if not reaches(self.state, on, self.desired.schemas):
                    declared = "outside the schemas that the spec declares"
                    yield f"everybody has {_what(on, privileges)}{way}, {declared}{out}"

    def _everybodys(self) -> Iterator[tuple[Who, str, str]]:
        """Holders whose grants are everybody's, how, and who can take it where the master can't."""
        server = self.state.server
        if server.flavor is Flavor.MARIADB:
            near = self.state.closure(_PUBLIC, within_reach=True)
            for holder in sorted(self.state.closure(_PUBLIC)):
                way = "" if holder == _PUBLIC else f" role {cited(holder.name)}, which PUBLIC has, and so everybody"
                yield holder, f", by{way or ' PUBLIC'}", "" if holder in near else self._taking(holder)
        mandatory = [who for who in self.state.accounts if who.name in server.mandatory]
        for holder in sorted(self.state.closure(*mandatory)):
            yield holder, f", by role {cited(holder.name)}, which mandatory_roles gives to everybody", ""
        for holder in sorted(self.state.rights):
            if holder.name == "":
                yield holder, f", by a grant to {holder}, which is everybody", ""

    def _taking(self, holder: Who) -> str:
        """From PUBLIC, and from what PUBLIC has: a role of others', which only they take."""
        state, everybodys = self.state, self.state.closure(_PUBLIC)
        edges = sorted(e for e in state.edges if e.member in everybodys and not state.administered(e.role))
        ways = [TakeRole(e.role, (e.member,), reason="", stage=Stage.NARROW) for e in edges]
        ways = [way for way in ways if holder in state.closure(way.role)]
        takers = {e.member for way in ways for e in state.edges if e.role == way.role and e.admin}
        who = sorted(str(each) for each in takers - {_PUBLIC})  # whom that lets give nothing
        run = "; ".join(text for way in ways for text in statements(way, state.server))
        return f"; the master can't take that: as who may ({listed(who) or 'nobody is left who may'}), run {run}"

    def _less(self, account: Account, role: Role) -> Iterator[str]:
        given = self.state.roles_of.get(account.who, frozenset())  # MariaDB keeps the name of one that was taken
        starting = self.state.closure(*(account.default & given))
        starting |= {account.who} if self.state.held(account.who) else frozenset()
        for on, privileges in self._lacking(role, starting):
            yield f"{cited(account.who.name)} lacks {_what(on, privileges)}"

    def _all(self, holders: frozenset[Who]) -> Rights:
        return union(self.state.held(holder) for holder in sorted(holders))

    def _there(self, rights: Rights) -> Mapping[On, frozenset[str]]:
        """Without tables that nobody has made yet."""
        tables = self.state.tables
        return {
            on: held for on, held in rights.items() if on.level is not Level.TABLE or (on.schema, on.name) in tables
        }

    def _passing_on(self, who: Who) -> Iterator[str]:
        given = sorted(role.name for role in self.state.may_give.get(who, ()))
        if given:
            yield f"{cited(who.name)} may give {listed(list(map(cited, given)))} to others"

    def _can_log_in(self, account: Account) -> Iterator[str]:
        if self.state.server.flavor is Flavor.MYSQL and (not account.locked or account.verifier):
            yield f"role {cited(account.who.name)} has become an account that somebody may log in as; lock it, by hand"

    def _proxies(self) -> Iterator[str]:
        own = {self.state.server.user(name) for name in self.desired.logins}
        for proxy in sorted(self.state.proxies):
            if proxy.who in own or proxy.by in own:
                yield f"{proxy.by} may act as {proxy.who} (GRANT PROXY); run REVOKE PROXY"


def _logins(account: Account, login: Login) -> Iterator[str]:
    name = cited(account.who.name)
    if account.other_ways:
        yield f"{name} may log in by something else than {login.auth}"
    if login.auth is Auth.IAM and account.auth is not Auth.IAM:
        yield f"{name} logs in by {account.auth}, not by {Auth.IAM}"
    if not account.tls:
        yield (
            f"{name} may log in without TLS" if not account.subject else f"{name} can't log in: a certificate is asked"
        )
    if account.hindered:
        yield f"{name} has another limit than that of its sessions (by the hour, of a statement, of failed logins)"
    if login.locked and not account.locked:
        yield f"{name} may log in, which the spec lets nobody"
    if account.limit != login.limit:
        yield f"{name} may have {account.limit or 'any number of'} sessions, not {login.limit or 'any number'}"


def _what(on: On, privileges: frozenset[str]) -> str:
    also = ", and may pass it on," if GRANT_OPTION in privileges else ""
    shown = ", ".join(sorted(privileges - {GRANT_OPTION})) or "the right to pass on what it has"
    part = f" ({cited(on.part)})" if on.level is Level.COLUMN else ""
    return f"{shown}{part}{also if shown else ''} on {where(on).removeprefix('TABLE ')}"
