"""The part of a plan about accounts: who is made, locked, marked, limited and unlocked. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from db_access.mysql.changes import (
    Change,
    DiscardPassword,
    DropAccounts,
    GiveRole,
    Lock,
    MakeAccounts,
    RestoreLogin,
    SetLogin,
    SetPassword,
    Stage,
    StartAs,
    TakeRole,
    Unlock,
)
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.tied import TIED
from db_access.mysql.state import Account, Auth, Definer, Flavor, Who
from db_access.mysql.translation import Login


@dataclass(frozen=True)
class Accounts:
    managed: Managed

    def changes(self) -> Iterator[Change]:
        yield from self.ending()
        yield from self._made()
        yield from self._marked()
        yield from self._logins()
        yield from self._passwords()
        yield from self._second_ways()
        yield from self._dropped()
        yield from self._unlocked()

    @cached_property
    def there(self) -> Mapping[str, Account]:
        """Those of the spec that the server has: ours and those to take over."""
        both = {**self.managed.accounts, **self.managed.adopted}
        return {name: account for name, account in both.items() if name in self.managed.desired.logins}

    @cached_property
    def anew(self) -> tuple[Who, ...]:
        """Ours that the server doesn't read any more, or that are tied to others' roles, if they can be dropped."""
        return tuple(who for who in self.managed.unread if not (self._on_mysql and self._definer(who)))

    @cached_property
    def retired(self) -> Mapping[str, Account]:
        desired = self.managed.desired
        if desired.additive:
            return {}
        return {
            name: account
            for name, account in self.managed.accounts.items()
            if name not in desired.logins and (account.who in self.managed.marked or account.subject == desired.mark)
        }

    def locked(self, name: str) -> bool:
        """Whether it shall not log in: by the spec, or as it has no password yet that the spec knows of."""
        login, there = self.managed.desired.logins[name], self.there.get(name)
        waiting = (
            login.auth is Auth.PASSWORD and login.version is None and (there is None or there.auth is not Auth.PASSWORD)
        )
        return login.locked or waiting

    @property
    def _on_mysql(self) -> bool:
        return self.managed.state.server.flavor is Flavor.MYSQL

    def _who(self, name: str) -> Who:
        return self.managed.state.server.user(name)

    def ending(self) -> Iterator[Lock]:
        """Of who is to log in no more."""
        leaving = tuple(account.who for account in self.retired.values() if not account.locked)
        if leaving:
            yield Lock(leaving, reason="not in the spec any more", stage=Stage.SHUT)
        shut = tuple(a.who for name, a in self.there.items() if not a.locked and self.locked(name))
        if shut:
            yield Lock(shut, reason="the spec lets nobody log in as it", stage=Stage.SHUT)

    def _made(self) -> Iterator[Change]:
        """Of what MySQL doesn't read, DROP USER leaves the roles, which come back with a restart."""
        why = "the server doesn't read its account any more" if self._on_mysql else TIED
        if self.anew:
            yield DropAccounts(self.anew, reason=why, stage=Stage.SHUT)
            yield MakeAccounts(self.anew, 0, self.managed.desired.mark, reason=why, stage=Stage.SHUT)
            yield StartAs((), self.anew, reason=why, stage=Stage.SHUT)
        for who in self.anew if self._on_mysql else ():
            for role in sorted(self.managed.state.unread[who] & self.managed.state.accounts.keys()):
                yield TakeRole(role, (who,), reason=why, stage=Stage.SHUT)
        there = {*self.managed.state.accounts, *self.anew}
        new = [name for name in self.managed.desired.logins if self._who(name) not in there]
        for limit, accounts in _by_limit({name: self.managed.desired.logins[name] for name in new}, self._who):
            mark = self.managed.desired.mark
            yield MakeAccounts(accounts, limit, mark, reason="declared and missing", stage=Stage.MAKE)

    def _marked(self) -> Iterator[Change]:
        wanted = [self._who(name) for name in self.managed.desired.logins]
        wanted += [account.who for account in self.retired.values()]
        wanted += [who for who in self.anew if who not in wanted]
        unmarked = tuple(who for who in wanted if who not in self.managed.by_marker)
        if unmarked:
            yield GiveRole(self.managed.marker, unmarked, reason="says who manages it", stage=Stage.MAKE)

    def _logins(self) -> Iterator[Change]:
        """New ones too: over TLS, in place of the mark that they were made with."""
        for (limit, auth, freed, stage, reason), names in self._to_set().items():
            yield SetLogin(tuple(map(self._who, names)), limit, auth, freed, reason=reason, stage=stage)

    def _to_set(self) -> dict[tuple[int, Auth | None, bool, Stage, str], list[str]]:
        found: dict[tuple[int, Auth | None, bool, Stage, str], list[str]] = {}
        for name, login in self.managed.desired.logins.items():
            there = self.there.get(name)
            auth, freed = _new_auth(there, login), there is not None and there.hindered
            if there is None or there.subject == self.managed.desired.mark:
                key = (login.limit, auth, freed, Stage.MAKE, "logs in over TLS only")
            elif auth or freed or not there.tls or there.limit != login.limit:
                key = (login.limit, auth, freed, Stage.NARROW, _why(there, login, auth))
            else:
                continue
            found.setdefault(key, []).append(name)
        return found

    def _passwords(self) -> Iterator[Change]:
        server, edges = self.managed.state.server, self.managed.state.roles_of
        for name, login in self.managed.desired.logins.items():
            if login.version is None:
                continue
            who, role, there = self._who(name), server.role(login.version), self.there.get(name)
            if reason := _why_anew(there, marked=role in edges.get(who, ())):
                yield SetPassword(who, reason=reason, stage=Stage.MOVE)
                yield GiveRole(role, (who,), reason="says of which version its password is", stage=Stage.MOVE)

    def _second_ways(self) -> Iterator[Change]:
        """Of passwords; IAM's accounts lose theirs with how they are to log in. Not before the secret's password is
        set, where that is known: it may be the second one until then."""
        for account in self.retired.values() if self._on_mysql else ():
            if account.other_ways:
                yield DiscardPassword((account.who,), reason="not in the spec any more", stage=Stage.NARROW)
        for name, there in self.there.items():
            login = self.managed.desired.logins[name]
            if not there.other_ways or login.auth is not Auth.PASSWORD:
                continue
            if self._on_mysql:
                stage = Stage.MOVE if login.version else Stage.NARROW
                yield DiscardPassword((there.who,), reason="it logs in by one password", stage=stage)
            elif login.version is None and there.auth is Auth.PASSWORD:
                kept = replace(there, tls=True, certificate=False, subject="", limit=login.limit)
                yield RestoreLogin(kept, reason="by the password that it has, and by nothing else", stage=Stage.NARROW)

    def _dropped(self) -> Iterator[Change]:
        """Not who is the definer of something: it would break, or run as whoever comes by that name."""
        gone = [a.who for name, a in self.retired.items() if name in self.managed.desired.dropped]
        if free := tuple(who for who in gone if not self._definer(who)):
            yield DropAccounts(free, reason="retired, and the spec says to drop it", stage=Stage.CLEAN)

    def kept(self) -> Iterator[str]:
        for name, account in self.retired.items():
            found = self._definer(account.who)
            if name in self.managed.desired.dropped and found:
                yield f"{account.who} stays: it is the definer of {found.kind.lower()} {found.schema}.{found.name}"

    def _definer(self, who: Who) -> Definer | None:
        return self.managed.state.definers_of.get(f"{who.name}@{who.host}")

    def _unlocked(self) -> Iterator[Change]:
        there = self.there
        shut = [n for n in self.managed.desired.logins if not self.locked(n) and (n not in there or there[n].locked)]
        if shut:
            reason = "what it may do is as the spec says"
            yield Unlock(tuple(map(self._who, shut)), reason=reason, stage=Stage.OPEN)


