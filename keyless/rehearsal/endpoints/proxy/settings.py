"""The proxy's settings that decide about logins, as deployed, and the secrets that its `Auth` entries name."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SecretAuth:
    """An entry of the proxy's `Auth`, with `AuthScheme: SECRETS`."""

    arn: str
    iam: bool
    """`IAMAuth: REQUIRED`: the client shows a token, the proxy alone knows the password."""


@dataclass(frozen=True)
class ProxySettings:
    """The proxy's settings that decide about logins."""

    require_tls: bool
    iam_by_default: bool = True
    """`DefaultAuthScheme: IAM_AUTH`."""
    secrets: tuple[SecretAuth, ...] = ()
    """`Auth`."""
    borrow_seconds: float = 120.0
    """`ConnectionBorrowTimeout`."""
    max_connections: int = 200
    """What `MaxConnectionsPercent` comes to."""


@dataclass(frozen=True)
class Credentials:
    """What a secret holds."""

    username: str
    password: str = field(repr=False)


class UnreadableError(Exception):
    """The proxy's role can't read a secret, or it holds no credentials; the message is the reason."""


ReadSecret = Callable[[str], Credentials]
"""The current version of the secret with an ARN, read as the proxy's role. Raises UnreadableError."""
