"""Who refused a call, by the type of the function's error: what isn't known to be somebody's refusal is nobody's."""

import re
from typing import Final

import psycopg.errors

from keyless.rehearsal.deployment.function import FunctionError
from keyless.rehearsal.lines.mysql import refusals as mysql
from keyless.rehearsal.lines.outcome import Outcome
from keyless.rehearsal.lines.own.numbers import errno_of, is_statements
from keyless.rehearsal.lines.refusals import by_words
from keyless.rehearsal.own_lines.model import Refused

MISSING_RIGHT: Final = "42501"
_LAMBDAS: Final = ("Runtime.", "Sandbox.", "Function.", "Extension.")
"""How Lambda's own types begin: a broken import, a timeout, a process that ended, an answer that is too long."""
_LOGINS: Final = frozenset({"ConnectError", "ConnectionTimeout", "OperationalError"})
"""keyless_client's, psycopg's: no session, or one that ended. libpq passes on no SQLSTATE of a refused login."""
_MYSQLS: Final = "Refused"
"""keyless_client.mysql's ConnectError: a name that a function's own error may have, too."""
_BROKEN: Final = frozenset(
    error.__name__
    for error in (
        ImportError, ModuleNotFoundError, MemoryError, NameError, UnboundLocalError, RecursionError, SyntaxError,
        IndentationError, SystemError,
    )
)  # fmt: skip
"""Python's, for code that can't work, whatever it is called with."""
_WRAPPED: Final = re.compile(r"\(psycopg2?\.errors\.(\w+)\) ")
"""How SQLAlchemy begins the message of an error that it wraps, under a class of its own."""
_AWS: Final = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation")
"""How botocore begins the message of every error that AWS returned."""
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


def by_whom(error: FunctionError, meant: Refused | None, server: Outcome) -> Outcome:
    """The refusal that it is. `meant` has the code of the database's that it must be; a missing right's if it has none.
    `server`: what it is when the database's refuses."""
    if error.kind.startswith(_LAMBDAS) or not error.called or error.kind in ("", *_BROKEN):
        return Outcome.OTHER
    if state := sqlstate_of(error):
        expected = meant.sqlstate if meant and meant.sqlstate else MISSING_RIGHT
        return Outcome.BY_POSTGRESQL if state == expected else Outcome.OTHER
    number = 0 if server is Outcome.BY_POSTGRESQL else errno_of(error)
    if number in _meant(meant) and is_statements(error):
        return server
    if error.kind in _LOGINS or (error.kind == _MYSQLS and error.words.startswith("cannot connect to database ")):
        refused = by_words(error.words, Outcome.OTHER)
        return Outcome.OTHER if refused is Outcome.BY_POSTGRESQL else refused
    if number:
        return Outcome.OTHER
    if by_aws := _AWS.match(error.words):
        return Outcome.BY_IAM if by_aws[1] in _DENIED else Outcome.OTHER
    return Outcome.BY_FUNCTION


def _meant(refused: Refused | None) -> frozenset[int]:
    """The numbers of MySQL's family."""
    return frozenset({refused.errno}) if refused and refused.errno else mysql.MISSING_RIGHT


def sqlstate_of(error: FunctionError) -> str:
    """PostgreSQL's code, by the class that psycopg has for it; empty where the error isn't PostgreSQL's."""
    wrapped = _WRAPPED.match(error.words)
    found = getattr(psycopg.errors, wrapped[1] if wrapped else error.kind, None)
    return str(getattr(found, "sqlstate", None) or "")
