"""What stands in a cell of the matrix: PostgreSQL's letters for privileges, one for each route, and how much it is.

https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGE-ABBREVS-TABLE
"""

from collections.abc import Iterable
from typing import Final

from keyless.effective.routes import Way

PRIVILEGES: Final = {
    "SELECT": "r",
    "INSERT": "a",
    "UPDATE": "w",
    "DELETE": "d",
    "TRUNCATE": "D",
    "REFERENCES": "x",
    "TRIGGER": "t",
    "MAINTAIN": "m",
    "USAGE": "U",
    "CREATE": "C",
    "CONNECT": "c",
    "TEMPORARY": "T",
    "EXECUTE": "X",
}
WAYS: Final = {
    Way.DIRECT: "D",
    Way.GROUP: "G",
    Way.PUBLIC: "P",
    Way.OWNERSHIP: "O",
    Way.SUPERUSER: "S",
    Way.PREDEFINED: "R",
    Way.DEFINER: "V",
    Way.CODE: "F",
}
LEVELS: Final = {
    "nothing": "",
    "use": "CONNECT, USAGE, EXECUTE",
    "read": "SELECT",
    "write": "INSERT, UPDATE, DELETE, TRUNCATE",
    "control": "owner, superuser, CREATE, TRIGGER, REFERENCES, MAINTAIN",
}
"""What a cell comes to, in the order of its class's number, and by what."""
_LEVEL: Final = {"SELECT": 2, "INSERT": 3, "UPDATE": 3, "DELETE": 3, "TRUNCATE": 3} | dict.fromkeys(
    ("REFERENCES", "TRIGGER", "MAINTAIN", "CREATE"), 4
)


def letters(privileges: Iterable[str]) -> str:
    """In PostgreSQL's order."""
    given = set(privileges)
    return "".join(letter for privilege, letter in PRIVILEGES.items() if privilege in given)


def level(privileges: Iterable[str], ways: Iterable[Way]) -> int:
    """Its place in `LEVELS`."""
    if {Way.OWNERSHIP, Way.SUPERUSER} & set(ways):
        return 4
    return max((_LEVEL.get(privilege, 1) for privilege in privileges), default=0)
