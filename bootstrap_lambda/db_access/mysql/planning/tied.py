"""What of the spec's own has roles that the master can't take: MariaDB lets nobody but a role's administrators, so that
any of these would keep every run from everything. It is made anew, and a plan sees it as not there. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from db_access.mysql import names
from db_access.mysql.changes import Change, DropRole, GiveRole, RestoreLogin, Stage
from db_access.mysql.planning.managed import Managed
from db_access.mysql.state import Account, Auth, State, Who

TIED: Final = "it has a role that the master can't take, and is made anew"
RETURNED: Final = "had it before, by nobody's spec; who may, takes it"


def accounts(managed: Managed) -> frozenset[Who]:
    """Declared ones and retired."""
    ours = [each.who for each in managed.accounts.values() if not managed.passed_over(each.who)]
    return frozenset(who for who in ours if _strange(managed, who))


def roles(managed: Managed) -> frozenset[Who]:
    """Not the marker, in whose place another comes (`Desired.marker`). Also what somebody else has made by a name of
    the engine's, whom the master can't take it from."""
    state = managed.state
    own = (managed.roles | managed.versions) & state.accounts.keys() - _of_others(managed)
    return frozenset(role for role in own if _strange(managed, role) or not (_free(role) or state.administered(role)))


def _of_others(managed: Managed) -> frozenset[Who]:
    """What an additive spec is not about: groups that it doesn't mention, and what others have."""
    if not managed.desired.additive:
        return frozenset()
    had = {e.role for e in managed.state.edges if e.member not in managed.declared and not e.admin}
    theirs = {role for role in managed.roles if role in had or _free(role)}
    return frozenset(theirs - managed.declared.keys() - managed.versions)


def _free(role: Who) -> bool:
    """A group's name is the spec's."""
    return not role.name.startswith(names.PREFIXES)


def untied(managed: Managed) -> Managed:
    """As it is without these, and with the accounts as the server's tables would have them alone."""
    state, gone = managed.state, roles(managed)
    anew = accounts(managed)
    left = state.accounts.keys() - gone - anew
    versions = {
        e for e in state.edges if e.role in managed.versions - gone and e.member in anew and _keeps(managed, e.member)
    }
    if len(left) == len(state.accounts):
        return managed
    return Managed(
        replace(
            state,
            accounts={who: _without(gone, each) for who, each in state.accounts.items() if who in left},
            rights={who: held for who, held in state.rights.items() if who not in gone | anew},
            edges=frozenset(e for e in state.edges if e.role not in gone and e.member not in gone | anew) | versions,
            unread={**state.unread, **_marked(managed, anew)},
        ),
        managed.desired,
    )


def dropped(managed: Managed) -> Iterator[Change]:
    for role in sorted(roles(managed)):
        yield DropRole(role, reason=TIED, stage=Stage.SHUT)


def returned(managed: Managed, now: State) -> Iterator[Change]:
    """Who else had what is made anew, and isn't the spec's to put there or to take out, has it as before."""
    wanted = {*map(managed.state.server.role, managed.desired.roles), *managed.versions}
    anew = roles(managed) & wanted
    for edge in sorted(managed.state.edges - now.edges):
        if edge.role in anew and edge.member in now.accounts and not _planned(managed, edge.member):
            yield GiveRole(edge.role, (edge.member,), edge.admin, reason=RETURNED, stage=Stage.MOVE)


def _planned(managed: Managed, member: Who) -> bool:
    """Whether a plan says what it has."""
    taken_over = member in managed.former and member.name not in managed.desired.acknowledged
    ours = {each.who for each in managed.accounts.values() if not managed.passed_over(each.who)}
    own = (managed.roles | managed.versions | managed.markers) - _of_others(managed)
    return taken_over or member in {*managed.declared, *ours, *own, managed.state.server.master}


def passwords(managed: Managed) -> Iterator[Change]:
    """That no secret is known of: who is made anew keeps what the server keeps of its own, and what says of which
    version that is."""
    for who in sorted(filter(partial(_keeps, managed), accounts(managed))):
        yield RestoreLogin(managed.state.accounts[who], reason=TIED, stage=Stage.MAKE)
        for role in sorted(managed.state.roles_of[who] & managed.versions):
            yield GiveRole(role, (who,), reason=TIED, stage=Stage.MAKE)


def _keeps(managed: Managed, who: Who) -> bool:
    account, login = managed.state.accounts[who], managed.desired.logins.get(who.name)
    return login is not None and login.auth is account.auth is Auth.PASSWORD and login.version is None


def _strange(managed: Managed, who: Who) -> frozenset[Who]:
    """Roles of others that it has, and that the master doesn't administer. Beside an additive spec what has an engine's
    name may be others', too."""
    others = managed.state.roles_of.get(who, frozenset())
    if not managed.desired.additive:
        others -= managed.roles | managed.versions | managed.markers
    return frozenset(role for role in others if not managed.state.administered(role))


def _marked(managed: Managed, accounts: frozenset[Who]) -> Mapping[Who, frozenset[Who]]:
    return {who: frozenset({managed.marker}) for who in accounts}


def _without(gone: frozenset[Who], account: Account) -> Account:
    return replace(account, default=account.default - gone)
