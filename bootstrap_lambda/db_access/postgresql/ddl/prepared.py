"""What ends a prepared transaction. Executes nothing."""

from psycopg.sql import SQL, Composed, Literal


def roll_back_prepared(gid: str) -> Composed:
    """PostgreSQL takes it only from its owner or a superuser, in its own database and outside a transaction block."""
    return SQL("ROLLBACK PREPARED {}").format(Literal(gid))