def _new_auth(there: Account | None, login: Login) -> Auth | None:
    """What it is to log in by, where that changes; a password is set on its own."""
    if login.auth is Auth.PASSWORD:
        odd = there is not None and there.auth is Auth.OTHER
        return Auth.IAM if odd else None  # nothing lets it in until it has its password
    as_it_does = there is not None and there.auth is Auth.IAM and not (there.other_ways or there.expired)
    return None if as_it_does else Auth.IAM


def _why(there: Account, login: Login, auth: Auth | None) -> str:
    if auth:
        return "logs in by an IAM token, and by nothing else"
    if there.hindered:
        return "has no limits but the spec's"
    return "logs in over TLS only" if not there.tls else f"has {login.limit or 'no limit of'} sessions at most"


def _why_anew(there: Account | None, *, marked: bool) -> str:
    """Why the password is set, if it is. `marked`: with the version of its secret."""
    if there is None or there.auth is not Auth.PASSWORD or not marked:
        return "its secret has another version than it"
    if there.other_ways:
        return "it may log in by something else, too"
    return "it has expired" if there.expired else ""


def _by_limit(logins: Mapping[str, Login], who: Callable[[str], Who]) -> Iterator[tuple[int, tuple[Who, ...]]]:
    limits = dict.fromkeys(login.limit for login in logins.values())
    for limit in limits:
        yield limit, tuple(who(name) for name, login in logins.items() if login.limit == limit)
