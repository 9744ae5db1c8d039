"""How names and texts are written in a statement: always quoted, and only here. Pure.

Accounts and roles are written as identifiers, in backticks, which no sql_mode reads otherwise. A literal is for a
session of the engine's own, whose sql_mode has NO_BACKSLASH_ESCAPES.

Sources: dev.mysql.com, "Schema Object Names", "String Literals", "Account Management Statements: GRANT".
"""

from collections.abc import Iterable

from db_access.mysql.state import Flavor, Server, Who


def identifier(name: str) -> str:
    """Raises ValueError for what no statement can have in it: a NUL ends it."""
    if "\0" in name:
        raise ValueError(f"{name!r} has a NUL, which no name can have")
    return f"`{name.replace('`', '``')}`"


def literal(text: str) -> str:
    """Under NO_BACKSLASH_ESCAPES."""
    if "\0" in text:
        raise ValueError("a text has a NUL, which no statement can have")
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def literals(texts: Iterable[str]) -> str:
    """For `IN (…)`; of none, what nothing is equal to."""
    return ", ".join(map(literal, sorted(texts))) or "NULL"


def account(who: Who, server: Server) -> str:
    """An account with its host; on MariaDB a role has none."""
    if server.flavor is Flavor.MARIADB and who.host == "":
        return identifier(who.name)
    return f"{identifier(who.name)}@{identifier(who.host)}"


def accounts(who: Iterable[Who], server: Server) -> str:
    return ", ".join(account(each, server) for each in who)


def pattern(schema: str, *, literally: bool) -> str:
    """A schema's name as GRANT has to say it on the level of schemas, where `_` and `%` stand for others.
    `literally`: with partial_revokes, where they don't."""
    if literally:
        return schema
    return schema.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def on_schema(stored: str) -> str:
    """`stored`: the pattern, as `pattern` or the server has it."""
    return f"{identifier(stored)}.*"


def on_table(schema: str, table: str) -> str:
    return f"{identifier(schema)}.{identifier(table)}"
