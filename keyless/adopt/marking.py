"""Write on each role who manages it, as its comment: all that makes an adopted spec the roles' own."""

from typing import Any, Final

from psycopg import Connection

from db_access.errors import PlanError
from db_access.postgresql import apply, ddl
from keyless.adopt import inventory
from keyless.adopt.settling import Adopted, settle

_LOCK_SECONDS: Final = 30.0


def look(connection: Connection[Any], manager: str) -> Adopted:
    """A spec of `manager` for the connection's database. Writes nothing: PostgreSQL itself is told that."""
    connection.read_only = True
    apply.begin(connection, _LOCK_SECONDS)
    found = settle(connection, inventory.read(connection), manager)
    connection.rollback()
    return found


def mark(connection: Connection[Any], manager: str) -> Adopted:
    """`look`, and what it says as comments of the roles; under the engine's lock, until the caller commits.

    Raises:
        PlanError: when with these comments the engine would change anything. Nothing was changed.
    """
    apply.lock(connection, _LOCK_SECONDS)
    here = inventory.read(connection)
    found = settle(connection, here, manager)
    apply.execute(connection, [ddl.statement(change).as_bytes(connection) for change in found.marks])
    after = settle(connection, inventory.read(connection), manager)
    if (after.document, after.marks) != (found.document, ()):
        connection.rollback()
        problem = "its roles would not be what the spec says once their comments say who manages them"
        raise PlanError(here.database, [problem])
    return found
