"""Which hop a refused login has come to, by the other side's words, whose meaning `keyless_client.refusals` knows."""

from dataclasses import dataclass
from typing import Final

from keyless.doctor.places import Place
from keyless_client.login import Login
from keyless_client.refusals import check

PLACES: Final = {
    "The IAM authentication failed for the role": Place.TOKEN,
    "PAM authentication failed for user": Place.TOKEN,
    "isn't text in UTF-8": Place.NAME,
    "could not parse network address": Place.NAME,
    "failed to resolve host": Place.NAME,
    "could not translate host name": Place.NAME,
    "timeout expired": Place.NETWORK,
    "Connection refused": Place.NETWORK,
    "This RDS Proxy requires TLS": Place.TLS,
    "no encryption": Place.TLS,
    "server does not support SSL": Place.TLS,
    "certificate verify failed": Place.TLS,
    "does not match host name": Place.TLS,
    "proxy has no credentials for the role": Place.PROXY_AUTHENTICATION,
    "password authentication failed for user": Place.PASSWORD,
    "The password that was provided for the role": Place.PASSWORD,
    'requirement "scram-sha-256" failed': Place.RDS_IAM,
    "pg_hba.conf": Place.ROLE,
    "is not permitted to log in": Place.LOGIN,
    "too many connections for role": Place.CONNECTIONS,
    "Timed-out waiting to acquire database connection": Place.CONNECTIONS,
    'database "{dbname}" does not exist': Place.DATABASE,
    "permission denied for database": Place.CONNECT,
    "does not have CONNECT privilege": Place.CONNECT,
}
"""By the text that a `Check` is known by. The others can come at any hop: what isn't ready, libpq's own variables."""
_AS_PASSWORD: Final = "password authentication failed for user"  # noqa: S105  (not a password)
_UNKNOWN: Final = "read the server's log, and docs/client.md"


@dataclass(frozen=True)
class Refused:
    """A login that was tried, and ended with the other side's words."""

    said: str
    place: Place
    fix: str


@dataclass(frozen=True)
class Untried:
    """A login that can't be made from here."""

    why: str


def refused(said: str, login: Login, *, token: bool) -> Refused:
    """What the words mean. Where the user has a token, a password that is refused is that token."""
    secret = login.secret_arn or (None if token else "its password")
    known = check(said, dbname=login.dbname, secret=secret)
    advice = known.advice.format(
        host=login.host, port=login.port, user=login.user, dbname=login.dbname, secret=secret or ""
    )
    place = PLACES.get(known.text, Place.ATTEMPT)
    if token and known.text == _AS_PASSWORD:
        place = Place.ROLE
    return Refused(" ".join(said.split()), place, advice or _UNKNOWN)
