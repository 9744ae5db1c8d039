"""How the command connects: by libpq's variables or the user manager's, with a token where no password is said."""

import os
import re
import sys
from typing import Any, Final

import psycopg

from db_access.errors import UnreachableError
from db_access.postgresql.databases import ELSEWHERE
from db_access.postgresql.session import OPTIONS
from db_access.wording import is_text, quoted
from keyless.cli import iam, seeds_variables
from keyless.cli.tls import verified
from keyless_client.trust import region_of

CONNECT_SECONDS = 30
"""A paused Aurora takes about 15 to resume."""
_NOT_SIGNED: Final = (
    " (the user logs in with IAM, so PGPASSWORD must be a token: for this PGHOST and PGUSER, and less than 15 minutes "
    "old)"
)
_REFUSED: Final = (
    " (the user logs in with IAM, and the token that was signed for it was refused; allowed: AWS credentials of whom a "
    "policy lets rds-db:connect as PGUSER)"
)
_WRONG: Final = " (the password is wrong, or the user has none, is not there or logs in with IAM)"
_NO_IAM: Final = (
    " (no password was said, so a token was tried, and the user doesn't log in with IAM: set PGPASSWORD or PGPASSFILE)"
)
_NO_PATH: Final = (
    " (no network path to it: databases of the stacks are in private subnets; allowed: a machine in that network, or a "
    "port forward into it, with PGHOSTADDR and PGPORT for where it is)"
)
_NOWHERE: Final = (
    " (no PGHOST says where, so a socket of this machine was tried; allowed: PGHOST, PGPORT, PGUSER and PGPASSWORD, or "
    "--env NAME for an environment that is deployed)"
)
_UNREACHED: Final = re.compile(
    "timeout expired|timed out|resolve host|translate host name|No route to host|Network is unreachable|refused",
    re.IGNORECASE,
)


def elsewhere() -> psycopg.Connection[Any]:
    """A connection from which a missing database can be created."""
    return connect(ELSEWHERE)


def connect(database: str, settings: str = OPTIONS) -> psycopg.Connection[Any]:
    """A new connection, outside autocommit.

    Args:
        settings: what the session starts with after PGOPTIONS, as libpq's options; none at RDS Proxy, which takes none.

    Raises:
        UnreachableError: with libpq's message, which has no password in it.
    """
    if not is_text(database):
        raise UnreachableError(f"no database is named {database!r}, which is not UTF-8; allowed: text")
    tell(f"database {quoted(database)}: connecting")
    with seeds_variables.for_libpq():
        seeds_variables.told()
        how = {**_host(), **_timeout(), **verified(), **iam.password(), "options": _options(settings)}
        try:
            return psycopg.connect(dbname=database, fallback_application_name="keyless", **how)
        except psycopg.Error as error:  # ProgrammingError: what psycopg itself reads of the variables is wrong
            message = _first_refusal(" ".join(str(error).split()))
            raise UnreachableError(
                f"no connection to database {database!r}{_advice(message, signed='password' in how)}: {message}"
            ) from error


def _first_refusal(message: str) -> str:
    """Without what a second attempt, in plain text, was answered: it is about another matter."""
    *others, last = re.split(" (?=connection to server )", message)
    retried = len(others) > 1 and "no pg_hba.conf entry" in last and last.endswith("no encryption")
    return " ".join(others) if retried else message


def _advice(message: str, *, signed: bool) -> str:
    """What to check, if the message of libpq or the server doesn't say it.

    Args:
        signed: whether the password was a token of the command's own.
    """
    if "PAM authentication failed" in message:
        return _REFUSED if signed else _NOT_SIGNED
    if "password authentication failed" in message:
        return _NO_IAM if signed else _WRONG
    if not os.environ.get("PGHOST") and "connection to server on socket" in message:
        return _NOWHERE
    if _UNREACHED.search(message) and region_of(os.environ.get("PGHOST", "")):
        return _NO_PATH
    return " (set PGPASSWORD or PGPASSFILE)" if "no password supplied" in message else ""


def _options(settings: str) -> str:
    return f"{os.environ.get('PGOPTIONS', '')} {settings}".strip()


def _host() -> dict[str, Any]:
    """libpq reads it by itself, but psycopg's errors have the host only if it is an argument."""
    return {"host": os.environ["PGHOST"]} if "PGHOST" in os.environ else {}


def _timeout() -> dict[str, Any]:
    return {} if "PGCONNECT_TIMEOUT" in os.environ else {"connect_timeout": CONNECT_SECONDS}


def tell(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
