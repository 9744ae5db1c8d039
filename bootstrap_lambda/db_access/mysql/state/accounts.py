"""Accounts and roles as the server has them, and who has which role."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from db_access.mysql.state.server import Who

IAM_PLUGIN: Final = "AWSAuthenticationPlugin"
IAM_TEXT: Final = "RDS"
"""What stands after AS, in all documentation of RDS and Aurora."""


class Auth(StrEnum):
    """How an account logs in."""

    IAM = "an IAM token"
    PASSWORD = "a password"  # noqa: S105 - a word for it
    OTHER = "something else"


@dataclass(frozen=True)
class Account:
    """An account or a role. Its verifier is only there to be put back, and is shown nowhere."""

    who: Who
    role: bool = False
    auth: Auth = Auth.PASSWORD
    plugin: str = ""
    verifier: bytes = field(default=b"", repr=False)
    other_ways: bool = False
    """It may log in by something else besides (MariaDB: VIA … OR …; MySQL: a second password)."""
    hindered: bool = False
    """It may do so much an hour, or a statement so long (MariaDB), or wrong passwords lock it for a while (MySQL)."""
    expired: bool = False
    """It is to set itself another password (PASSWORD EXPIRE), which IAM's can't."""
    tls: bool = False
    """Only over TLS (REQUIRE SSL), and nothing more is asked."""
    certificate: bool = False
    """Only with a client's certificate (REQUIRE X509, SUBJECT, ISSUER, CIPHER)."""
    subject: str = ""
    """Of the certificate without which it can't log in (REQUIRE SUBJECT)."""
    locked: bool = False
    limit: int = 0
    """Concurrent sessions; 0: as many as the server has."""
    default: frozenset[Who] = frozenset()
    """The roles that its sessions start with."""


class Edge(NamedTuple):
    """`member` has `role`."""

    role: Who
    member: Who
    admin: bool = False
    """It may give the role to others."""


@dataclass(frozen=True, order=True)
class Proxy:
    """`by` may act as `who` (GRANT PROXY)."""

    who: Who
    by: Who


@dataclass(frozen=True, order=True)
class Thing:
    """What is in the schema whose procedures the drift watch looks by."""

    name: str
    kind: str
    """PROCEDURE, or what nobody but the engine may have put there."""
    definer: str
    """`name@host`, as the server writes it."""
    secured: bool
    """It runs with its definer's rights, and has no parameters."""
    digest: str
    """SHA-256 of its body."""


@dataclass(frozen=True, order=True)
class Definer:
    """A view, routine, trigger or event that runs with the rights of whoever is its definer; on MySQL also what doesn't
    (SQL SECURITY INVOKER), for that drops nobody from under it either."""

    kind: str
    schema: str
    name: str
    definer: str
    """`name@host`, as the server writes it."""
    runs: bool = True
    """With that one's rights."""
