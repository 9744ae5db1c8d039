"""Connections to Aurora and RDS PostgreSQL for Lambda code: an IAM token instead of a password, always over verified
TLS.

    import keyless_client

    def handler(event, context):
        connection = keyless_client.connect()
        connection.execute("INSERT INTO foo.event (name) VALUES (%s)", [event["name"]])

`connect` is all that a function needs; if its environment names a secret (DB_SECRET_ARN), the password comes from
there. The other names are for code that knows its endpoint, such as the bootstrap Lambda.
"""

from keyless_client.connection import open_connection
from keyless_client.errors import ConnectError
from keyless_client.reuse import connect
from keyless_client.token import auth_token
from keyless_client.trust import trust_roots

__all__ = ["ConnectError", "auth_token", "connect", "open_connection", "trust_roots"]
