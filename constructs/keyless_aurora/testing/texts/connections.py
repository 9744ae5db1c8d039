"""Who may open how many connections to the database."""

from keyless_aurora.budget.connections import Budget


def connections(budget: Budget) -> str:
    """The sum, line by line, and what is left."""
    return f"{budget.text}\n"
