"""Read what is there from PostgreSQL's catalogs. Changes nothing."""

from db_access.postgresql.catalog.reading import Asked, Scope, ask, read, reread

__all__ = ["Asked", "Scope", "ask", "read", "reread"]
