"""Opens one connection: with a fresh token or a secret's password, TLS with the right roots, nothing that RDS Proxy
refuses or pins on."""

from collections.abc import Callable

import psycopg

from keyless_client import secret
from keyless_client.errors import refusal
from keyless_client.token import auth_token
from keyless_client.trust import trust_roots

CONNECT_TIMEOUT_SECONDS = 10
_WRONG_PASSWORD = ("password authentication failed for user", "The password that was provided for the role")
"""How PostgreSQL and RDS Proxy say so."""


def open_connection(
    *,
    host: str,
    port: int,
    user: str,
    dbname: str,
    region: str,
    secret_arn: str | None = None,
    connect_timeout: int = CONNECT_TIMEOUT_SECONDS,
    autocommit: bool = False,
    application_name: str = "keyless_client",
) -> psycopg.Connection:
    """A new connection to a proxy, cluster or instance, which the caller closes.

    Args:
        host: the endpoint's own name; the token and the server's certificate are for exactly this name.
        secret_arn: of the Secrets Manager secret with the user's password; None to log in with an IAM token.
        connect_timeout: seconds for each address of `host`.
        autocommit: as psycopg has it; without it the first statement opens a transaction.

    Raises:
        ConnectError: with the cause and what to check.
    """
    roots = trust_roots(host)

    def opened(password: str) -> psycopg.Connection:
        return psycopg.connect(
            host=host,
            port=port,
            user=user,
            dbname=dbname,
            password=password,
            require_auth="scram-sha-256"
            if secret_arn
            else None,  # a password never travels, not even through TLS; a token must
            sslmode="verify-full",
            sslrootcert=str(roots),
            connect_timeout=connect_timeout,
            application_name=application_name,
            options="",  # not PGOPTIONS either: RDS Proxy refuses options
            gssencmode="disable",
            autocommit=autocommit,
            prepare_threshold=None,  # RDS Proxy pins sessions that have prepared statements
        )

    try:
        if secret_arn is None:
            return opened(auth_token(host=host, port=port, user=user, region=region))
        return _with_secret(opened, secret_arn, user)
    except psycopg.OperationalError as error:
        raise refusal(str(error), host=host, port=port, user=user, dbname=dbname, secret=secret_arn) from error


def _with_secret(opened: Callable[[str], psycopg.Connection], arn: str, user: str) -> psycopg.Connection:
    """A secret may have been rotated since this process read it: one more look at it, and one more try if it has."""
    known = secret.password(arn, user)
    try:
        return opened(known)
    except psycopg.OperationalError as error:
        if not any(text in str(error) for text in _WRONG_PASSWORD):
            raise
        now = secret.read_again(arn, user)
        if now == known:
            raise
        return opened(now)
