"""Who can log in by an IAM token only, asked of PostgreSQL.

Source: pg_hba's `+rds_iam` counts indirect membership (postgresql.org, The pg_hba.conf File).
"""

from collections.abc import Set
from typing import Any, Final, LiteralString

from psycopg import Connection

from db_access.postgresql.answer import Answer

_IAM_LOGINS: Final[LiteralString] = """
WITH RECURSIVE reached AS (
    SELECT oid FROM pg_roles WHERE rolname = 'rds_iam'
  UNION
    SELECT m.member FROM pg_auth_members AS m JOIN reached ON reached.oid = m.roleid
)
SELECT rolname FROM pg_roles JOIN reached USING (oid) WHERE rolcanlogin AND NOT rolsuper
"""


def ask_iam_logins(connection: Connection[Any]) -> Answer[frozenset[str]]:
    """Within a pipeline: ask for every LOGIN role that reaches rds_iam, through any chain."""
    asked = connection.execute(_IAM_LOGINS)
    return Answer(lambda: frozenset(name for (name,) in asked.fetchall()))


def locked_out(before: Set[str], after: Set[str], declared: Set[str]) -> list[str]:
    """Logins that the run would have made IAM-only by accident, one sentence each."""
    return [
        f"login {name!r} would reach {'rds_iam'!r} through a membership, so its password would stop working; "
        "allowed: IAM users of the spec only"
        for name in sorted(after - before - declared)
    ]
