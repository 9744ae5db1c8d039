"""DDL for each change, composed from identifiers and literals. Only here is DDL written; executes nothing."""

from db_access.postgresql.ddl.prepared import become, become_unseen, roll_back_prepared
from db_access.postgresql.ddl.script import script
from db_access.postgresql.ddl.statements import digest, statement, text, together

__all__ = [
    "become",
    "become_unseen",
    "digest",
    "roll_back_prepared",
    "script",
    "statement",
    "text",
    "together",
]
