"""Where to log in to PostgreSQL, as whom, and with what: one object for every driver and every pool."""

from dataclasses import dataclass
from typing import Any

from keyless_client import environment, libpq, secret
from keyless_client.endpoint_login import EndpointLogin
from keyless_client.errors import ConnectError, refusal

_WRONG_PASSWORD = ("password authentication failed for user", "The password that was provided for the role")
"""How PostgreSQL and RDS Proxy word it."""


@dataclass(frozen=True)
class Login(EndpointLogin):
    """To PostgreSQL. Holds no token and no password: each is made, or read, when it is asked for.

    Its `token()` is refused for a user with a secret: a driver that isn't libpq would send its password to whoever
    asks.
    """

    variables = environment.POSTGRESQL
    _takes_passwords = "a driver that is libpq, such as psycopg, which proves a password without sending it"

    def parameters(self) -> dict[str, Any]:
        """Keyword arguments for one connection by psycopg, with a fresh token or the secret's password in it."""
        return libpq.parameters(
            host=self.host,
            port=self.port,
            user=self.user,
            dbname=self.dbname,
            password=self._password(),
            application_name=self.application_name,
            roots=self.roots(),
            scram=self.secret_arn is not None,
        )

    def renewed(self, said: str) -> bool:
        """Whether a login that was refused with the words `said` may work now: its secret has been rotated."""
        if self.secret_arn is None or not any(text in said for text in _WRONG_PASSWORD):
            return False
        return secret.renewed(self.secret_arn, self.user)

    def refusal(self, said: str) -> ConnectError:
        """The error for a login that ended with the other side's words `said`."""
        return refusal(said, host=self.host, port=self.port, user=self.user, dbname=self.dbname, secret=self.secret_arn)


def chosen(login: Login | None, reader: bool = False) -> Login:
    """`login`, or the environment's."""
    if login and reader and not login.reader:
        raise ValueError("reader=True is for the environment's login; allowed: Login.from_environment(reader=True)")
    if login is not None and not isinstance(login, Login):
        raise ConnectError(
            f"cannot connect: {type(login).__module__}.{type(login).__name__} isn't a login to PostgreSQL; allowed: "
            "keyless_client.Login.from_environment()"
        )
    return login or Login.from_environment(reader=reader)
