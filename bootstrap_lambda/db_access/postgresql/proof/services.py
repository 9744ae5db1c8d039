"""Whether RDS's own logins come in where PUBLIC is locked, asked of PostgreSQL."""

from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.postgresql.answer import Answer
from db_access.postgresql.desired.services import services
from db_access.postgresql.state import Desired

_SHUT_OUT: Final[LiteralString] = """
SELECT rolname, current_database() FROM pg_roles
WHERE rolname = ANY(%s::text[]) AND NOT has_database_privilege(oid, current_database(), 'CONNECT') ORDER BY 1
"""


def ask_services(connection: Connection[Any], desired: Desired) -> Answer[list[str]]:
    """Within a pipeline: ask for the services that can't connect, a sentence each."""
    asked = connection.execute(_SHUT_OUT, [list(services(desired))])
    return Answer(
        lambda: [f"{name!r} can't CONNECT on database {database}, and RDS logs in by it" for name, database in asked]
    )
