"""The one transaction in which a probe reads a database. Nothing of a login is read outside of it.

PostgreSQL refuses changes in it, it is rolled back, and no name in it can be anybody's but PostgreSQL's own: a role's
`search_path`, which it may set for itself, would have an operator or a function of that schema run in its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, LiteralString

import psycopg

# A SET takes no function and no operator: before the search path holds, nothing is looked up.
SETTINGS: Final[LiteralString] = """
SET TRANSACTION READ ONLY;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '200ms';
SET LOCAL statement_timeout = '10s';
SET LOCAL idle_in_transaction_session_timeout = '30s';
"""
"""`pg_temp` last: were it not named, PostgreSQL would look for tables there first."""


@contextmanager
def guarded(connection: "psycopg.Connection[Any]") -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        connection.execute(SETTINGS)
        yield
