"""Who has changed what a run has just made of its own account: any user may set its default roles, and on MySQL what it
logs in by. Pure."""

from collections.abc import Iterator

from db_access.mysql.changes import (
    Change,
    DiscardPassword,
    GiveRole,
    Plan,
    SetLogin,
    SetPassword,
    StartAs,
    Take,
    TakeRole,
)
from db_access.mysql.planning.managed import Managed
from db_access.mysql.state import Who


def restless(undone: Plan, managed: Managed) -> tuple[Who, ...]:
    """Accounts of the spec's, not groups, that what is left to do is about."""
    ours = {account.who for account in (*managed.accounts.values(), *managed.adopted.values())}
    return tuple(sorted({who for change in undone for who in _of(change)} & ours))


def _of(change: Change) -> Iterator[Who]:
    match change:
        case SetLogin() | DiscardPassword():
            yield from change.accounts
        case GiveRole() | TakeRole() | StartAs():
            yield from change.members
        case SetPassword():
            yield change.account
        case Take():
            yield change.who
        case _:
            return
