"""What libpq and psycopg are told for every connection: verified TLS, what RDS Proxy takes, and when a peer is dead."""

from pathlib import Path
from typing import Any, Final

CONNECT_TIMEOUT_SECONDS: Final = 15
"""More than the proxy's usual `borrow_timeout_seconds`: or nobody would hear why it has no connection."""
LEAST_SECONDS: Final = 2
"""libpq takes no less."""
_DEAD_PEER_MS = 30_000
_DEAD_PEER: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": _DEAD_PEER_MS,
}
"""A peer that is gone without a word is noticed within a minute, not after fifteen: what isn't acknowledged, by the
timeout, and what is waited for, by the probes. They also keep the way through NAT gateways open."""
_NOT_FROM_ENVIRONMENT: dict[str, Any] = {
    "gssencmode": "disable",
    "channel_binding": "prefer",
    "sslnegotiation": "postgres",
    "sslcertmode": "disable",
    "target_session_attrs": "any",
    "options": "",
}
"""libpq's own defaults, where another value in a variable (PGCHANNELBINDING, PGOPTIONS, ...) would break the login or
pin the session."""


def parameters(
    *, host: str, port: int, user: str, dbname: str, password: str, application_name: str, roots: Path, scram: bool
) -> dict[str, Any]:
    """psycopg's keyword arguments.

    Args:
        roots: the PEM file with whom to trust.
        scram: whether the password may only be proven and never sent, not even through TLS. A token has to be.
    """
    return {
        "host": host,
        "port": port,
        "user": user,
        "dbname": dbname,
        "password": password,
        "require_auth": "scram-sha-256" if scram else "password,scram-sha-256",
        "sslmode": "verify-full",
        "sslrootcert": str(roots),
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": application_name,
        **_NOT_FROM_ENVIRONMENT,
        **_DEAD_PEER,
        "prepare_threshold": None,  # psycopg's: RDS Proxy pins sessions that have prepared statements
    }
