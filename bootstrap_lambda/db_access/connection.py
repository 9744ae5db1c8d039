"""How the bootstrap Lambda reaches the database: as the master, with an IAM token, straight to the cluster."""

import logging
import os
import time
from typing import Any, Final

from psycopg import Connection

from db_access import databases
from db_access.errors import UnreachableError
from keyless_client import ConnectError, open_connection

_LOG = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 60.0
"""How long to try: a new role's policy takes seconds to reach every place of IAM, a paused database wakes up in about 15."""


def as_master(database: str, *, budget: float = CONNECT_SECONDS) -> "Connection[Any]":
    """A connection to `database`, outside autocommit. Endpoint, port and user come from PGHOST, PGPORT and PGUSER.

    Args:
        budget: seconds within which refused or failed attempts are repeated.

    Raises:
        UnreachableError: when none succeeded, with the last cause; at once, when the server has no such database.
    """
    deadline, pause = time.monotonic() + budget, 0.5
    while True:
        try:
            return open_connection(
                host=os.environ["PGHOST"],
                port=int(os.environ["PGPORT"]),
                user=os.environ["PGUSER"],
                dbname=database,
                region=os.environ["AWS_REGION"],
                application_name="keyless-aurora",
            )
        except ConnectError as error:
            if databases.missing(error, database) or time.monotonic() + pause > deadline:
                raise UnreachableError(f"{error}; gave up after {budget:.0f} seconds, nothing was changed") from error
            _LOG.warning("trying to connect again: %s", error)
        time.sleep(pause)
        pause = min(pause * 2, 5)
