"""Whoever logs in, as it is run: its settings, and a session of its role."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from botocore.credentials import Credentials
from psycopg.sql import SQL

from keyless.rehearsal.deployment.kinds import LogsIn
from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.lines.attempts import Login, attempt
from keyless.rehearsal.lines.outcome import Attempt, Outcome
from keyless.rehearsal.stage.running import Stage

_NOTHING: Final = SQL("SELECT 1")


@dataclass(frozen=True)
class Caller:
    stage: Stage
    client: LogsIn

    @property
    def user(self) -> str:
        return self.client.user

    @property
    def database(self) -> str:
        """On MySQL empty for a function of the engine, which begins in none."""
        return self.client.database or self.stage.first_database

    @cached_property
    def endpoint(self) -> Endpoint:
        """Where it connects to."""
        return self.stage.endpoint(self.client.host)

    @property
    def through_proxy(self) -> bool:
        return self.endpoint != self.stage.database

    @cached_property
    def credentials(self) -> Credentials:
        return self.stage.credentials(self.client.role, self.client.kind.trusted)

    @property
    def signs(self) -> bool:
        """Whether its role can be had: it trusts the service that runs this."""
        try:
            return bool(self.credentials)
        except CloudError:
            return False

    def token(self, endpoint: Endpoint, user: str = "", *, region: str = "", expired: bool = False) -> str:
        sign = tokens.expired if expired else tokens.sign
        return sign(self.credentials, endpoint, user or self.user, region or self.stage.cloud.region)

    def own_password(self) -> str:
        """What its user logs in with: the secret's password, or a token for its endpoint."""
        if self.client.secret:
            return self.stage.deployed.secrets.password(self.user)
        return self.token(self.endpoint)

    def tries(
        self, endpoint: Endpoint, *, user: str = "", password: str = "", by_token: bool = False, tls: bool = True
    ) -> Attempt:
        """Log in; as another user, elsewhere than it does, or `by_token`, with a token of its own unless a password is
        given."""
        name = user or self.user
        own = name == self.user and endpoint == self.endpoint and not by_token
        try:
            secret = password or (self.own_password() if own else self.token(endpoint, name))
        except CloudError as error:
            return Attempt(Outcome.OTHER, str(error))
        login = Login(endpoint, str(self.stage.roots), name, self.database, secret, tls, self.stage.family)
        return attempt(login, _NOTHING, self.stage.events)


def callers(stage: Stage) -> tuple[Caller, ...]:
    """All that log in, those of the app first."""
    found = (Caller(stage, client) for client in stage.deployed.logging_in)
    return tuple(sorted(found, key=lambda caller: caller.client.engine))
