"""psycopg for frameworks that make connections from settings of their own: those of the login count."""

from typing import Any

import psycopg

from keyless_client.connection import opened
from keyless_client.errors import ConnectError
from keyless_client.login import Login

FROM_LOGIN = frozenset({"host", "port", "user", "password", "dbname", "database"})
_TAKEN = frozenset(
    {
        "autocommit",
        "client_encoding",
        "connect_timeout",
        "context",
        "cursor_factory",
        "prepare_threshold",
        "row_factory",
    }
)


def connect(login: Login, **given: Any) -> "psycopg.Connection[Any]":
    """A new connection of `login`.

    Args:
        given: a framework's arguments: where to connect and as whom is dropped, what TLS or the session depends on is
            refused.

    Raises:
        psycopg.OperationalError: what a ConnectError says, as the DB-API has it, so that frameworks know it.
    """
    try:
        return opened(login, **taken(given))
    except ConnectError as error:
        raise psycopg.OperationalError(str(error)) from None


def taken(given: dict[str, Any]) -> dict[str, Any]:
    """What of `given` is no matter of the login's. Raises ConnectError for what would change it."""
    rest = {name: value for name, value in given.items() if name not in FROM_LOGIN}
    if strange := sorted(rest.keys() - _TAKEN):
        raise ConnectError(
            f"cannot connect with {', '.join(strange)}, which the login decides; allowed: {', '.join(sorted(_TAKEN))}"
        )
    return rest
