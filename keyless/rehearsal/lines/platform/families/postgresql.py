"""PostgreSQL's: by its server's private socket, where every role is let in without a password."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

from keyless.rehearsal.emulator.cloud import CloudError
from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.lines.logins.caller import Caller, callers
from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.rehearsal.lines.platform.by_hand import ByHand
from keyless.rehearsal.lines.platform.families.family import Settled
from keyless.rehearsal.lines.platform.families.settling import postgresql as settling
from keyless.rehearsal.stage.running import Stage

_TABLES: Final[LiteralString] = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = ANY (%s) ORDER BY 1, 2
"""
_SESSIONS: Final[LiteralString] = """
SELECT pid, usename FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = %s AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""


@dataclass(frozen=True)
class Right:
    stage: Stage
    right: ByHand

    @property
    def found(self) -> str:
        return self.right.found

    def give(self) -> None:
        self.stage.execute(self.right.granted(), self.right.database)

    def take(self) -> None:
        self.stage.execute(self.right.revoked(), self.right.database)


@dataclass(frozen=True)
class PostgreSQL:
    stage: Stage
    refused: Outcome = Outcome.BY_POSTGRESQL
    shut_out: str = "not permitted to log in"
    no_tls: str = "no encryption"

    def by_hand(self) -> Right:
        return Right(self.stage, ByHand.of(self.stage.deployed.spec))

    def rows(self, database: str) -> list[int]:
        schemas = [schema.name for schema in self.stage.deployed.spec.database(database).schemas]
        with self.stage.superuser(database) as connection:
            names = connection.execute(_TABLES, [schemas]).fetchall()
            counted = [
                connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(*n))).fetchone() for n in names
            ]
        return [row[0] for row in counted if row]

    def sessions(self, database: str) -> dict[int, str]:
        with self.stage.superuser(database) as connection:
            return dict(connection.execute(_SESSIONS, [database]).fetchall())

    def past_iam(self, user: str) -> Attempt:
        try:
            self.stage.postgres.connect(user, self.stage.deployed.spec.databases[0].name).close()
        except psycopg.OperationalError as error:
            return Attempt(Outcome.BY_POSTGRESQL, str(error).rsplit("FATAL:", 1)[-1].strip())
        return Attempt(Outcome.ALLOWED, f"{user} logged in")

    def as_master(self, caller: Caller) -> Iterator[Line]:
        if self.stage.deployed.has_proxy:
            yield _proxys_role_as_master(self.stage)
        yield _master_with_password(caller)

    def warnings(self) -> Iterator[str]:
        return settling.warnings(self.stage)

    def settled(self) -> Settled:
        return settling.settled(self.stage)


def _proxys_role_as_master(stage: Stage) -> Line:
    master, (caller, *_) = stage.deployed.database.master, callers(stage)
    try:
        credentials = stage.credentials(stage.deployed.proxy["RoleArn"], "rds.amazonaws.com")
        token = tokens.sign(credentials, stage.database, master, stage.cloud.region)
        measured = caller.tries(stage.database, user=master, password=token)
    except CloudError as error:
        measured = Attempt(Outcome.OTHER, str(error))
    return Line("the proxy's role as the master", Outcome.BY_IAM, f"{stage.database.resource_id}/{master}", measured)


def _master_with_password(caller: Caller) -> Line:
    """Somebody has given the master a password, which nobody should; it must be worthless."""
    stage, password = caller.stage, "a password that somebody set"
    master = stage.deployed.database.master
    stage.set_password(master, password)
    try:
        measured = caller.tries(stage.database, user=master, password=password)
    finally:
        stage.set_password(master, None)
    return Line("master with a password", Outcome.BAD_TOKEN, "PAM authentication failed", measured)
