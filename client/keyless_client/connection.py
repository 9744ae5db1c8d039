"""Opens one connection: a fresh token for a password, TLS with the right roots, nothing that RDS Proxy refuses or pins on."""

import psycopg

from keyless_client.errors import refusal
from keyless_client.token import auth_token
from keyless_client.trust import trust_roots

CONNECT_TIMEOUT_SECONDS = 10


def open_connection(
    *,
    host: str,
    port: int,
    user: str,
    dbname: str,
    region: str,
    connect_timeout: int = CONNECT_TIMEOUT_SECONDS,
    autocommit: bool = False,
    application_name: str = "keyless_client",
) -> psycopg.Connection:
    """A new connection to a proxy, cluster or instance, which the caller closes.

    Args:
        host: the endpoint's own name; the token and the server's certificate are for exactly this name.
        connect_timeout: seconds for each address of `host`.
        autocommit: as psycopg has it; without it the first statement opens a transaction.

    Raises:
        ConnectError: with the cause and what to check.
    """
    token = auth_token(host=host, port=port, user=user, region=region)
    roots = trust_roots(host)
    try:
        return psycopg.connect(
            host=host,
            port=port,
            user=user,
            dbname=dbname,
            password=token,
            sslmode="verify-full",
            sslrootcert=str(roots),
            connect_timeout=connect_timeout,
            application_name=application_name,
            options="",  # not PGOPTIONS either: RDS Proxy refuses options
            gssencmode="disable",
            autocommit=autocommit,
            prepare_threshold=None,  # RDS Proxy pins sessions that have prepared statements
        )
    except psycopg.OperationalError as error:
        raise refusal(str(error), host=host, port=port, user=user, dbname=dbname) from error
