"""How RDS Proxy authenticates a client, and how it logs in to the database as that user.

The proxy's `Auth` entries come first, then its default scheme.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-setup.html
"""

from dataclasses import dataclass, field

from keyless.rehearsal.endpoints.denial import NoCredentialsError
from keyless.rehearsal.endpoints.protocol import scram, wire
from keyless.rehearsal.endpoints.protocol.streams import Stream
from keyless.rehearsal.endpoints.protocol.wire import ForwardedRefusal
from keyless.rehearsal.endpoints.proxy.settings import ProxySettings, ReadSecret, UnreadableError


@dataclass(frozen=True)
class Method:
    """How one login is authenticated, at both ends."""

    token: bool
    """The client shows an IAM token. Otherwise it proves the secret's password."""
    password: str | None = field(repr=False)
    """The proxy's password at the database. None: a token of its own."""
    secret: str = ""
    """ARN of the secret that has the password."""


def method(user: str, settings: ProxySettings, read: ReadSecret) -> Method:
    """How `user` logs in. A secret that can't be read counts as none. Raises NoCredentialsError when nobody can as that
    user."""
    unreadable = []
    for entry in settings.secrets:
        try:
            found = read(entry.arn)
        except UnreadableError as error:
            unreadable.append(str(error))
            continue
        if found.username == user:
            # A user that must show a token is in rds_iam where the proxy's default is IAM, so the database wants a
            # token, too.
            own_token = entry.iam and settings.iam_by_default
            return Method(entry.iam, None if own_token else found.password, entry.arn)
    if settings.iam_by_default:
        return Method(token=True, password=None)
    reason = "no secret of the proxy has this username, and its default scheme is not IAM_AUTH"
    raise NoCredentialsError(user, "; ".join(unreadable) or reason)


async def log_in(server: Stream, password: str, *, own_token: bool, user: str) -> None:
    """Authenticate at the database, after the startup message. Raises Denial, with the database's own error if any."""
    kind, body = await wire.read_message(server.reader)
    if (kind, body) == (b"R", wire.CLEAR_TEXT_PASSWORD):
        await server.send(wire.message(b"p", password.encode() + b"\0"))
        kind, body = await wire.read_message(server.reader)
    elif scram.requested(kind, body) and not own_token:
        kind, body = await scram.prove_password(server, password)
    if kind == b"E":
        whose = "own role" if own_token else "secret"
        raise ForwardedRefusal(body, f"the database refused the proxy's {whose}: {wire.error_text(body)}")
    if (kind, body) != (b"R", wire.AUTHENTICATION_OK):
        raise NoCredentialsError(user, "the database asked for a password: the role is not a member of rds_iam")
