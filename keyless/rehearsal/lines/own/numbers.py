"""The number of an error of MySQL's or MariaDB's, by DB-API's class for it and by how a driver begins its words: a
function's own error, whose words merely look so, has none."""

import re
from typing import Final

from keyless.rehearsal.deployment.function import FunctionError

_KINDS: Final = frozenset(
    {
        "DatabaseError",
        "DataError",
        "IntegrityError",
        "InterfaceError",
        "InternalError",
        "NotSupportedError",
        "OperationalError",
        "ProgrammingError",
    }
)
"""PEP 249's, of each driver, of SQLAlchemy and of Django."""
_WRAPPED: Final = r"(?:\((?:pymysql|asyncmy|mysql\.connector|MySQLdb)[\w.]*\) )?"
"""How SQLAlchemy begins the message of an error that it wraps."""
_PYMYSQL: Final = r"\((?P<pymysql>\d{4,5}), [\"']"
"""Of aiomysql, asyncmy and mysqlclient, too."""
_CONNECTOR: Final = r"(?P<connector>\d{4,5})(?: \(\w{5}\))?: "
_NUMBERED: Final = re.compile(f"{_WRAPPED}(?:{_PYMYSQL}|{_CONNECTOR})(?P<no_session>cannot connect)?")
"""keyless_client tells a framework so of a refused login, by the driver's own class."""


def errno_of(error: FunctionError) -> int:
    """0 where the error has none, or isn't the database's."""
    found = _NUMBERED.match(error.words) if error.kind in _KINDS else None
    return int(found["pymysql"] or found["connector"]) if found else 0


def is_statements(error: FunctionError) -> bool:
    """Whether it isn't a refused login's, as far as the words say."""
    found = _NUMBERED.match(error.words)
    return not (found and found["no_session"])
