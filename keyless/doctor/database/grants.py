"""What the spec gives a user and PostgreSQL doesn't let it do, by the engine's own proof."""

from typing import Any

from psycopg import Connection

from db_access.postgresql import proof
from db_access.postgresql.proof.compare import Violation
from db_access.postgresql.target import Target
from db_access.spec import AccessSpec


def missing(connection: Connection[Any], spec: AccessSpec, database: str, user: str, master: str) -> list[Violation]:
    """Of the user, and of the roles that it is a member of by the spec. Writes nothing.

    Raises:
        AccessError: where the spec can't be held against the database at all.
    """
    desired = Target.converging(spec, database, master=master, iam_logins=frozenset(), password_versions={}).desired
    acts_as = {user, *(key.role for key in desired.memberships if key.member == user)}
    with connection.pipeline():
        asked = proof.ask(connection, desired)
    return [one for one in asked.read() if one.missing and one.username in acts_as]
