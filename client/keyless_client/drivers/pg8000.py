"""pg8000, a driver that is Python only."""

from typing import Any

from keyless_client.errors import discreetly
from keyless_client.login import Login, chosen


def arguments(*, login: Login | None = None, reader: bool = False) -> dict[str, Any]:
    """Keyword arguments for one connection of `pg8000.dbapi` or `pg8000.native`, with a token of this moment."""
    login = chosen(login, reader)
    return {
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "database": login.dbname,
        "password": login.token(),
        "ssl_context": login.ssl_context(),
        "application_name": login.application_name,
    }


def connect(*, login: Login | None = None, reader: bool = False) -> Any:
    """A new connection, which the caller closes."""
    import pg8000.dbapi

    return discreetly(pg8000.dbapi.connect, arguments(login=login, reader=reader))
