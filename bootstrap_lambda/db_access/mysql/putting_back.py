"""The way back after a failure: what was there is made what it was, from the state read before. Pure.

What the run has made stays, locked, for the next one to go on with; nobody can do anything by it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from db_access.mysql.changes import (
    Change,
    Give,
    GiveRole,
    Lock,
    MakeAccounts,
    MakeRole,
    Plan,
    RestoreLogin,
    Stage,
    StartAs,
    TakeRole,
    Unlock,
)
from db_access.mysql.planning.managed import Managed
from db_access.mysql.planning.taking import taken
from db_access.mysql.state import IAM_PLUGIN, Account, Auth, State, Who, minus
from db_access.mysql.statements import sayable

_WHY: Final = "as it was before the run"


def back(before: Managed, now: State) -> Plan:
    """What of the spec's own differs from before: rights first taken, then given; logins last."""
    found: list[Change] = []
    for role in sorted(before.roles - now.accounts.keys()):
        found.append(MakeRole(role, "was there before", reason=_WHY, stage=Stage.MAKE))
    was = {account.who: account for account in (*before.accounts.values(), *before.adopted.values())}
    if gone := tuple(sorted(was.keys() - now.accounts.keys() - now.unread.keys())):
        found.append(MakeAccounts(gone, 0, before.desired.mark, reason=_WHY, stage=Stage.SHUT))
        now = replace(now, accounts={**now.accounts, **{who: _made(who, before.desired.mark) for who in gone}})
    ours = {*was, *before.roles} - now.unread.keys()
    for who in sorted(ours):
        found += _rights(who, before.state, now)
    stay = {now.server.user(name) for name, login in before.desired.logins.items() if not login.locked}
    for who, account in sorted(was.items()):
        found += _account(account, now, stays=who in stay)
    found += _roles_of(ours, before, now)
    left = _left(before, now)
    found = [change for change in found if not _gives_to(change, left, before.markers)]
    found += _taken_out({*was, *before.roles}, before.state, now)
    found += _new(before, now)
    return tuple(sorted(found, key=lambda change: (change.stage, isinstance(change, StartAs))))


def _made(who: Who, mark: str) -> Account:
    """As MakeAccounts makes it."""
    return Account(who, auth=Auth.IAM, plugin=IAM_PLUGIN, subject=mark, locked=True)


def _left(before: Managed, now: State) -> set[Who]:
    """Who is out, and has nothing by the spec: its events and a login that it had begun would go on."""
    kept = {now.server.user(name) for name, login in before.desired.logins.items() if login.profile or login.groups}
    ours = {account.who for account in (*before.accounts.values(), *before.adopted.values())}
    return {who for who in ours - kept if who in now.accounts and now.accounts[who].locked}


def _gives_to(change: Change, left: set[Who], markers: frozenset[Who]) -> bool:
    match change:
        case Give():
            return change.who in left
        case GiveRole():
            return change.role not in markers and not left.isdisjoint(change.members)
        case StartAs():
            return bool(change.roles) and not left.isdisjoint(change.members)
        case _:
            return False


def _rights(who: Who, before: State, now: State) -> Iterator[Change]:
    held = now.held(who)
    yield from taken(who, minus(held, before.held(who)), held, Stage.NARROW, _WHY)
    for on, privileges in sorted(minus(before.held(who), now.held(who)).items()):
        if sayable(on):
            yield Give(who, on, privileges, reason=_WHY, stage=Stage.BUILD)


def _account(was: Account, now: State, *, stays: bool) -> Iterator[Change]:
    """`stays`: whether the spec lets it in. A login that has ended is given back to nobody else, whatever failed: who
    can make runs fail would keep it so."""
    there = now.accounts.get(was.who)
    if there is None:
        return
    if was.other_ways and not there.other_ways:  # who may have set the first may have set the second
        was = replace(was, auth=there.auth, plugin=there.plugin, verifier=there.verifier)
    if _ways(was) != _ways(there):
        yield RestoreLogin(was, reason=_WHY, stage=Stage.MOVE)
    if was.locked and not there.locked:
        yield Lock((was.who,), reason=_WHY, stage=Stage.SHUT)
    if stays and there.locked and not was.locked:
        yield Unlock((was.who,), reason=_WHY, stage=Stage.OPEN)
    starts = frozenset(filter(now.administered, was.default))
    if starts != there.default:
        yield StartAs(tuple(sorted(starts)), (was.who,), reason=_WHY, stage=Stage.MOVE)


def _ways(account: Account) -> tuple[object, ...]:
    return account.plugin, account.verifier, account.tls, account.certificate, account.subject, account.limit


def _roles_of(members: set[Who], before: Managed, now: State) -> Iterator[Change]:
    """Whatever marks who was marked stays: a marker that has taken another's place is as good."""
    plain = {e._replace(admin=False) for e in now.edges}
    mine = {e for e in before.state.edges if e.role in now.accounts or e.role not in before.markers}
    for edge in sorted(now.edges - before.state.edges):
        marking = edge.role in before.markers and edge.member in before.marked
        if edge.member in members and not marking and now.administered(edge.role):
            yield TakeRole(edge.role, (edge.member,), reason=_WHY, stage=Stage.NARROW)
    for edge in sorted(mine - now.edges):
        lesser = edge._replace(admin=False) in plain and not edge.admin
        if edge.member in members and not lesser and now.administered(edge.role):
            yield GiveRole(edge.role, (edge.member,), edge.admin, reason=_WHY, stage=Stage.MOVE)


def _taken_out(ours: set[Who], before: State, now: State) -> Iterator[Change]:
    """Who else was in what is the spec's, with the roles that its sessions started with."""
    lost = [edge for edge in sorted(before.edges - now.edges) if edge.role in ours and edge.member not in ours]
    for edge in lost:
        if edge.member in now.accounts:
            yield GiveRole(edge.role, (edge.member,), edge.admin, reason=_WHY, stage=Stage.MOVE)
    for member in sorted({edge.member for edge in lost} & now.accounts.keys()):
        starts = before.accounts[member].default
        if starts != now.accounts[member].default:
            yield StartAs(tuple(sorted(starts)), (member,), reason=_WHY, stage=Stage.MOVE)


def _new(before: Managed, now: State) -> Iterator[Change]:
    """Who wasn't there before stays locked."""
    names = {now.server.user(name) for name in before.desired.logins} - before.state.accounts.keys()
    if open_ := tuple(sorted(who for who in names if who in now.accounts and not now.accounts[who].locked)):
        yield Lock(open_, reason="it stays locked until a run succeeds", stage=Stage.SHUT)
