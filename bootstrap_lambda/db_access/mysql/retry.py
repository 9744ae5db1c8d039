"""Try a whole run again, on a new connection, while its failures are of the kind that pass."""

import logging
import time
from collections.abc import Callable
from typing import Final, TypeVar

from pymysql.connections import Connection
from pymysql.err import MySQLError

from db_access.errors import ApplyError
from db_access.mysql import failures
from db_access.mysql.session import Session

_LOG = logging.getLogger(__name__)
_PAUSE: Final = 0.1

Connect = Callable[[], Connection]
Result = TypeVar("Result")


def retrying(connect: Connect, seconds: float, attempt: Callable[[Session], Result]) -> Result:
    """What `attempt` returns.

    Raises:
        ApplyError: when the server fails in a way that doesn't pass, or after `seconds` still does.
    """
    end, pause = time.monotonic() + seconds, _PAUSE
    while True:
        try:
            with connect() as connection:
                return attempt(Session(connection))
        except MySQLError as error:
            if not failures.transient(error) or time.monotonic() + pause > end:
                raise ApplyError(f"the server failed: {failures.explained(error)}") from error
            _LOG.warning("trying again: %s", failures.message(error))
        time.sleep(pause)
        pause = min(pause * 2, 5)
