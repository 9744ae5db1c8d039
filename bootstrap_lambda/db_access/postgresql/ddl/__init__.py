"""DDL for each change, composed from identifiers and literals. Only here is DDL written; executes nothing."""

from db_access.postgresql.ddl.databases import drop_database, mark_database
from db_access.postgresql.ddl.prepared import become, become_unseen, roll_back_prepared
from db_access.postgresql.ddl.script import script
from db_access.postgresql.ddl.statements import Digest, digest, shown, statement, text, together

__all__ = [
    "Digest",
    "become",
    "become_unseen",
    "digest",
    "drop_database",
    "mark_database",
    "roll_back_prepared",
    "script",
    "shown",
    "statement",
    "text",
    "together",
]
