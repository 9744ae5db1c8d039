"""MySQL's: by its server itself, past the gate, where the gate's key is as good as a token."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pymysql

from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.lines.attempts import secret_read
from keyless.rehearsal.lines.logins.caller import Caller, callers
from keyless.rehearsal.lines.mysql.attempting import said
from keyless.rehearsal.lines.mysql.refusals import by
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.platform.families.family import Settled
from keyless.rehearsal.lines.platform.families.settling import mysql as settling
from keyless.rehearsal.servers.mysql.accounts import identifier
from keyless.rehearsal.stage.running import Stage

_TABLES: Final = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema IN %s ORDER BY 1, 2
"""
_COUNT: Final = "SELECT count(*) FROM {}"
_SESSIONS: Final = "SELECT id, user FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()"


@dataclass(frozen=True)
class Right:
    """CREATE on a schema, for the last user of the spec, whose drift watch's may do nothing."""

    stage: Stage
    user: str
    schema: str

    @property
    def found(self) -> str:
        return f"{self.user!r} has CREATE on"

    def give(self) -> None:
        self._execute("GRANT CREATE ON {} TO %s@'%%'")

    def take(self) -> None:
        with contextlib.suppress(pymysql.err.MySQLError):  # the engine has
            self._execute("REVOKE CREATE ON {} FROM %s@'%%'")

    def _execute(self, statement: str) -> None:
        _rows(self.stage, statement.format(f"{identifier(self.schema)}.*"), (self.user,))


@dataclass(frozen=True)
class MySQL:
    stage: Stage
    shut_out: str = "locked"
    no_tls: str = "insecure transport are prohibited"

    @property
    def refused(self) -> Outcome:
        return by(self.stage.mysql.kind)

    def by_hand(self) -> Right:
        spec = self.stage.deployed.spec
        schema = next(one.name for each in spec.databases for one in each.schemas)
        return Right(self.stage, spec.users[-1].username, schema)

    def rows(self, database: str) -> list[int]:
        schemas = [schema.name for schema in self.stage.deployed.spec.database(database).schemas]
        names = _rows(self.stage, _TABLES, (schemas,)) if schemas else []
        tables = (".".join(map(identifier, name)) for name in names)
        return [number for table in tables for (number,) in _rows(self.stage, _COUNT.format(table))]

    def sessions(self, database: str) -> dict[int, str]:
        return dict(_rows(self.stage, _SESSIONS, (database,)))

    def past_iam(self, user: str) -> Attempt:
        server, secrets = self.stage.mysql, self.stage.deployed.secrets
        password = secrets.password(user) if user in secrets.arns else server.key
        try:
            server.log_in(user, password).close()
        except pymysql.err.MySQLError as error:
            number, words = said(error)
            return Attempt(self.refused, f"{words} ({number})")
        return Attempt(Outcome.ALLOWED, f"{user} logged in")

    def as_master(self, caller: Caller) -> Iterator[Line]:
        """Its password is RDS's, in a secret that one function may read."""
        stage, master = self.stage, self.stage.deployed.database.master
        if stage.deployed.has_proxy:
            yield Line("the proxy's role as the master", Outcome.WRONG_PASSWORD, master, _with_proxys_token(caller))
        guessed = caller.tries(stage.database, user=master, password="a password that somebody guessed")  # noqa: S106
        yield Line("master with a wrong password", Outcome.WRONG_PASSWORD, master, guessed)
        for other in callers(stage):
            if other.client.secret != (secret := stage.deployed.database.master_secret):
                read = secret_read(stage.cloud, other.client.role, other.client.kind.trusted, secret)
                what = f"{other.client.name} reads the master's secret"
                yield Line(what, Outcome.BY_IAM, "secretsmanager:GetSecretValue", read)

    def warnings(self) -> Iterator[str]:
        return settling.warnings(self.stage)

    def settled(self) -> Settled:
        return settling.settled(self.stage)


def _with_proxys_token(caller: Caller) -> Attempt:
    stage, master = caller.stage, caller.stage.deployed.database.master
    try:
        credentials = stage.credentials(stage.deployed.proxy["RoleArn"], "rds.amazonaws.com")
        token = tokens.sign(credentials, stage.database, master, stage.cloud.region)
        return caller.tries(stage.database, user=master, password=token)
    except CloudError as error:
        return Attempt(Outcome.OTHER, str(error))


def _rows(stage: Stage, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
    """As the superuser."""
    with stage.mysql.connect() as connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())
