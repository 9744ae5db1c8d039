"""What the server's errors say, in an operator's words, and which of them pass. Pure but for the driver's error
class."""

from typing import Final

from pymysql.err import MySQLError

from db_access.wording import one_line

_MOST: Final = 1000
_LOST: Final = frozenset({0, 2006, 2013, 2014, 1053, 1317, 1927, 3169, 4031})
"""The connection is gone, or the server goes (2006 and 2013 are the driver's own; 0: it was closed)."""
_UNREAD: Final = frozenset({1396, 1410, 3523})
"""MySQL reads the account of a statement no more: its user has made it so meanwhile, and the next plan says it."""
_TRANSIENT: Final = _LOST | _UNREAD | {1040, 1203, 1205, 1213, 1290, 1836, 2003, 3572}
"""Too many connections, locks, deadlocks, a server that reads only: one that is about to be the writer."""
LOCK_WAIT: Final = 1205
NO_SUCH_SESSION: Final = 1094
NOT_ALLOWED: Final = frozenset({1044, 1045, 1095, 1142, 1227, 1370})
NOT_THERE: Final = frozenset({1049, 1305})
"""A schema or a procedure."""
_SYNTAX: Final = 1064
_LACKS: Final = "; whoever is connected lacks that: it has to be the master, or somebody whom it lets"
_ADVICE: Final = {
    1044: _LACKS,
    1142: _LACKS,
    LOCK_WAIT: "; a session keeps locked what the statement needs, by LOCK TABLES or by a statement that is at work. "
    "Find it with SHOW FULL PROCESSLIST and wait for it to end or end it, then run again",
    1227: _LACKS,
    1290: "; the server that answered only reads. Check that the endpoint is the writer's, then run again",
    1524: "; IAM database authentication isn't there on this server. Turn it on, then run again",
}


def code(error: MySQLError) -> int:
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def message(error: MySQLError, *, secret: bool = False) -> str:
    """The server's words and code, on one line. `secret`: the statement had a password, which words about its syntax
    cite."""
    if secret and code(error) == _SYNTAX:
        return f"it doesn't read the statement that sets a password ({_SYNTAX})"
    words = one_line(str(error.args[1] if len(error.args) > 1 else error) or type(error).__name__)
    return f"{words if len(words) <= _MOST else words[:_MOST] + ' …'} ({code(error)})"


def explained(error: MySQLError, *, secret: bool = False) -> str:
    return message(error, secret=secret) + _ADVICE.get(code(error), "")


def transient(error: MySQLError) -> bool:
    """Whether the same run can succeed a moment later."""
    return code(error) in _TRANSIENT


def not_allowed(error: MySQLError) -> bool:
    return code(error) in NOT_ALLOWED


def lost(error: MySQLError) -> bool:
    return code(error) in _LOST
