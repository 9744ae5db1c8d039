"""Changes as SQL. Pure. Names go through `identifiers`; privileges are the server's or the engine's words, never a
spec's text.

Sources: dev.mysql.com and mariadb.com, "Account Management Statements".
"""

import re
from typing import Final, assert_never

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
from db_access.mysql.identifiers import account, accounts, identifier, literal, on_schema, on_table
from db_access.mysql.state import GRANT_OPTION, IAM_PLUGIN, IAM_TEXT, Account, Auth, Flavor, Level, On, Server

REDACTED: Final = "<redacted>"
_IAM: Final = f"IDENTIFIED WITH {IAM_PLUGIN} AS '{IAM_TEXT}'"
_HOURLY: Final = "MAX_QUERIES_PER_HOUR 0 MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0"
_NO_OTHERS: Final = {
    Flavor.MYSQL: f"{_HOURLY} FAILED_LOGIN_ATTEMPTS 0 PASSWORD_LOCK_TIME 0",
    Flavor.MARIADB: f"{_HOURLY} MAX_STATEMENT_TIME 0",
}
_PACKAGES: Final = frozenset({"PACKAGE", "PACKAGE BODY"})
ROUTINES: Final = frozenset({"FUNCTION", "PROCEDURE", "LIBRARY"}) | _PACKAGES
"""MySQL has libraries since 9.2, MariaDB has packages. Sources: dev.mysql.com, "CREATE LIBRARY Statement"; mariadb.com,
"CREATE PACKAGE"."""
_WORDS: Final = re.compile(r"[A-Z][A-Z_ ]*")


def statements(change: Change, server: Server) -> list[str]:
    """One, or one for each account where the server takes no list. A password, and what a server keeps of one, is
    `<redacted>`."""
    match change:
        case MakeSchema() | DropSchema() | MakeProcedure() | DropProcedure():
            return _of_schemas(change)
        case MakeRole():
            return [f"CREATE ROLE IF NOT EXISTS {account(change.role, server)}"]
        case DropRole():
            return [f"DROP ROLE IF EXISTS {account(change.role, server)}"]
        case GiveRole():
            option = " WITH ADMIN OPTION" if change.admin else ""
            return [f"GRANT {account(change.role, server)} TO {accounts(change.members, server)}{option}"]
        case TakeRole():
            return [f"REVOKE {account(change.role, server)} FROM {accounts(change.members, server)}"]
        case StartAs():
            return _defaults(change, server)
        case Give() | Take():
            return [_rights(change, server)]
        case _:
            return _of_accounts(change, server)


def _of_schemas(change: MakeSchema | DropSchema | MakeProcedure | DropProcedure) -> list[str]:
    """A procedure's definer is who makes it."""
    match change:
        case MakeSchema():
            return [f"CREATE DATABASE IF NOT EXISTS {identifier(change.schema)}"]
        case DropSchema():
            return [f"DROP DATABASE IF EXISTS {identifier(change.schema)}"]
        case MakeProcedure():
            name = on_table(change.schema, change.name)
            made = f"CREATE PROCEDURE {name}() SQL SECURITY DEFINER\n{change.body}"
            return [f"DROP PROCEDURE IF EXISTS {name}", made]
        case DropProcedure():
            return [f"DROP PROCEDURE IF EXISTS {on_table(change.schema, change.name)}"]
        case _:
            assert_never(change)


def _of_accounts(
    change: MakeAccounts | DropAccounts | Lock | Unlock | SetLogin | RestoreLogin | SetPassword | DiscardPassword,
    server: Server,
) -> list[str]:
    match change:
        case MakeAccounts():
            made = ", ".join(f"{account(who, server)} {_IAM}" for who in change.accounts)
            return [f"CREATE USER {made} REQUIRE SUBJECT {literal(change.mark)} {_limit(change.limit)} ACCOUNT LOCK"]
        case DropAccounts():
            return [f"DROP USER IF EXISTS {accounts(change.accounts, server)}"]
        case Lock():
            return [f"ALTER USER {accounts(change.accounts, server)} ACCOUNT LOCK"]
        case Unlock():
            return [f"ALTER USER {accounts(change.accounts, server)} ACCOUNT UNLOCK"]
        case SetLogin():
            by = f" {_IAM}" if change.auth is Auth.IAM else ""
            altered = ", ".join(f"{account(who, server)}{by}" for who in change.accounts)
            freed = f" {_NO_OTHERS[server.flavor]}" if change.freed else ""
            return [f"ALTER USER {altered} REQUIRE SSL {_limit(change.limit)}{freed}"]
        case RestoreLogin():
            return [login_statement(change, server, REDACTED)]
        case SetPassword():
            return [password_statement(change, server, REDACTED)]
        case DiscardPassword():
            discarded = ", ".join(f"{account(who, server)} DISCARD OLD PASSWORD" for who in change.accounts)
            return [f"ALTER USER {discarded}"]
        case _:
            assert_never(change)


