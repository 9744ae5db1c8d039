"""The steps from what is there to what should be, and what stands against them. Pure."""

from db_access.postgresql.planning.steps import logins_to_end, plan

__all__ = ["logins_to_end", "plan"]
