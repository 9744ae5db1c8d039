"""Read what is there from PostgreSQL's catalogs. Changes nothing."""

from db_access.postgresql.catalog.reading import ask, read, reread
from db_access.postgresql.catalog.scope import Scope

__all__ = ["Scope", "ask", "read", "reread"]
