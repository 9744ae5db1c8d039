"""The sample's writer, as which most lines are measured."""

from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL

from keyless.rehearsal.deployment.function import Function
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.lines.attempts import Login, attempt
from keyless.rehearsal.lines.outcome import Attempt
from keyless.rehearsal.stage.running import REGION, Stage

INSERT = SQL("INSERT INTO foo.event (name, payload) VALUES ('rehearsed', '{}')")
LAMBDA = "lambda.amazonaws.com"
_EVENTS = {"events": [{"name": "rehearsed", "payload": {"by": "make rehearse"}}, {"name": "again", "payload": {}}]}


@dataclass(frozen=True)
class Writer:
    """The sample's writer as Lambda runs it: its function's environment, and a session of its function's role."""

    stage: Stage
    function: Function

    @property
    def name(self) -> str:
        return self.function.environment["PGUSER"]

    @property
    def endpoint(self) -> Endpoint:
        """Where the function connects to."""
        return self.stage.proxy if self.stage.variant.through_proxy else self.stage.database

    def login(self, endpoint: Endpoint, *, user: str = "", password: str = "", tls: bool = True) -> Login:
        name, database = user or self.name, self.function.environment["PGDATABASE"]
        return Login(endpoint, str(self.stage.roots), name, database, password or self._password(endpoint, name), tls)

    def token(self, endpoint: Endpoint, user: str = "", *, region: str = REGION, expired: bool = False) -> str:
        sign = tokens.expired if expired else tokens.sign
        return sign(self.stage.credentials(self.function.role), endpoint, user or self.name, region)

    def tries(self, statement: SQL, endpoint: Endpoint, **login: Any) -> Attempt:
        return attempt(self.login(endpoint, **login), statement, self.stage.events)

    def works(self) -> dict[str, int]:
        """The function's own count of what it wrote, and by how many rows the table has grown."""
        before = rows(self.stage)
        return {**self.function.invoke(_EVENTS), "rows": rows(self.stage) - before}

    def _password(self, endpoint: Endpoint, user: str) -> str:
        if self.stage.variant.with_secrets and user == self.name:
            return self.stage.deployed.secrets.password(user)
        return self.token(endpoint, user)


def rows(stage: Stage) -> int:
    """How many events the database holds, by its superuser: none, too, when the migrator could not make the table."""
    with stage.superuser() as connection:
        if connection.execute("SELECT to_regclass('foo.event')").fetchone() == (None,):
            return 0
        counted = connection.execute("SELECT count(*) FROM foo.event").fetchone()
    return int(counted[0]) if counted else 0
