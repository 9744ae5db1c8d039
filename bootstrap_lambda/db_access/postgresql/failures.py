"""What PostgreSQL's errors say, in an operator's words, and which of them pass. Pure."""

import re
from typing import Final

import psycopg

from db_access.wording import one_line

_MOST: Final = 1000
"""Characters of each part: a function can raise whatever it likes, the statements that called it included."""
_MOST_CONTEXT: Final = 300


def message(error: psycopg.Error) -> str:
    """PostgreSQL's words, SQLSTATE, and where in an event trigger's or other function it failed, on one line.

    Never the statement; and never a password's verifier, as an extension's detail or a function that raises what called
    it might have.
    """
    said = error.diag
    detail, context = _shown(said.message_detail, _MOST), _shown(said.context, _MOST_CONTEXT)
    primary = _without_verifiers(str(said.message_primary or error))
    why = f" ({detail})" if detail else ""
    where = f", in {context}" if context else ""
    state = f" ({error.sqlstate})" if error.sqlstate else ""  # a connection that is lost has none
    return f"{_cut(primary, _MOST)}{why}{state}{where}"


def explained(error: psycopg.Error) -> str:
    """`message`, and what to look at where PostgreSQL's words don't tell."""
    return f"{message(error)}{_advice(error)}"


def _advice(error: psycopg.Error) -> str:
    if reads_only(error):
        return _READS_ONLY
    if shut_out(str(error)):
        return _SHUT_OUT
    if unknown_setting(error):
        return _UNKNOWN_SETTING
    return _ENCODING if error.sqlstate in _UNENCODABLE else ""


def unknown_setting(error: psycopg.Error) -> bool:
    """Whether it names a configuration parameter that the server doesn't have: no run later knows it either.

    By where it comes from, since its words are in the server's language (find_option in PostgreSQL's guc.c).
    """
    return error.sqlstate == "42704" and error.diag.source_file == "guc.c"


def shut_out(text: str) -> bool:
    """Whether PostgreSQL refused a connection for lack of CONNECT. libpq passes on the message, and no SQLSTATE."""
    return "permission denied for database" in text


def _shown(text: str | None, most: int) -> str:
    """Nothing of a text that cites a verifier."""
    if not text or _VERIFIER.search(text):
        return ""
    return _cut(text.removesuffix("."), most)


def _without_verifiers(text: str) -> str:
    return _VERIFIER.sub("<redacted>", text)


def _cut(text: str, most: int) -> str:
    line = one_line(text)
    return line if len(line) <= most else f"{line[:most]} …"


_VERIFIER: Final = re.compile(r"SCRAM-SHA-256\$\S*", re.IGNORECASE)
_READS_ONLY: Final = (
    "; the server that answered only reads: it is a reader, or was the writer until a failover, or it is told to be "
    "read-only (default_transaction_read_only, transaction_read_only). Check that the endpoint (PGHOST) is the "
    "cluster's writer endpoint, and where it leads by now, then run again"
)
_SHUT_OUT: Final = (
    "; the master lacks CONNECT, so the database isn't its own any more; as its owner or a superuser run "
    "ALTER DATABASE … OWNER TO the master, or GRANT CONNECT ON DATABASE … TO the master"
)
_UNKNOWN_SETTING: Final = (
    "; allowed in a user's `settings`: a name that SHOW ALL lists on this server, or a name of your own with a dot "
    "in it"
)
_UNENCODABLE: Final = frozenset({"22P05", "22021"})
_ENCODING: Final = (
    "; a name in the spec or in the catalogs can't be written in the database's encoding; allowed: names whose "
    "characters the encoding has, or a database with encoding UTF8"
)

_TRANSIENT: Final = frozenset({"23505", "42710", "40P01", "40001", "57P01", "57P02", "57P03"})
"""Concurrent updates of the shared catalogs (roles are the cluster's, our lock is the database's), deadlocks, a server
that goes down."""
_MOVED: Final = frozenset({"42P01", "42704", "42883", "3F000", "42703", "42P06", "2BP01"})
"""What was there when the catalogs were read, and somebody has dropped or renamed since: a table, type, role, routine,
schema or column; or what wasn't: a schema, or what hangs on a right or role."""
_GONE: Final = ("cache lookup failed for ", "could not find tuple for ")
"""Internal errors (XX000) for what has gone while the statement was on."""


def transient(error: psycopg.Error) -> bool:
    """Whether the same run can succeed a moment later."""
    if error.sqlstate == "XX000":  # an internal error is anything; this is what two runs' updates of one row end in
        return "concurrently" in str(error)
    if reads_only(error):
        return True
    if shut_out(str(error)):
        return False
    return error.sqlstate in _TRANSIENT or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)


def reads_only(error: psycopg.Error) -> bool:
    """Whether the server doesn't write, or not yet: one that is about to be the writer, or was until a failover.

    A transaction that is to write doesn't even begin there (0A000; check_transaction_read_only in PostgreSQL's
    variable.c).
    """
    return error.sqlstate == "25006" or (error.sqlstate == "0A000" and "during recovery" in str(error))


def moved(error: psycopg.Error) -> bool:
    """Whether something is missing that may have been there a moment ago: a run that reads again doesn't name it."""
    if unknown_setting(error):
        return False
    return error.sqlstate in _MOVED or (error.sqlstate == "XX000" and any(text in str(error) for text in _GONE))
