"""DDL for each change, composed from identifiers and literals. Only here is DDL written; executes nothing."""

from db_access.postgresql.ddl.statements import statement, together

__all__ = ["statement", "together"]
