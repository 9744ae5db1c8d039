"""Connections to Aurora and RDS PostgreSQL for Lambda code: an IAM token instead of a password, always over verified
TLS.

    import keyless_client

    def handler(event, context):
        connection = keyless_client.connect()
        connection.execute("INSERT INTO foo.event (name) VALUES (%s)", [event["name"]])

`connect` is all that a function needs; if its environment names a secret (DB_SECRET_ARN), the password comes from
there. `Login` hands other drivers and pools what they need. The other names are for code that knows its endpoint, such
as the bootstrap Lambda.
"""

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
