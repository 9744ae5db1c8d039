"""Tries what a line of the table is about, and returns what came of it. Expects nothing."""

from dataclasses import dataclass

import psycopg
from botocore.exceptions import ClientError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keyless.rehearsal.deployment.engines import Family
from keyless.rehearsal.emulator.cloud import Cloud, CloudError
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.endpoints.events import Events
from keyless.rehearsal.lines.mysql import attempting
from keyless.rehearsal.lines.outcome import Attempt, Outcome
from keyless.rehearsal.lines.refusals import by_words


@dataclass(frozen=True)
class Login:
    """One way to connect: where, as whom, with what for a password."""

    endpoint: Endpoint
    roots: str
    user: str
    database: str
    password: str
    tls: bool = True
    family: Family = "postgresql"

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        encryption = {"sslmode": "verify-full", "sslrootcert": self.roots} if self.tls else {"sslmode": "disable"}
        where = make_conninfo(
            host=self.endpoint.host,
            hostaddr=self.endpoint.address,
            port=self.endpoint.port,
            user=self.user,
            dbname=self.database,
            gssencmode="disable",
            connect_timeout=10,
            **encryption,
        )
        return psycopg.connect(where, password=self.password, autocommit=True, prepare_threshold=None)


def attempt(login: Login, statement: sql.SQL, events: Events) -> Attempt:
    """Connect and run `statement`."""
    if login.family == "mysql":
        return attempting.attempt(login, statement.as_string(None), events)
    seen = len(events.all())
    try:
        with login.connect() as connection:
            connection.execute(statement)
            who = connection.execute("SELECT session_user").fetchone()
            return Attempt(Outcome.ALLOWED, f"as {who[0] if who else '?'}: {statement.as_string(None)}")
    except psycopg.OperationalError as error:
        return _not_connected(str(error).strip(), [event.reason for event in events.all()[seen:] if not event.allowed])
    except psycopg.errors.InsufficientPrivilege as error:
        return Attempt(Outcome.BY_POSTGRESQL, f"{error.diag.message_primary} ({error.sqlstate})")
    except psycopg.Error as error:
        return Attempt(Outcome.OTHER, f"{error.diag.message_primary} ({error.sqlstate})")


def secret_read(cloud: Cloud, role: str, service: str, arn: str) -> Attempt:
    """Read a secret as a role that `service` takes. Never shows what is in it."""
    try:
        cloud.client("secretsmanager", cloud.role_session(role, service)).get_secret_value(SecretId=arn)
    except CloudError as error:
        return Attempt(Outcome.OTHER, str(error))
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        return Attempt(Outcome.BY_IAM if code == "AccessDeniedException" else Outcome.OTHER, message)
    return Attempt(Outcome.ALLOWED, f"{role} reads {arn}")


def _not_connected(error: str, reasons: list[str]) -> Attempt:
    """The client is told less than the judge decided: the reason is the judge's where there is one."""
    message = error.rsplit("FATAL:", 1)[-1].strip()
    return Attempt(_outcome(error, reasons), "; ".join(dict.fromkeys(reasons)) or message, message)


def _outcome(error: str, reasons: list[str]) -> Outcome:
    """Who refused: TLS and PostgreSQL by the error's text, a missing policy or a bad token by the judge's reasons."""
    by_text = by_words(error, Outcome.OTHER)
    if by_text not in (Outcome.OTHER, Outcome.BY_IAM):
        return by_text
    if any("Deny: rds-db:connect on" in reason for reason in reasons):
        return Outcome.BY_IAM
    return Outcome.BAD_TOKEN if any("token" in reason for reason in reasons) else Outcome.OTHER
