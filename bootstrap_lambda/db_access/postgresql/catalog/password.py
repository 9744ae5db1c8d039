"""What the catalogs have on one role's password: its version, and whether IAM stands before it."""

from dataclasses import dataclass
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.plan.roles import Role
from db_access.postgresql import mark
from db_access.postgresql.desired.roles import RDS_IAM

_QUERY: Final[LiteralString] = """
SELECT shobj_description(oid, 'pg_authid'),
    EXISTS (SELECT FROM pg_roles AS iam WHERE iam.rolname = %(iam)s AND pg_has_role(role.oid, iam.oid, 'MEMBER'))
FROM pg_roles AS role WHERE rolname = %(name)s
"""


@dataclass(frozen=True)
class PasswordRole:
    role: Role
    """Name, and what the comment says: description, version and manager."""
    iam: bool
    """Reaches rds_iam by some chain, so that no password lets it in."""


def read(connection: Connection[Any], name: str) -> PasswordRole | None:
    """The role of that name, if there is one."""
    row = connection.execute(_QUERY, {"name": name, "iam": RDS_IAM}).fetchone()
    if row is None:
        return None
    marked = mark.parse(row[0])
    role = Role(
        name,
        description=marked.description,
        managed_by=marked.managed_by,
        taken_over_from=marked.taken_over_from,
        password_version=marked.password_version,
        temporary=marked.temporary,
    )
    return PasswordRole(role, row[1])
