"""Which engine family a command is about, by the variables that say where: MYSQL_HOST for MySQL and MariaDB, libpq's
for PostgreSQL, which it is where neither says anything. Loads no driver."""

import os
from enum import StrEnum
from typing import Final

from db_access.errors import UnreachableError

MYSQL_HOST: Final = "MYSQL_HOST"
POSTGRESQL: Final = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "POSTGRES_HOST")
"""Each of which says where a PostgreSQL server is."""
BOTH_HAVE: Final = "check, sync, plan, prove and connect; create-user and the like, which edit the spec"


class Engine(StrEnum):
    """What a spec may be for, by the names that settings and rehearsals have, too: Aurora is what it is compatible
    with."""

    POSTGRESQL = "postgresql"
    AURORA_POSTGRESQL = "aurora-postgresql"
    MYSQL = "mysql"
    AURORA_MYSQL = "aurora-mysql"
    MARIADB = "mariadb"


def is_mysql() -> bool:
    """For a command that both families have.

    Raises:
        UnreachableError: when the variables say both.
    """
    said = [name for name in POSTGRESQL if os.environ.get(name)]
    if os.environ.get(MYSQL_HOST) and said:
        raise UnreachableError(
            f"{MYSQL_HOST} says a MySQL server and {said[0]} a PostgreSQL one, and nothing was done; allowed: one of "
            f"them. `env -u {said[0]}` or `env -u {MYSQL_HOST}` before the command leaves one out"
        )
    return alone()


def alone() -> bool:
    """Whether MySQL is all that the variables say."""
    return bool(os.environ.get(MYSQL_HOST)) and not any(os.environ.get(name) for name in POSTGRESQL)


def refuse_mysql() -> None:
    """For what only PostgreSQL has so far. Raises UnreachableError where only a MySQL server is said."""
    if alone():
        raise UnreachableError(
            f"{MYSQL_HOST} says a MySQL server, and this is for PostgreSQL alone so far; nothing was done. Allowed: on "
            f"MySQL {BOTH_HAVE}; for PostgreSQL PGHOST in its place, or an --env of it"
        )
