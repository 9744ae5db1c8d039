"""One change for many accounts, where they are alike: a statement names them all. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from db_access.mysql.changes import (
    Change,
    GiveRole,
    MakeRole,
    Plan,
    RestoreLogin,
    SetLogin,
    Stage,
    StartAs,
    Take,
    TakeRole,
    ordered,
)

_Alike = tuple[object, ...]


def merged(changes: Iterable[Change]) -> Plan:
    """In the order of the stages. Within one, roles are given before sessions start with them and former ones are
    taken."""
    found: dict[_Alike, Change] = {}
    for change in changes:
        key = _alike(change)
        same = found.get(key)
        if isinstance(change, GiveRole | TakeRole | StartAs) and isinstance(same, GiveRole | TakeRole | StartAs):
            members = tuple(dict.fromkeys((*same.members, *change.members)))
            found[key] = replace(same, members=members)
        elif same is None:
            found[key] = change
    return ordered(sorted(found.values(), key=_rank))


def _alike(change: Change) -> _Alike:
    match change:
        case GiveRole():
            return ("give", change.role, change.admin, change.stage, change.reason)
        case TakeRole():
            return ("take", change.role, change.stage, change.reason)
        case StartAs():
            return ("start", change.roles, change.stage)
        case MakeRole():
            return ("make", change.role)
        case _:
            return (change,)


def _rank(change: Change) -> int:
    """A new account is marked by the role before the mark that it was made with goes, which any other login ends."""
    match change:
        case MakeRole():
            return 0
        case GiveRole():
            return 2
        case StartAs():
            return 3
        case TakeRole():
            return 4
        case RestoreLogin() | SetLogin(stage=Stage.MAKE) | Take(stage=Stage.MOVE):
            return 5
        case _:
            return 1
