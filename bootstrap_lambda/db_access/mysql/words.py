"""A change as a person reads it: whether it adds, changes or takes away, and what; and what it is about. Pure."""

from typing import assert_never

from db_access.mysql.changes import (
    Change,
    DiscardPassword,
    DropAccounts,
    DropProcedure,
    DropRole,
    DropSchema,
    Give,
    GiveRole,
    Lock,
    MakeAccounts,
    MakeProcedure,
    MakeRole,
    MakeSchema,
    RestoreLogin,
    SetLogin,
    SetPassword,
    StartAs,
    Take,
    TakeRole,
    Unlock,
)
from db_access.mysql.state import Level, On, Rights, Who
from db_access.plan.action import Action
from db_access.wording import listed, quoted

Words = tuple[str, Action, str]
"""A heading, the action, and what."""


def words(change: Change) -> Words:
    match change:
        case MakeSchema() | DropSchema() | MakeProcedure() | DropProcedure():
            return _of_schemas(change)
        case MakeRole():
            return "roles", Action.ADD, f"role {quoted(change.role.name)}, which {change.what}"
        case DropRole():
            return "roles", Action.TAKE_AWAY, f"role {quoted(change.role.name)}"
        case GiveRole():
            return "roles", Action.ADD, f"role {quoted(change.role.name)} to {_who(change.members)}"
        case TakeRole():
            return "roles", Action.TAKE_AWAY, f"role {quoted(change.role.name)} from {_who(change.members)}"
        case StartAs():
            roles = listed([quoted(role.name) for role in change.roles]) or "no role"
            return "roles", Action.CHANGE, f"sessions of {_who(change.members)} start with {roles}"
        case Give():
            return (
                "rights",
                Action.ADD,
                f"{_listed(change.privileges)} on {_on(change.on)} to {quoted(change.who.name)}",
            )
        case Take():
            what = f"{_listed(change.privileges)} on {_on(change.on)} from {quoted(change.who.name)}"
            return "rights", Action.TAKE_AWAY, what
        case _:
            return _of_accounts(change)


def held_on(rights: Rights) -> list[str]:
    return [f"{_listed(privileges)} on {_on(on)}" for on, privileges in sorted(rights.items())]


def _of_schemas(change: MakeSchema | DropSchema | MakeProcedure | DropProcedure) -> Words:
    match change:
        case MakeSchema():
            return "schemas", Action.ADD, f"schema {quoted(change.schema)}"
        case DropSchema():
            return "schemas", Action.TAKE_AWAY, f"schema {quoted(change.schema)}, the drift watch's"
        case MakeProcedure():
            what = f"procedure {quoted(change.schema)}.{quoted(change.name)}, which the drift watch looks by"
            return "procedures", Action.ADD, what
        case DropProcedure():
            return "procedures", Action.TAKE_AWAY, f"procedure {quoted(change.schema)}.{quoted(change.name)}"
        case _:
            assert_never(change)


def _of_accounts(
    change: MakeAccounts | DropAccounts | Lock | Unlock | SetLogin | RestoreLogin | SetPassword | DiscardPassword,
) -> Words:
    match change:
        case MakeAccounts():
            return "accounts", Action.ADD, f"{_who(change.accounts)}, locked"
        case DropAccounts():
            return "accounts", Action.TAKE_AWAY, f"{_who(change.accounts)}"
        case Lock():
            return "accounts", Action.TAKE_AWAY, f"the login of {_who(change.accounts)}, and its sessions"
        case Unlock():
            return "accounts", Action.ADD, f"the login of {_who(change.accounts)}"
        case SetLogin():
            by = f" by {change.auth}" if change.auth else ""
            limits = f"{_limit(change.limit)}{', and no other limit' if change.freed else ''}"
            return "accounts", Action.CHANGE, f"{_who(change.accounts)} log in{by} over TLS, {limits}"
        case RestoreLogin():
            how = f"by {change.account.auth} alone" if change.account.other_ways else "as before"
            return "accounts", Action.CHANGE, f"{quoted(change.account.who.name)} logs in {how}"
        case SetPassword():
            return "accounts", Action.CHANGE, f"the password of {quoted(change.account.name)}"
        case DiscardPassword():
            return "accounts", Action.TAKE_AWAY, f"the second password of {_who(change.accounts)}"
        case _:
            assert_never(change)


def _who(accounts: tuple[Who, ...]) -> str:
    return listed([quoted(who.name) for who in accounts])


def _listed(privileges: frozenset[str]) -> str:
    return ", ".join(sorted(privileges))


def _limit(limit: int) -> str:
    return f"{limit} sessions each at most" if limit else "without a limit"


def _on(where: On) -> str:
    match where.level:
        case Level.GLOBAL:
            return "everything"
        case Level.SCHEMA:
            return f"schema {quoted(where.schema)}"
        case Level.TABLE:
            return f"{quoted(where.schema)}.{quoted(where.name)}"
        case Level.COLUMN:
            return f"column {quoted(where.part)} of {quoted(where.schema)}.{quoted(where.name)}"
        case Level.ROUTINE:
            return f"{where.part.lower() or 'routine'} {quoted(where.schema)}.{quoted(where.name)}"
        case _:
            assert_never(where.level)
