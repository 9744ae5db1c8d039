"""How PostgreSQL gets a password: as a SCRAM verifier. Logs and shows none."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from psycopg.sql import Composed

from db_access.plan.changes import Plan, SetPassword
from db_access.postgresql.ddl.roles import password_statement
from db_access.secrets import ReadSecret, Secret
from db_access.spec import AccessSpec


def outdated(plan: Plan, spec: AccessSpec, read_secret: ReadSecret) -> bool:
    """Whether a secret whose password `plan` has set has another version by now."""
    arns = {user.username: user.password_secret for user in spec.users}
    versions = {
        (change.version, arn) for change in plan if isinstance(change, SetPassword) and (arn := arns[change.role])
    }
    return any(read_secret(arn).version != version for version, arn in versions)


def executable(change: SetPassword, secrets: Mapping[str, Secret], connection: Connection[Any]) -> Composed:
    """The statement to run. libpq computes its SCRAM-SHA-256 verifier here: no log of the server has the password."""
    secret = secrets[change.role]
    verifier = connection.pgconn.encrypt_password(secret.password.encode(), change.role.encode(), b"scram-sha-256")
    return password_statement(change, verifier.decode())
