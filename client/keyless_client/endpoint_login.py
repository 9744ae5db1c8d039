"""What a login is to every engine: where, as whom, and with what. Each engine's own says what its drivers are given."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self, Unpack

from keyless_client import environment, secret
from keyless_client.credentials import Key
from keyless_client.errors import ConnectError
from keyless_client.token import auth_token
from keyless_client.trust import region_of, trust_roots

if TYPE_CHECKING:
    from ssl import SSLContext


@dataclass(frozen=True)
class EndpointLogin:
    """Holds no token and no password: each is made, or read, when it is asked for."""

    host: str
    """The endpoint's own name; token and certificate are valid for exactly this name."""
    port: int
    user: str
    dbname: str
    region: str
    """The endpoint's, by its name: a function's own, AWS_REGION, may be another."""
    application_name: str = "keyless_client"
    secret_arn: str | None = None
    """DB_SECRET_ARN: the secret with the user's password. None for a user that logs in with IAM."""
    role_arn: str | None = None
    """DB_ROLE_ARN: a role in the database's account that the function's own assumes, to sign tokens with."""
    login_seconds: int = environment.LOGIN_SECONDS
    """DB_LOGIN_SECONDS: how long a login is tried again while waiting can help; less than the function's timeout, or
    nobody learns why it failed."""
    reader: bool = False
    """Whether `host` lends sessions that can only read."""

    variables: ClassVar[environment.Variables]
    """The engine's."""

    @classmethod
    def from_environment(cls, *, reader: bool = False, **overrides: Unpack[environment.Overrides]) -> Self:
        """The login that the environment describes, apart from `overrides`; for a `reader`, to DB_READER_HOST.

        Raises:
            ConnectError: naming every variable that is missing or wrong.
        """
        given = environment.fields(os.environ, overrides, reader=reader, variables=cls.variables)
        return cls(**given, reader=reader)

    def __post_init__(self) -> None:
        said = {name: value for name, value in vars(self).items() if isinstance(value, str)}
        if wrong := [f"{name} is {value!a}" for name, value in said.items() if not environment.is_text(value)]:
            raise ConnectError(f"cannot connect: {'; '.join(wrong)}; allowed: text in UTF-8")
        if region_of(self.host) not in (None, self.region):
            raise ConnectError(
                f"cannot connect as {self.user}: {self.host} is in {region_of(self.host)}, where a token for "
                f"{self.region} is refused"
            )

    def token(self) -> str:
        """A fresh token, which opens connections for 15 minutes: ask for one for each connection.

        Raises:
            ConnectError: the user has a secret.
        """
        if self.secret_arn:
            raise ConnectError(
                f"cannot make a token: {self.user} has a secret (DB_SECRET_ARN); allowed: a user with auth_method "
                f"iam, or {self._takes_passwords}"
            )
        return auth_token(host=self.host, port=self.port, user=self.user, region=self.region, key=self._key())

    _takes_passwords: ClassVar[str]
    """Which drivers a user with a secret may have, as an error says it."""

    def _key(self) -> Key | None:
        """Of the other account's role; None for the own one's."""
        if self.role_arn is None:
            return None
        from keyless_client.assumed import assumed_key  # another account's database is rare

        attempt = f"cannot sign a token for {self.user} on {self.host}"
        return assumed_key(self.role_arn, name=self.application_name, region=self.region, attempt=attempt)

    def _password(self) -> str:
        """What proves that it is `user`: the secret's, or a fresh token."""
        return secret.password(self.secret_arn, self.user) if self.secret_arn else self.token()

    def ssl_context(self) -> "SSLContext":
        """For drivers with Python's TLS: verifies the server's chain and name, against AWS's roots and no others."""
        context, roots = self._empty_context(), self.roots()
        try:
            context.load_verify_locations(roots)
        except OSError as error:
            raise ConnectError(
                f"cannot verify servers: {self.variables.roots} is {str(roots)!a}; allowed: a PEM file"
            ) from error
        return context

    def _empty_context(self) -> "SSLContext":
        """One that trusts nobody yet."""
        import ssl

        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def roots(self) -> Path:
        """The PEM file with whom to trust."""
        return trust_roots(self.host, self.variables.roots)
