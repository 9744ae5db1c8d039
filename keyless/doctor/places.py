"""The hops of a login, in the order in which it comes to them."""

from enum import StrEnum
from typing import Final


class Place(StrEnum):
    CLOCK = "clock"
    CREDENTIALS = "credentials"
    ENDPOINT = "endpoint"
    POLICY = "policy"
    SECRET = "secret"  # noqa: S105  (not a password)
    TOKEN = "token"  # noqa: S105  (not a token)
    NAME = "name"
    NETWORK = "network"
    TLS = "TLS"
    PROXY = "proxy"
    PROXY_AUTHENTICATION = "proxy's authentication"
    PROXY_POLICY = "proxy's policy"
    PROXY_NETWORK = "proxy's network"
    IAM = "IAM authentication"
    ROLE = "role"
    RDS_IAM = "rds_iam"
    LOGIN = "right to log in"
    CONNECTIONS = "connections"
    DATABASE = "database"
    CONNECT = "CONNECT"
    PASSWORD = "password"  # noqa: S105  (not a password)
    ATTEMPT = "login"
    GRANTS = "grants"

    @property
    def order(self) -> int:
        return list(Place).index(self)


AUTHENTICATED: Final = frozenset({Place.LOGIN, Place.CONNECTIONS, Place.DATABASE, Place.CONNECT})
"""Where PostgreSQL refuses only whom it knows already."""
