"""The error for a refused login to MySQL or MariaDB: what was tried, what to check, and what the other side said."""

from typing import NamedTuple

from keyless_client.endpoint_login import EndpointLogin
from keyless_client.errors import ConnectError
from keyless_client.mysql.checks import CODES, NETWORK, TLS, WITH_SECRET, Check
from keyless_client.refusals import Passing


class Said(NamedTuple):
    """What the other side said, or the driver."""

    code: int
    """0 where it has none."""
    text: str

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.code else self.text


class Refused(ConnectError):
    """No connection to MySQL: a ConnectError with the number of the server's error, or the driver's."""

    def __init__(self, message: str, passing: Passing, said: Said) -> None:
        super().__init__(message, passing, str(said))
        self.code = said.code


_UNKNOWN = Check((), "", Passing.SETTLES, "")


def refused(said: Said, login: EndpointLogin) -> Refused:
    """The error for `login`, which ended with what was `said`."""
    found = check(said, secret=login.secret_arn)
    at = {"host": login.host, "port": login.port, "user": login.user, "dbname": login.dbname}
    attempt = "cannot connect to database {dbname} on {host}:{port} as {user}".format(**at)
    advice = found.advice.format(**at, secret=login.secret_arn)
    return Refused(": ".join(part for part in (attempt, advice, str(said).strip()) if part), found.passing, said)


def check(said: Said, *, secret: str | None) -> Check:
    """What it means that the other side `said` this: to a login with the password of `secret`, or with a token."""
    known = (*TLS, *(WITH_SECRET if secret else ()), *CODES, *NETWORK)
    return next((one for one in known if one.text in said.text and said.code in (one.codes or (said.code,))), _UNKNOWN)
