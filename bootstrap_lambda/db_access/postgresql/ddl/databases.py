"""What is said of a database that a run makes, and what unmakes it. Executes nothing."""

from psycopg.sql import SQL, Composed, Identifier, Literal


def mark_database(name: str, approval: str | None) -> Composed:
    """Say for which approval (its digest) it was made, until that has been carried out (None)."""
    return SQL("COMMENT ON DATABASE {} IS {}").format(
        Identifier(name), Literal(approval and f"made for approval {approval}")
    )


def drop_database(name: str) -> Composed:
    """Refused while anybody is connected to it."""
    return SQL("DROP DATABASE {}").format(Identifier(name))
