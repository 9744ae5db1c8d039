"""How RDS Proxy lets a user in and how it goes on as that user: by the proxy's `Auth` entries first, then by its
default scheme.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-setup.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from keyless.rehearsal.endpoints.protocol import scram, wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import ForwardedRefusal, Refusal


@dataclass(frozen=True)
class SecretAuth:
    """An entry of the proxy's `Auth`, with `AuthScheme: SECRETS`."""

    arn: str
    iam: bool
    """`IAMAuth: REQUIRED`: the client shows a token, the proxy alone knows the password."""


@dataclass(frozen=True)
class Credentials:
    """What a secret holds."""

    username: str
    password: str = field(repr=False)


class UnreadableError(Exception):
    """The proxy's role can't read a secret, or it holds no credentials; the message is the reason."""


ReadSecret = Callable[[str], Credentials]
"""The current version of the secret with an ARN, read as the proxy's role. Raises UnreadableError."""


@dataclass(frozen=True)
class Way:
    """How one login goes."""

    token: bool
    """The client shows an IAM token. Otherwise it proves the secret's password."""
    password: str | None = field(repr=False)
    """What the proxy logs in to the database with. None: a token of its own."""
    secret: str = ""


def way(user: str, entries: tuple[SecretAuth, ...], read: ReadSecret, *, iam_by_default: bool) -> Way | str:
    """How `user` logs in, or the reason why nobody can as that user. A secret that can't be read is as good as none."""
    unreadable = []
    for entry in entries:
        try:
            found = read(entry.arn)
        except UnreadableError as error:
            unreadable.append(str(error))
            continue
        if found.username == user:
            # A user that must show a token is in rds_iam where the proxy's default is IAM, so the database wants a
            # token, too.
            return Way(entry.iam, None if entry.iam and iam_by_default else found.password, entry.arn)
    if iam_by_default:
        return Way(token=True, password=None)
    return "; ".join(unreadable) or "no secret of the proxy has this username, and its default scheme is not IAM_AUTH"


def no_credentials(user: str, reason: str) -> Refusal:
    text = f"This RDS proxy has no credentials for the role {user}. Check the credentials for this role and try again."
    return Refusal("28000", text, reason)


async def log_in(server: Stream, password: str, *, own_token: bool, user: str) -> None:
    """Answer what the database asks, after the startup message. Raises Refusal, in the database's words when it gave
    any."""
    kind, body = await wire.read_message(server.reader)
    if (kind, body) == (b"R", wire.ASK_CLEAR_TEXT_PASSWORD):
        await server.send(wire.message(b"p", password.encode() + b"\0"))
        kind, body = await wire.read_message(server.reader)
    elif scram.asks(kind, body) and not own_token:
        kind, body = await scram.prove_password(server, password)
    if kind == b"E":
        whose = "own role" if own_token else "secret"
        raise ForwardedRefusal(body, f"the database refused the proxy's {whose}: {wire.error_text(body)}")
    if (kind, body) != (b"R", wire.AUTHENTICATION_OK):
        raise no_credentials(user, "the database asked for a password: the role is not a member of rds_iam")
