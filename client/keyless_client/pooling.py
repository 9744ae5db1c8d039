"""psycopg_pool's pools, whose connections log in each with a token of its own: for servers and containers. A Lambda has
one request at a time, and `connect`."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import psycopg

from keyless_client.connection import opened
from keyless_client.kept import IDLE_LIMIT_SECONDS, LIFETIME_SECONDS
from keyless_client.login import Login, chosen

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

DEFAULTS: Final[dict[str, Any]] = {
    "min_size": 1,
    "max_size": 4,
    "max_lifetime": LIFETIME_SECONDS,
    "max_idle": IDLE_LIMIT_SECONDS,
}


def pool(*, login: Login | None = None, reader: bool = False, **options: Any) -> "ConnectionPool[Any]":
    """An open pool: `with pool() as connections:`, and there `with connections.connection() as connection:`, which is
    a transaction.

    Args:
        options: psycopg_pool's own, such as max_size, whose sum over all processes the database has to bear.
    """
    from psycopg_pool import ConnectionPool  # not in the layer

    given = {"check": ConnectionPool.check_connection, **DEFAULTS, "open": True, **options}
    return ConnectionPool(connection_class=connections(partial(opened, chosen(login, reader))), **given)


def connections(connect: "Callable[..., psycopg.Connection[Any]]") -> "type[psycopg.Connection[Any]]":
    """A class of connections for pools that make their own: by `connect`, whatever conninfo they have."""

    class LoggingIn(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, conninfo: str = "", **given: Any) -> "psycopg.Connection[Any]":  # type: ignore[override]
            return connect(**given)

    return LoggingIn
