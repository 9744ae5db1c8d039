"""Texts that are read no further than they can matter.

Any login may give its own sessions a search_path of a gigabyte, and whoever has CREATEROLE a role such a comment. Read
whole, one is more memory than a Lambda function has, and nobody's access would ever be looked at or ended again. What
is short is read as it is: cutting characters fails for bytes that another database's encoding brought.
"""

from typing import Final, LiteralString

COMMENT: Final[LiteralString] = (
    "CASE WHEN octet_length(description) > 100000 THEN right(description, 100000) ELSE description END"
)
"""Its end, where the mark is. Far more than a description and what is recorded beside it can take."""


def settings(database: LiteralString) -> LiteralString:
    """Those of `role` there, each as `name=value`. A longer value than a server takes is none that a spec wants.

    Args:
        database: an oid in SQL, 0 for every database.
    """
    found: LiteralString = "FROM pg_db_role_setting, unnest(setconfig) AS entry"
    short: LiteralString = "CASE WHEN octet_length(entry) > 100000 THEN left(entry, 100000) ELSE entry END"
    return f"(SELECT array_agg({short}) {found} WHERE setrole = role.oid AND setdatabase = {database})"