def password_statement(change: SetPassword, server: Server, password: str) -> str:
    """MariaDB is sent what it keeps, a digest; MySQL the password, over TLS, which it keeps out of its logs."""
    who = account(change.account, server)
    if server.flavor is Flavor.MARIADB:
        return f"ALTER USER {who} IDENTIFIED VIA mysql_native_password USING {literal(password)}"
    return f"ALTER USER {who} IDENTIFIED WITH caching_sha2_password BY {literal(password)}"


def _limit(limit: int) -> str:
    return f"WITH MAX_USER_CONNECTIONS {limit:d}"


def login_statement(change: RestoreLogin, server: Server, verifier: str) -> str:
    """`verifier`: what the server had of the password, as SQL has it."""
    before, who = change.account, account(change.account.who, server)
    options = f"REQUIRE {_required(before)} {_limit(before.limit)}"
    if not before.plugin.isidentifier():
        return f"ALTER USER {who} {options}"
    plugin = identifier(before.plugin)
    if before.auth is Auth.IAM:
        verifier = f"'{IAM_TEXT}'"
    if server.flavor is Flavor.MARIADB:
        return f"ALTER USER {who} IDENTIFIED VIA {plugin} USING {verifier} {options}"
    kept = f" AS {verifier}" if before.verifier else ""
    return f"ALTER USER {who} IDENTIFIED WITH {plugin}{kept} {options}"


def _required(before: Account) -> str:
    """Where the server knows more of a certificate than its subject, any that it trusts: never less than one."""
    if before.subject:
        return f"SUBJECT {literal(before.subject)}"
    return "X509" if before.certificate else "SSL" if before.tls else "NONE"


def _defaults(change: StartAs, server: Server) -> list[str]:
    """MariaDB takes one role for one account."""
    if server.flavor is Flavor.MARIADB:
        role = account(change.roles[0], server) if change.roles else "NONE"
        return [f"SET DEFAULT ROLE {role} FOR {account(who, server)}" for who in change.members]
    roles = accounts(change.roles, server) or "NONE"
    return [f"SET DEFAULT ROLE {roles} TO {accounts(change.members, server)}"]


def _rights(change: Give | Take, server: Server) -> str:
    verb, towards = ("GRANT", "TO") if isinstance(change, Give) else ("REVOKE", "FROM")
    option = GRANT_OPTION in change.privileges and isinstance(change, Give)
    words = [_word(each) for each in sorted(change.privileges) if not (option and each == GRANT_OPTION)] or ["USAGE"]
    columns = f" ({identifier(change.on.part)})" if change.on.level is Level.COLUMN else ""
    listed = ", ".join(f"{word}{columns}" for word in words)
    given = " WITH GRANT OPTION" if option else ""
    if not sayable(change.on):
        raise ValueError(f"{change.on.part!r} is no kind of routine that a statement can name")
    said = f"{verb} {listed} ON {on(change.on)} {towards} {account(change.who, server)}{given}"
    return _as_oracle(said) if server.flavor is Flavor.MARIADB and change.on.part in _PACKAGES else said


def sayable(where: On) -> bool:
    """Whether a statement can give and take rights on that; a server of tomorrow may have routines of other kinds."""
    return where.level is not Level.ROUTINE or where.part in ROUTINES


def _as_oracle(statement: str) -> str:
    """MariaDB reads the words for packages in that mode alone, and a statement by the mode from before it."""
    return f"SET STATEMENT sql_mode = 'ORACLE,NO_AUTO_CREATE_USER' FOR EXECUTE IMMEDIATE {literal(statement)}"


def _word(privilege: str) -> str:
    """Raises ValueError for what a server calls a privilege and no statement can say."""
    if not _WORDS.fullmatch(privilege):
        raise ValueError(f"{privilege!r} is no privilege that a statement can name")
    return privilege


def on(where: On) -> str:
    match where.level:
        case Level.GLOBAL:
            return "*.*"
        case Level.SCHEMA:
            return on_schema(where.schema)
        case Level.TABLE | Level.COLUMN:
            return f"TABLE {on_table(where.schema, where.name)}"
        case Level.ROUTINE:
            return f"{where.part} {on_table(where.schema, where.name)}"
        case _:
            assert_never(where.level)
