"""The words of MySQL's access rights: privileges, and what they are held on."""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple


class Privilege(StrEnum):
    """Those that a spec can ask for; a server has more, which are read as they are (dev.mysql.com, "Privileges")."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    CREATE = "CREATE"
    ALTER = "ALTER"
    INDEX = "INDEX"
    REFERENCES = "REFERENCES"
    TRIGGER = "TRIGGER"
    CREATE_VIEW = "CREATE VIEW"
    SHOW_VIEW = "SHOW VIEW"
    CREATE_ROUTINE = "CREATE ROUTINE"
    ALTER_ROUTINE = "ALTER ROUTINE"
    EXECUTE = "EXECUTE"
    EVENT = "EVENT"
    LOCK_TABLES = "LOCK TABLES"
    CREATE_TEMPORARY_TABLES = "CREATE TEMPORARY TABLES"


class Level(IntEnum):
    """What GRANT … ON reaches, the widest first."""

    GLOBAL = 0
    SCHEMA = 1
    TABLE = 2
    COLUMN = 3
    ROUTINE = 4


class On(NamedTuple):
    """What a privilege is held on, as the server stores it: on the level of schemas that is a pattern."""

    level: Level
    schema: str = ""
    name: str = ""
    """Of a table, view or routine."""
    part: str = ""
    """A column; of a routine its kind, as the server has it: FUNCTION, PROCEDURE, PACKAGE, …"""


EVERYWHERE: Final = On(Level.GLOBAL)

Rights = Mapping[On, frozenset[str]]
GRANT_OPTION: Final = "GRANT OPTION"
"""Beside privileges, where their holder may pass them on."""


def minus(these: Rights, those: Rights) -> dict[On, frozenset[str]]:
    """What of `these` isn't in `those`."""
    left = {on: privileges - those.get(on, frozenset()) for on, privileges in these.items()}
    return {on: privileges for on, privileges in left.items() if privileges}


def common(these: Rights, those: Rights) -> dict[On, frozenset[str]]:
    both = {on: privileges & those.get(on, frozenset()) for on, privileges in these.items()}
    return {on: privileges for on, privileges in both.items() if privileges}


def union(several: Iterable[Rights]) -> dict[On, frozenset[str]]:
    found: dict[On, frozenset[str]] = {}
    for rights in several:
        for on, privileges in rights.items():
            found[on] = found.get(on, frozenset()) | privileges
    return found
