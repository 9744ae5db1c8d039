"""Opens one connection: with a fresh token or a secret's password, with verified TLS, and without what RDS Proxy
refuses or pins sessions for."""

from collections.abc import Callable

import psycopg

from keyless_client import secret
from keyless_client.errors import refusal
from keyless_client.token import auth_token
from keyless_client.trust import trust_roots

CONNECT_TIMEOUT_SECONDS = 10
_WRONG_PASSWORD = ("password authentication failed for user", "The password that was provided for the role")
"""How PostgreSQL and RDS Proxy word it."""


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
    options: str = "",
) -> psycopg.Connection:
    """A new connection to a proxy, cluster or instance, which the caller closes.

    Args:
        host: the endpoint's own name; token and certificate are valid for exactly this name.
        secret_arn: of the Secrets Manager secret with the user's password; None to log in with an IAM token.
        connect_timeout: seconds for each address of `host`.
        autocommit: as psycopg has it; without it the first statement opens a transaction.
        options: for the startup packet, as `-c name=value`; straight to a database only, for RDS Proxy refuses them.

    Raises:
        ConnectError: with the cause and what to check.
    """
    roots = trust_roots(host)

    def log_in(password: str) -> psycopg.Connection:
        return psycopg.connect(
            host=host,
            port=port,
            user=user,
            dbname=dbname,
            password=password,
            # A password is never sent, not even through TLS. A token has to be.
            require_auth="scram-sha-256" if secret_arn else None,
            sslmode="verify-full",
            sslrootcert=str(roots),
            connect_timeout=connect_timeout,
            application_name=application_name,
            options=options,  # overrides PGOPTIONS in any case
            gssencmode="disable",
            autocommit=autocommit,
            prepare_threshold=None,  # RDS Proxy pins sessions that have prepared statements
        )

    try:
        if secret_arn is None:
            return log_in(auth_token(host=host, port=port, user=user, region=region))
        return _with_secret(log_in, secret_arn, user)
    except psycopg.OperationalError as error:
        raise refusal(str(error), host=host, port=port, user=user, dbname=dbname, secret=secret_arn) from error


def _with_secret(log_in: Callable[[str], psycopg.Connection], arn: str, user: str) -> psycopg.Connection:
    """Reads the secret again and retries once if the password is refused: it may have been rotated meanwhile."""
    known = secret.password(arn, user)
    try:
        return log_in(known)
    except psycopg.OperationalError as error:
        if not any(text in str(error) for text in _WRONG_PASSWORD):
            raise
        current = secret.read_again(arn, user)
        if current == known:
            raise
        return log_in(current)
