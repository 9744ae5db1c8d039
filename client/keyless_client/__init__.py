"""Connections to Aurora and RDS PostgreSQL for Lambda code: an IAM token instead of a password, always over verified
TLS.

    import keyless_client

    def handler(event, context):
        connection = keyless_client.connect()
        connection.execute("INSERT INTO foo.event (name) VALUES (%s)", [event["name"]])

`connect` is all that a function needs; if its environment names a secret (DB_SECRET_ARN), the password comes from
there. `Login` hands other drivers and pools what they need. The other names are for code that knows its endpoint, such
as the bootstrap Lambda.

psycopg is loaded with the first of these names, because `keyless_client.mysql` needs none of it; or at once, where
PGHOST says a PostgreSQL server: while a function starts it has more CPU than in its first call.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from keyless_client.connection import open_connection
    from keyless_client.errors import ConnectError, InDoubtError, OpenTransactionError
    from keyless_client.events import on_event
    from keyless_client.login import Login
    from keyless_client.pooling import pool
    from keyless_client.reuse import connect, invocation
    from keyless_client.session import Session
    from keyless_client.token import auth_token
    from keyless_client.transactions import run, transaction
    from keyless_client.trust import trust_roots
    from keyless_client.waiting import Waits

__all__ = [
    "ConnectError",
    "InDoubtError",
    "Login",
    "OpenTransactionError",
    "Session",
    "Waits",
    "auth_token",
    "connect",
    "invocation",
    "on_event",
    "open_connection",
    "pool",
    "run",
    "transaction",
    "trust_roots",
]
_MODULES: Final = {
    "open_connection": "connection",
    "ConnectError": "errors",
    "InDoubtError": "errors",
    "OpenTransactionError": "errors",
    "on_event": "events",
    "Login": "login",
    "pool": "pooling",
    "connect": "reuse",
    "invocation": "reuse",
    "Session": "session",
    "auth_token": "token",
    "run": "transactions",
    "transaction": "transactions",
    "trust_roots": "trust",
    "Waits": "waiting",
}


def _loaded(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # which would take any name for one of these
    __getattr__ = _loaded

if "PGHOST" in os.environ:
    for _each in __all__:
        _loaded(_each)
