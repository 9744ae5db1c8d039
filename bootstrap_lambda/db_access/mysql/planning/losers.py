"""Whose open sessions could do more than the spec says: a session keeps the role that it started with. Pure."""

from collections.abc import Iterator
from typing import Final

from db_access.mysql.changes import (
    Change,
    DiscardPassword,
    DropAccounts,
    DropRole,
    Lock,
    Plan,
    RestoreLogin,
    SetLogin,
    SetPassword,
    Stage,
    StartAs,
    Take,
    TakeRole,
)
from db_access.mysql.identifiers import pattern
from db_access.mysql.planning.managed import Managed
from db_access.mysql.state import EVERYWHERE, Level, On, State, Who

_LOCKING: Final = frozenset({"LOCK TABLES", "ALTER", "INDEX", "TRIGGER", "DROP"})


def losers(plan: Plan, state: State, upto: Stage) -> frozenset[str]:
    """Names of the accounts that were there before, and lose or exchange something up to that stage."""
    done = [change for change in plan if change.stage <= upto]
    gone = {who for change in done for who in (*_of(change), *_of_second_ways(change, state))}
    there = {who for who, account in state.accounts.items() if not account.role}
    return frozenset(who.name for who in there if state.closure(who) & gone)


def shut_out(managed: Managed) -> frozenset[str]:
    """Names of the spec's accounts that have sessions and are locked: they logged in before, or had begun to."""
    shut = {name for name, account in managed.accounts.items() if account.locked}
    return frozenset(shut & managed.state.sessions)


def locked_out(plan: Plan) -> frozenset[str]:
    """Names of the accounts whose logins end."""
    return frozenset(who.name for change in plan if isinstance(change, Lock | DropAccounts) for who in change.accounts)


def may_lock(managed: Managed, schema: str) -> frozenset[str]:
    """Names of the spec's accounts that may keep tables of the schema locked."""
    state = managed.state
    on = {EVERYWHERE, *(On(Level.SCHEMA, pattern(schema, literally=literally)) for literally in (False, True))}
    return frozenset(
        name
        for name, account in managed.accounts.items()
        if any(
            _LOCKING & state.held(holder).get(each, frozenset()) for holder in state.closure(account.who) for each in on
        )
    )


def _of(change: Change) -> Iterator[Who]:
    match change:
        case Lock() | DropAccounts() | DiscardPassword():
            yield from change.accounts
        case SetLogin():
            yield from change.accounts if change.auth else ()
        case TakeRole() | StartAs():
            yield from change.members
        case Take():
            yield change.who
        case DropRole():
            yield change.role
        case _:
            return


def _of_second_ways(change: Change, state: State) -> Iterator[Who]:
    """On MariaDB one way takes the place of all; whoever came in by another is out, too."""
    if isinstance(change, SetPassword | RestoreLogin):
        who = change.account if isinstance(change, SetPassword) else change.account.who
        there = state.accounts.get(who)
        yield from (who,) if there and there.other_ways else ()
