"""The steps from what is there to what should be, and what stands against them. Pure."""

from db_access.postgresql.planning.held import Held, locked
from db_access.postgresql.planning.reach import OutOfReach
from db_access.postgresql.planning.steps import Planned, logins_to_end, plan

__all__ = ["Held", "OutOfReach", "Planned", "locked", "logins_to_end", "plan"]
