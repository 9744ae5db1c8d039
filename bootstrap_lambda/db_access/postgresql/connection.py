"""How the engine reaches the database: as its function's user, with an IAM token, straight to the cluster; as another
one, to try a password."""

import logging
import os
from typing import Any, Final

import psycopg
from psycopg import Connection

from db_access.errors import RotationError, UnreachableError
from db_access.patience import Patience
from db_access.postgresql import databases
from db_access.postgresql.session import OPTIONS
from keyless_client import ConnectError, open_connection, trust_roots

_LOG = logging.getLogger(__name__)


def with_token(database: str, *, patience: Patience) -> "Connection[Any]":
    """A connection to `database`, outside autocommit. Endpoint, port and user come from PGHOST, PGPORT and PGUSER.

    Args:
        patience: the call's; what may pass is tried again as long as that lasts, and each attempt is in the log.

    Raises:
        UnreachableError: when none succeeded, with the last cause and what to do; at once, where waiting can't help: no
            such database, a server that isn't AWS's.
    """
    try:
        connection = open_connection(
            host=os.environ["PGHOST"],
            port=int(os.environ["PGPORT"]),
            user=os.environ["PGUSER"],
            dbname=database,
            region=os.environ["AWS_REGION"],
            waits=patience.waits,
            told=_LOG.warning,
            application_name="keyless-aurora",
            options=OPTIONS,
        )
    except ConnectError as error:
        if databases.missing(error, database):
            patience.answered()
        raise UnreachableError(f"{error}; nothing was changed") from error
    patience.answered()
    return connection


_LET_IN_BUT_FOR: Final = ("is not permitted to log in", "permission denied for database", "too many connections for")
"""PostgreSQL's refusals once the password was right (postinit.c and miscinit.c): of a disabled user, for example."""
_TRIAL_SECONDS: Final = 10


def log_in(database: str, user: str, password: str) -> None:
    """Try a password, once, over verified TLS and by SCRAM only, so that whoever answers doesn't get it.

    Raises:
        RotationError: when it is refused, or can't be tried.
    """
    host, port = os.environ["PGHOST"], int(os.environ["PGPORT"])
    try:
        psycopg.connect(
            host=host,
            port=port,
            user=user,
            dbname=database,
            password=password,
            require_auth="scram-sha-256",
            sslmode="verify-full",
            sslrootcert=str(trust_roots(host)),
            connect_timeout=_TRIAL_SECONDS,
            application_name="keyless-aurora",
            gssencmode="disable",
        ).close()
    except (psycopg.OperationalError, ConnectError) as error:
        message = " ".join(str(error).split())
        if not (databases.missing(error, database) or any(text in message for text in _LET_IN_BUT_FOR)):
            raise RotationError(f"user {user!r} can't log in with the coming password: {message}") from error
