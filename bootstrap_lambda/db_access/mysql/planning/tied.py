"""What of the spec's own has roles that the master can't take: MariaDB lets nobody but a role's administrators, so that
any of these would keep every run from everything. It is made anew, and a plan sees it as not there. Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from db_access.mysql.changes import Change, DropRole, Stage
from db_access.mysql.planning.managed import Managed
from db_access.mysql.state import Account, Who

TIED: Final = "it has a role that the master can't take, and is made anew"


def accounts(managed: Managed) -> frozenset[Who]:
    """Declared ones and retired."""
    ours = [each.who for each in managed.accounts.values() if not managed.passed_over(each.who)]
    return frozenset(who for who in ours if _strange(managed, who))


def roles(managed: Managed) -> frozenset[Who]:
    """Not the marker, in whose place another comes (`Desired.marker`)."""
    own = managed.roles | managed.versions
    return frozenset(role for role in own & managed.state.accounts.keys() if _strange(managed, role))


def untied(managed: Managed) -> Managed:
    """As it is without these, and with the accounts as the server's tables would have them alone."""
    state, gone = managed.state, roles(managed)
    anew = accounts(managed)
    left = state.accounts.keys() - gone - anew
    if len(left) == len(state.accounts):
        return managed
    return Managed(
        replace(
            state,
            accounts={who: _without(gone, each) for who, each in state.accounts.items() if who in left},
            rights={who: held for who, held in state.rights.items() if who not in gone | anew},
            edges=frozenset(e for e in state.edges if e.role not in gone and e.member not in gone | anew),
            unread={**state.unread, **_marked(managed, anew)},
        ),
        managed.desired,
    )


def dropped(managed: Managed) -> Iterator[Change]:
    for role in sorted(roles(managed)):
        yield DropRole(role, reason=TIED, stage=Stage.SHUT)


def _strange(managed: Managed, who: Who) -> frozenset[Who]:
    """Roles of others that it has, and that the master doesn't administer."""
    others = managed.state.roles_of.get(who, frozenset()) - managed.roles - managed.versions - managed.markers
    return frozenset(role for role in others if not managed.state.administered(role))


def _marked(managed: Managed, accounts: frozenset[Who]) -> Mapping[Who, frozenset[Who]]:
    return {who: frozenset({managed.marker}) for who in accounts}


def _without(gone: frozenset[Who], account: Account) -> Account:
    return replace(account, default=account.default - gone)
